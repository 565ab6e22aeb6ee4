// Pages that can be read without a signal: the duties, and what was opened of their matters and operators; the forms of what one
// may start, and what a room names for its own forms. Anything else is not kept. Each comes back with the time at which it was read.
import { addressOf, get, Problem, quietly, session, type Address, type Answer, type Asked, type Rest } from '../api';
import { language, t } from '../i18n';
import { put, take } from './store';

interface Kept {
  owner: string;
  id: string;
  at: number;
  value: unknown;
}
type Duties = Answer<'/api/v1/duties'>;
const idOf = (address: string) => `${language.value} ${address}`;
const mine = { owner: '', ids: new Set<string>() };
const kDuties = '/api/v1/duties';
const kDutiesAtOnce = 500;
const takeDuties = (answer: Duties) =>
  Object.assign(mine, {
    owner: session.owner,
    ids: new Set(answer.items.flatMap((d) => [d.matter.id, d.matter.operator?.id]).filter(Boolean)),
  });
async function isMine(id: string) {
  if (mine.owner !== session.owner) {
    const first = idOf(addressOf(kDuties, { query: { limit: kDutiesAtOnce } }));
    const kept = await take<Kept>('pages', session.owner, first).catch(() => undefined);
    if (kept) takeDuties(kept.value as Duties);
  }
  return mine.owner === session.owner && mine.ids.has(id);
}
const kForms: string[] = [
  '/api/v1/start',
  '/api/v1/start/form',
  '/api/v1/people',
  '/api/v1/jurisdictions',
  '/api/v1/operators',
];
export const keepForms = (addresses: Address[]) => kForms.push(...addresses);

// `at` is 0 for a fresh answer.
export async function read<P extends Address>(
  address: P,
  ...rest: Rest<Asked<P>>
): Promise<{ value: Answer<P>; at: number }> {
  const owner = session.owner;
  const asked: { path?: unknown; query?: { cursor?: string; as_of?: string } } = rest[0] ?? {};
  const whole = addressOf(address, asked);
  try {
    const value = await get(address, ...rest);
    const own = whole.match(/^\/api\/v1\/(?:matters|operators)\/([^/?]+)$/)?.[1];
    const first = address === kDuties && !asked.query?.cursor;
    if (first) takeDuties(value as Duties);
    if (owner && (first || kForms.includes(address) || (own && (await isMine(own)))))
      quietly(put('pages', { owner, id: idOf(whole), at: Date.now(), value } as Kept));
    return { value, at: 0 };
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 0) throw error;
    const kept = owner ? await take<Kept>('pages', owner, idOf(whole)).catch(() => undefined) : undefined;
    if (!kept) throw new Problem(0, { detail: t('notKept') });
    return { value: kept.value as Answer<P>, at: kept.at };
  }
}
export const readDuties = (cursor?: string) => read(kDuties, { query: { limit: kDutiesAtOnce, cursor } });
export const kTakeAlong = 30;
// Before a drive into a gorge: the matters whose limits come first, their operators, and the forms of what one may start.
export async function takeAlong(duties: Duties['items'], progress: (n: number, of: number) => void) {
  const matters = [...new Set(duties.map((d) => d.matter.id))].slice(0, kTakeAlong);
  const operators = new Set(
    duties.filter((d) => matters.includes(d.matter.id)).flatMap((d) => d.matter.operator?.id ?? []),
  );
  const starts = (await read('/api/v1/start')).value.items.slice(0, kTakeAlong);
  const all: (() => Promise<unknown>)[] = [
    () => read('/api/v1/people'),
    () => read('/api/v1/jurisdictions'),
    () => read('/api/v1/operators', { query: { limit: 200 } }),
    ...starts.map(
      ({ kind, action }) =>
        () =>
          read('/api/v1/start/form', { query: { kind, action } }),
    ),
    ...matters.map((id) => () => read('/api/v1/matters/{id}', { path: { id } })),
    ...[...operators].map((id) => () => read('/api/v1/operators/{id}', { path: { id } })),
  ];
  for (const [n, one] of all.entries()) {
    await one();
    progress(n + 1, all.length);
  }
  return matters.length;
}
