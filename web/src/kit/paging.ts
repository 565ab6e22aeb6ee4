// A list by cursor whose filters stand in the address, so that it can be shared, and that comes back as it was left.
import { computed, onBeforeUnmount, onMounted, onUnmounted, reactive, ref, shallowRef, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { get, type Address, type Answer, type Asked, type Rest, type Shape } from './api';
import { language } from './i18n';

// The addresses that answer a page: items, and the cursor of what comes after them.
export type ListAddress = {
  [P in Address]: Answer<P> extends { items: unknown[]; next: string | null }
    ? Rest<Asked<P>> extends [unknown]
      ? never
      : P
    : never;
}[Address];
export type ItemOf<P extends Address> = Answer<P> extends { items: (infer Item)[] } ? Item : never;
// What narrows a list, each by its word in the address (PagedList.vue shows them): one of several, from a day to a day, yes or no.
export type ListFilter =
  | { sort: 'choice'; name: string; label: string; all: string; options: Shape<'Choice'>[]; clears?: string }
  | { sort: 'days'; name: string; until: string }
  | { sort: 'tick'; name: string; label: string };
interface Page {
  items: unknown[];
  next: string | null;
  total?: number | null;
}
interface Kept {
  items: unknown[];
  next: string | null;
  total: number | null;
  language: string;
}
const kept = new Map<string, Kept>();

export function usePaged<P extends ListAddress>(path: P, names: string[], fixed: Record<string, string> = {}) {
  type Item = ItemOf<P>;
  const route = useRoute();
  const router = useRouter();
  const home = route.path;
  const filters = reactive<Record<string, string>>({});
  const items = shallowRef<Item[]>([]);
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
      // The filters are words of the address, not of the types: what the server does not know it refuses.
      const asked = { ...query.value, ...fixed, cursor, count: cursor ? undefined : '1' };
      const answer = (await get<P>(path, ...([{ query: asked }] as unknown as Rest<Asked<P>>))) as Page;
      if (mine !== turn) return; // a later filter has been asked for
      const more = answer.items as Item[];
      items.value = cursor ? [...items.value, ...more] : more;
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
      [items.value, next.value, total.value, ready.value] = [back.items as Item[], back.next, back.total, true];
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
