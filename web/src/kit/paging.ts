// A list by cursor whose filters stand in the address, so that it can be shared, and that comes back as it was left.
import { computed, onBeforeUnmount, onMounted, onUnmounted, reactive, ref, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { get, type Json } from './api';
import { language } from './i18n';

interface Kept {
  items: Json[];
  next: string | null;
  total: number | null;
  language: string;
}
const kept = new Map<string, Kept>();

export function usePaged(path: string, names: string[], fixed: Record<string, string> = {}) {
  const route = useRoute();
  const router = useRouter();
  const home = route.path;
  const filters = reactive<Record<string, string>>({});
  const items = ref<Json[]>([]);
  const next = ref<string | null>(null);
  const total = ref<number | null>(null);
  const ready = ref(false);
  const fault = ref('');
  const read = () => names.forEach((n) => (filters[n] = (route.query[n] as string) ?? ''));
  read();
  const query = computed(() =>
    Object.fromEntries(names.flatMap((n) => (route.query[n] ? [[n, String(route.query[n])]] : []))),
  );
  const slot = () => `${path}?${new URLSearchParams({ ...query.value, ...fixed })}`;
  let turn = 0;
  let shown = slot(); // of which filters the rows are; when the page is left the address is already that of the next one
  async function load(cursor?: string) {
    const mine = ++turn;
    shown = slot();
    try {
      const answer = await get(path, { ...query.value, ...fixed, cursor, count: cursor ? undefined : 1 });
      if (mine !== turn) return; // a later filter has been asked for
      items.value = cursor ? [...items.value, ...answer.items] : answer.items;
      next.value = answer.next;
      if (!cursor) total.value = answer.total ?? (answer.next ? null : answer.items.length);
      fault.value = '';
    } catch (error) {
      if (mine === turn) fault.value = (error as Error).message;
    }
    ready.value = true;
  }
  let timer = 0;
  // Typing waits a moment; the address is replaced, so that "back" leaves the list and does not undo letters.
  function apply(wait = 0) {
    window.clearTimeout(timer);
    timer = window.setTimeout(
      () =>
        router.replace({ path: home, query: Object.fromEntries(Object.entries(filters).filter(([, v]) => v.trim())) }),
      wait,
    );
  }
  function clear() {
    names.forEach((n) => (filters[n] = ''));
    apply();
  }
  onMounted(() => {
    const back = kept.get(slot());
    if (back && back.language === language.value && window.history.state?.forward) {
      [items.value, next.value, total.value, ready.value] = [back.items, back.next, back.total, true];
    } else load();
  });
  const changed = () => items.value.length <= 50 && load();
  onMounted(() => window.addEventListener('zhian:changed', changed));
  onBeforeUnmount(() =>
    kept.set(shown, { items: items.value, next: next.value, total: total.value, language: language.value }),
  );
  onUnmounted(() => {
    window.removeEventListener('zhian:changed', changed);
    window.clearTimeout(timer);
    turn++;
  });
  watch(query, (now, before) => {
    if (route.path !== home || JSON.stringify(now) === JSON.stringify(before)) return;
    read();
    load();
  });
  const address = (base: string) => `${base}?${new URLSearchParams(query.value)}`;
  const filtered = computed(() => Object.keys(query.value).length > 0);
  const count = computed(() =>
    total.value === null
      ? `${items.value.length}+`
      : total.value > 10000
        ? '10,000+'
        : total.value.toLocaleString('en'),
  );
  return reactive({ filters, items, next, total, count, ready, fault, filtered, query, load, apply, clear, address });
}
