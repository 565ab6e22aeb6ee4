// The client of the HTTP interface: one place for session, language, versions, idempotency and problems. What is asked and answered
// has the types of the server's own description (api.generated.ts, made from /api/openapi.json with `npm run api`).
import { reactive } from 'vue';
import type { components, paths } from './api.generated';
import { reached } from './connection';
import { language, t } from './i18n';
import { wipe, wipePagesOfOthers } from './phone/store';

// A shape of the description by its name.
export type Shape<Name extends keyof components['schemas']> = components['schemas'][Name];
type Method = 'get' | 'post' | 'delete';
type JsonOf<Said> = Said extends { content: { 'application/json': infer Body } } ? Body : never;
type ParametersOf<O> = O extends { parameters: infer All } ? All : never;
// The addresses that have a method, as they stand in the description: '/api/v1/matters/{id}'.
export type Address<M extends Method = 'get'> = {
  [P in keyof paths]: paths[P] extends Record<M, object> ? P : never;
}[keyof paths];
// What an address answers where it does what it was asked.
export type Answer<P extends keyof paths, M extends Method = 'get'> =
  NonNullable<paths[P][M]> extends { responses: infer All } ? JsonOf<All[keyof All & (200 | 201 | 202)]> : never;
// What an address takes as its body.
export type Body<P extends keyof paths> =
  NonNullable<paths[P]['post']> extends { requestBody?: infer Taken } ? JsonOf<NonNullable<Taken>> : never;
export type Query<P extends keyof paths, M extends Method = 'get'> =
  ParametersOf<NonNullable<paths[P][M]>> extends { query?: infer All } ? NonNullable<All> : Record<string, never>;
// What an address needs beside itself: its open parts, and what narrows it.
export type Asked<P extends keyof paths, M extends Method = 'get'> = (ParametersOf<NonNullable<paths[P][M]>> extends {
  path: infer Parts;
}
  ? { path: Parts }
  : { path?: undefined }) & { query?: Query<P, M> };
// An address without open parts needs nothing more.
export type Rest<Options> = Partial<Options> extends Options ? [options?: Options] : [options: Options];

type ProblemBody = Partial<Shape<'Problem'>>;
export class Problem extends Error {
  readonly errors: { pointer: string; message: string }[];
  constructor(
    public readonly status: number,
    body: ProblemBody | null,
  ) {
    super(body?.detail || body?.title || String(status));
    this.errors = body?.errors ?? [];
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
  account: null as Shape<'Account'> | null,
  assignments: [] as Shape<'Assignment'>[],
  csrf: '',
  expired: false,
  owner: '',
});
export const meta = reactive({
  demo: false,
  accounts: [] as Shape<'DemoAccount'>[],
  today: '',
  now: '',
  clock: false,
  district: '',
  districtId: '',
  signedIn: undefined as boolean | undefined,
});

// ---- asking ------------------------------------------------------------------------------------------------------------------
type Headers = Record<string, string>;
// One exchange. What comes back is of the shape that the description promises for the address; a text stays a text.
async function exchange(method: string, path: string, body?: unknown, headers: Headers = {}): Promise<unknown> {
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
  let value: unknown = text;
  try {
    value = text ? JSON.parse(text) : null;
  } catch {
    // a text answer stays a text
  }
  if (!answer.ok) {
    if (answer.status === 401 && session.account) session.expired = true;
    throw new Problem(answer.status, typeof value === 'object' ? (value as ProblemBody | null) : null);
  }
  return value;
}
type Asking = { path?: unknown; query?: object };
const queryOf = (query: object = {}) =>
  new URLSearchParams(
    Object.entries(query).flatMap(([name, value]: [string, unknown]) =>
      (Array.isArray(value) ? value : [value])
        .filter((one) => one !== undefined && one !== '')
        .map((one) => [name, String(one)]),
    ),
  ).toString();
// The address with its open parts and its query filled in.
export function addressOf(address: string, asked: Asking = {}): string {
  const parts = (asked.path ?? {}) as Record<string, unknown>;
  const path = address.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(parts[name])));
  const query = queryOf(asked.query);
  return query ? `${path}${path.includes('?') ? '&' : '?'}${query}` : path;
}
export const get = <P extends Address>(address: P, ...[asked]: Rest<Asked<P>>) =>
  exchange('GET', addressOf(address, asked)) as Promise<Answer<P>>;
// A link that the server gave: it answers like the address that is named beside it.
export const follow = <P extends Address>(_: P, href: string, query: Partial<Query<P>> = {}) =>
  exchange('GET', addressOf(href, { query })) as Promise<Answer<P>>;
// What is sent beside the body: the version that was read, the key under which a repetition acts once.
interface Sending {
  version?: number;
  key?: string;
}
const sendingHeaders = ({ version, key }: Sending): Headers => ({
  ...(key ? { 'Idempotency-Key': key } : {}),
  ...(version === undefined ? {} : { 'If-Match': `"${version}"` }),
});
export const send = <P extends Address<'post'>>(
  address: P,
  { body, version, key, ...asked }: Asked<P, 'post'> & Sending & { body: Body<P> },
) =>
  exchange('POST', addressOf(address, asked as Asking), body, sendingHeaders({ version, key })) as Promise<
    Answer<P, 'post'>
  >;
// What was written down while there was no signal is sent to the address that was written down with it.
export const sendTo = (address: string, body: object, sending: Sending) =>
  exchange('POST', address, body, sendingHeaders(sending));
export const upload = <P extends Address<'post'>>(address: P, file: Blob, ...[asked]: Rest<Asked<P, 'post'>>) =>
  exchange('POST', addressOf(address, asked), file) as Promise<Answer<P, 'post'>>;
export const sendFile = (file: Blob, name: string) => upload('/api/v1/attachments', file, { query: { name } });
// A refresh in the background: the next one will do where this one finds no network.
export const quietly = (work: Promise<unknown>) => work.catch(() => undefined);
export const newKey = () => crypto.randomUUID();

// ---- who is here -------------------------------------------------------------------------------------------------------------
export async function loadMeta() {
  const m = await get('/api/v1/meta');
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
  account: Shape<'Account'>;
  assignments: Shape<'Assignment'>[];
  until: string;
  meta: typeof meta;
}
const lastWho = (): Who | null => JSON.parse(localStorage.getItem(kWho) ?? 'null');
function took(s: Shape<'Session'>) {
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
    took(await get('/api/v1/session'));
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
  const s = await send('/api/v1/session', { body: { username, password, ...(otp ? { otp } : {}) } });
  localStorage.removeItem(kLeaving);
  meta.signedIn = true;
  took(s);
}
// Nothing of the person stays on the device. Without a signal the session itself is ended as soon as there is one.
export async function signOut() {
  const owner = session.owner;
  await wipe(owner).catch(() => undefined);
  try {
    await exchange('DELETE', '/api/v1/session');
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
