// Pages that can be read without a signal: the duties, and what was opened of their matters and operators; the forms of what one
// may start, and what a room names for its own forms. Anything else is not kept. Each comes back with the time at which it was read.
import { get, Problem, quietly, session, type Json } from '../api';
import { language, t } from '../i18n';
import { put, take } from './store';

interface Kept {
  owner: string;
  id: string;
  at: number;
  value: Json;
}
const idOf = (path: string, query: Json) =>
  `${language.value} ${path}?${new URLSearchParams(Object.entries(query).flatMap(([k, v]) => (v ? [[k, String(v)]] : [])))}`;
const mine = { owner: '', ids: new Set<string>() };
const kDuties = '/api/v1/duties';
const takeDuties = (answer: Json) =>
  Object.assign(mine, {
    owner: session.owner,
    ids: new Set(answer.items.flatMap((d: Json) => [d.matter.id, d.matter.operator?.id]).filter(Boolean)),
  });
async function isMine(id: string) {
  if (mine.owner !== session.owner) {
    const kept = await take<Kept>('pages', session.owner, idOf(kDuties, { limit: 500 })).catch(() => undefined);
    if (kept) takeDuties(kept.value);
  }
  return mine.owner === session.owner && mine.ids.has(id);
}
const kForms = ['/api/v1/start', '/api/v1/start/form', '/api/v1/people', '/api/v1/jurisdictions', '/api/v1/operators'];

export const keepForms = (paths: string[]) => kForms.push(...paths);

// `at` is 0 for a fresh answer.
export async function read(path: string, query: Json = {}): Promise<{ value: Json; at: number }> {
  const owner = session.owner;
  try {
    const value = await get(path, query);
    const own = path.match(/^\/api\/v1\/(?:matters|operators)\/([^/]+)$/);
    if (path === kDuties && !query.cursor) takeDuties(value);
    if (
      owner &&
      ((path === kDuties && !query.cursor) ||
        kForms.includes(path) ||
        (own?.[1] && !query.as_of && (await isMine(own[1]))))
    )
      quietly(put('pages', { owner, id: idOf(path, query), at: Date.now(), value } as Kept));
    return { value, at: 0 };
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 0) throw error;
    const kept = owner ? await take<Kept>('pages', owner, idOf(path, query)).catch(() => undefined) : undefined;
    if (!kept) throw new Problem(0, { detail: t('notKept') });
    return { value: kept.value, at: kept.at };
  }
}
export const kTakeAlong = 30;
// Before a drive into a gorge: the matters whose limits come first, their operators, and the forms of what one may start.
export async function takeAlong(duties: Json[], progress: (n: number, of: number) => void) {
  const matters = [...new Set(duties.map((d) => d.matter.id))].slice(0, kTakeAlong);
  const operators = [
    ...new Set(
      duties
        .filter((d) => matters.includes(d.matter.id))
        .map((d) => d.matter.operator?.id)
        .filter(Boolean),
    ),
  ];
  const starts = (await read('/api/v1/start')).value.items.slice(0, kTakeAlong);
  const all: [string, Json][] = [
    ['/api/v1/people', {}],
    ['/api/v1/jurisdictions', {}],
    ['/api/v1/operators', { limit: 200 }],
    ...starts.map((s: Json): [string, Json] => ['/api/v1/start/form', { kind: s.kind, action: s.action }]),
    ...matters.map((id): [string, Json] => [`/api/v1/matters/${id}`, {}]),
    ...operators.map((id): [string, Json] => [`/api/v1/operators/${id}`, {}]),
  ];
  for (const [n, [path, query]] of all.entries()) {
    await read(path, query);
    progress(n + 1, all.length);
  }
  return matters.length;
}
