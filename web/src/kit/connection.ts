// Whether the server was reached the last time it was asked, and since when not: what is shown in words on every page.
import { reactive } from 'vue';

export const connection = reactive({ online: navigator.onLine, since: Date.now() });
export function reached(yes: boolean) {
  if (connection.online === yes) return;
  Object.assign(connection, { online: yes, since: Date.now() });
  window.dispatchEvent(new Event(yes ? 'zhian:online' : 'zhian:offline'));
}
// Where the browser believes in a network, a small question finds out whether it leads to the server.
const ask = () =>
  fetch('/api/v1/meta', { cache: 'no-store' }).then(
    () => reached(true),
    () => reached(false),
  );
window.addEventListener('online', ask);
window.addEventListener('offline', () => reached(false));
window.setInterval(() => !connection.online && document.visibilityState === 'visible' && ask(), 15_000);
