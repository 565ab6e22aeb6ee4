// The client of the HTTP interface: one place for session, language, versions, idempotency and problems.
import { reactive } from 'vue';
import { reached } from './connection';
import { language, t } from './i18n';
import { wipe, wipePagesOfOthers } from './phone/store';

export type Json = any; // answers are shaped by the server's own declarations

export class Problem extends Error {
  constructor(
    public status: number,
    public body: Json,
  ) {
    super(body?.detail || body?.title || String(status));
  }
  get errors(): { pointer: string; message: string }[] {
    return this.body?.errors ?? [];
  }
}

// What went wrong in one line: the sentence of the problem and each of its faults.
export const messageOf = (error: unknown) =>
  [(error as Error).message, ...(error instanceof Problem ? error.errors.map((e) => e.message) : [])].join(' · ');

// The first fault alone, where there is place for one sentence.
export const firstFault = (error: unknown) =>
  (error instanceof Problem && error.errors[0]?.message) || (error as Error).message;

// `owner` is the person in the district: in front of the key of everything that this device keeps.
export const session = reactive({
  known: false,
  account: null as Json,
  assignments: [] as Json[],
  csrf: '',
  expired: false,
  owner: '',
});
export const meta = reactive({
  demo: false,
  accounts: [] as Json[],
  today: '',
  now: '',
  clock: false,
  district: '',
  districtId: '',
  signedIn: undefined as boolean | undefined,
});

export async function call(
  method: string,
  path: string,
  body?: Json,
  headers: Record<string, string> = {},
): Promise<Json> {
  let answer: Response, text: string;
  try {
    answer = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: {
        'Accept-Language': language.value,
        ...(body === undefined
          ? {}
          : { 'Content-Type': body instanceof Blob ? 'application/octet-stream' : 'application/json' }),
        ...(session.csrf ? { 'X-CSRF-Token': session.csrf } : {}),
        ...headers,
      },
      body: body === undefined || body instanceof Blob ? body : JSON.stringify(body),
    });
    text = await answer.text();
    reached(true);
  } catch {
    reached(false);
    throw new Problem(0, { detail: t('offline') }); // nothing was sent, or nothing came back: what was typed stays
  }
  let value: Json = text;
  try {
    value = text ? JSON.parse(text) : null;
  } catch {
    // a text answer stays a text
  }
  if (!answer.ok) {
    if (answer.status === 401 && session.account) session.expired = true;
    throw new Problem(answer.status, value);
  }
  return value;
}

// A refresh in the background: the next one will do where this one finds no network.
export const quietly = (work: Promise<unknown>) => work.catch(() => undefined);
export const get = (path: string, query: Record<string, string | number | undefined> = {}) => {
  const text = new URLSearchParams(
    Object.entries(query).flatMap(([k, v]) => (v === undefined || v === '' ? [] : [[k, String(v)]])),
  ).toString();
  return call('GET', text ? `${path}${path.includes('?') ? '&' : '?'}${text}` : path);
};
export const sendFile = (file: Blob, name: string) =>
  call('POST', `/api/v1/attachments?name=${encodeURIComponent(name)}`, file);
export const key = () => crypto.randomUUID();

export async function loadMeta() {
  const m = await call('GET', '/api/v1/meta');
  Object.assign(meta, {
    demo: m.demo,
    accounts: m.demo_accounts ?? [],
    today: m.today,
    now: m.now,
    clock: m.business_clock,
    district: m.district.name,
    districtId: m.district.id,
    signedIn: m.signed_in,
  });
}
// Who was signed in, so that the pages open without a signal until the session would end. No token and no answer stands in it.
const kWho = 'who';
const kLeaving = 'leaving';
interface Who {
  account: Json;
  assignments: Json[];
  until: string;
  meta: Json;
}
const lastWho = (): Who | null => JSON.parse(localStorage.getItem(kWho) ?? 'null');
function took(s: Json) {
  const before = lastWho();
  const until = s.expires_at ?? (before?.account.id === s.account.id ? before!.until : ''); // told at sign-in only
  Object.assign(session, {
    known: true,
    account: s.account,
    assignments: s.assignments,
    csrf: s.csrf,
    expired: false,
    owner: `${meta.districtId}:${s.account.id}`,
  });
  localStorage.setItem(
    kWho,
    JSON.stringify({
      account: s.account,
      assignments: s.assignments,
      until,
      meta: { ...meta, accounts: [] },
    } satisfies Who),
  );
  quietly(wipePagesOfOthers(session.owner));
}
function forget() {
  localStorage.removeItem(kWho);
  Object.assign(session, { known: true, account: null, csrf: '', assignments: [], expired: false, owner: '' });
  meta.signedIn = false;
}
function nobody() {
  forget();
  quietly(wipePagesOfOthers(''));
}
export async function loadSession() {
  if (meta.signedIn === false) return nobody(); // told with the first answer: asking would only be refused
  try {
    took(await call('GET', '/api/v1/session'));
    if (localStorage.getItem(kLeaving)) await signOut(); // it was left where there was no signal
  } catch (error) {
    const who = lastWho();
    if (error instanceof Problem && error.status === 0 && who && Date.parse(who.until) > Date.now()) {
      Object.assign(meta, who.meta);
      Object.assign(session, {
        known: true,
        account: who.account,
        assignments: who.assignments,
        owner: `${meta.districtId}:${who.account.id}`,
      });
    } else nobody();
  }
}
export async function signIn(username: string, password: string, otp?: string) {
  if (!meta.districtId) await loadMeta();
  const s = await call('POST', '/api/v1/session', { username, password, ...(otp ? { otp } : {}) });
  localStorage.removeItem(kLeaving);
  meta.signedIn = true;
  took(s);
}
// Nothing of the person stays on the device. Without a signal the session itself is ended as soon as there is one.
export async function signOut() {
  const owner = session.owner;
  await wipe(owner).catch(() => undefined);
  try {
    await call('DELETE', '/api/v1/session');
    localStorage.removeItem(kLeaving);
  } catch {
    localStorage.setItem(kLeaving, '1');
  }
  forget();
}
// Left in another window: this one shows nothing of the person either.
window.addEventListener('storage', (e) => e.key === kWho && e.newValue === null && forget());

// Times are shown in the district's zone, whatever the zone of the machine.
const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'short' });
export const localTime = (instant: string) => clock.format(new Date(instant));
