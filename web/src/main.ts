// Puts the desk and the rooms together; the only file of the web interface that names a room.
import { createApp } from 'vue';
import { createRouter, createWebHistory } from 'vue-router';
import App from './desk/App.vue';
import { deskRoutes } from './desk/routes';
import { language, setLanguage, t, textOf } from './kit/i18n';
import { openRooms } from './kit/room';
import { applyTheme } from './kit/theme';
import { subjects } from './rooms/subjects';
import { access } from './rooms/access';
import { standards } from './rooms/standards';
import { inspection } from './rooms/inspection';
import { sampling } from './rooms/sampling';
import { traceability } from './rooms/traceability';
import { risk } from './rooms/risk';
import { enforcement } from './rooms/enforcement';
import { credit } from './rooms/credit';
import { governance } from './rooms/governance';
import { promotion } from './rooms/promotion';
import { publicity } from './rooms/publicity';
import './kit/styles/tokens.css';
import './kit/styles/ui.css';
import './kit/styles/app.css';

// One line a room, in the order in which their parts stand on a page.
const rooms = [
  enforcement,
  subjects,
  access,
  standards,
  inspection,
  sampling,
  traceability,
  risk,
  credit,
  governance,
  promotion,
  publicity,
];
openRooms(rooms);

const router = createRouter({
  history: createWebHistory(),
  // Back and forward return to the place where one was; changing a filter stays there.
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path && to.meta.list ? false : { top: 0 }),
  routes: [...rooms.flatMap((room) => room.routes ?? []), ...deskRoutes],
});
router.afterEach((to) => {
  document.title = `${textOf(String(to.meta.title))} · ${t('app')}`;
});
setLanguage(language.value);
applyTheme();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', applyTheme);
createApp(App).use(router).mount('#app');
// The shell opens without a signal; the worker keeps files of the program only, never an answer of the server's interface.
if (import.meta.env.PROD && 'serviceWorker' in navigator)
  window.addEventListener('load', () => navigator.serviceWorker.register('/worker.js').catch(() => undefined));
