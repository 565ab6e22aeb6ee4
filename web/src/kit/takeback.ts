// What is sent is never reversed, so sending waits eight seconds in which it can be taken back.
import { ref } from 'vue';

const kSeconds = 8;
export const pending = ref<{ label: string; seconds: number } | null>(null);
let answer: ((go: boolean) => void) | null = null;
let timer = 0;

export function settle(go: boolean) {
  window.clearInterval(timer);
  pending.value = null;
  answer?.(go);
  answer = null;
}
// Resolves to true when the time is over or the user will not wait, to false when it was taken back.
export function holdBack(label: string): Promise<boolean> {
  settle(false);
  pending.value = { label, seconds: kSeconds };
  timer = window.setInterval(() => {
    if (pending.value && --pending.value.seconds <= 0) settle(true);
  }, 1000);
  return new Promise((resolve) => (answer = resolve));
}
