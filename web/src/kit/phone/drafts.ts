// Drafts of one person on this device: what is typed is kept as it is typed, survives the browser, and is sent in the order in which
// it was begun. The key of a draft is made at its birth, so that sending it twice acts once; its version is that which its writer
// had read, so that the server refuses it when the matter has moved on.
import { computed, ref } from 'vue';
import { messageOf, Problem, sendFile, sendTo, session, type Shape } from '../api';
import { connection } from '../connection';
import { asList, copyOf, filled, type FormField, type Values } from '../forms';
import { t } from '../i18n';
import { whereSent } from './sent';
import { all, drop, put, take } from './store';

export interface Place {
  slot: string; // which form: one draft stands in it at a time
  title: string;
  about: string;
  href: string;
  post: string; // where it is sent; '': only from its own form
  seenAt?: string; // where it is seen once it is sent, if it is no step of a matter
  matter: string;
  body: Record<string, unknown>; // what is sent beside the fields
  version: number | null; // null: a new matter
  base: Record<string, string>; // the record as its writer read it
  seen: string; // the newest step that its writer had seen
}
export interface Draft extends Place {
  owner: string;
  id: string; // also the Idempotency-Key
  born: number;
  touched: number;
  fields: FormField[];
  values: Values;
  attached: string[];
  state: 'typing' | 'ready' | 'moved' | 'refused';
  fault: string;
}
export interface KeptFile {
  owner: string;
  id: string;
  name: string;
  size: number;
  blob?: Blob;
}

export const kFilesMegabytes = 40;
const kDraftsMax = 200;
export const drafts = ref<Draft[]>([]);
export const sending = ref('');
export const ready = computed(() => drafts.value.filter((d) => d.state === 'ready'));
export const isLocal = (id: string) => id.startsWith('local:');
const idsOf = (d: Pick<Draft, 'fields' | 'values' | 'attached'>) => [
  ...d.attached,
  ...d.fields.filter((f) => f.type === 'files').flatMap((f) => asList(d.values[f.name])),
];

let loading: Promise<void> = Promise.resolve();
export function loadDrafts() {
  const owner = session.owner;
  loading = owner
    ? all<Draft>('drafts', owner).then(
        (list) => {
          if (owner === session.owner) drafts.value = list.sort((a, b) => a.born - b.born);
        },
        () => undefined,
      )
    : Promise.resolve();
  if (!owner) drafts.value = [];
  return loading;
}
export const draftIn = async (slot: string) => (await loading, drafts.value.find((d) => d.slot === slot));

// One writing at a time and always the newest state: a fast typist does not queue a hundred of them.
const writing = new Map<string, Promise<void>>();
async function write(d: Draft) {
  const before = writing.get(d.id);
  if (before) await before;
  if (!drafts.value.some((x) => x.id === d.id)) return; // it was sent or thrown away meanwhile
  const work = put('drafts', copyOf(d)).catch(() => undefined);
  writing.set(d.id, work);
  await work;
  if (writing.get(d.id) === work) writing.delete(d.id);
}
export function begin(place: Place, fields: FormField[]): Draft | null {
  if (drafts.value.length >= kDraftsMax) return null;
  drafts.value.push({
    ...copyOf(place),
    owner: session.owner,
    id: crypto.randomUUID(),
    born: Date.now(),
    touched: Date.now(),
    fields: copyOf(fields),
    values: {},
    attached: [],
    state: 'typing',
    fault: '',
  });
  return drafts.value.at(-1) ?? null;
}
export function keep(d: Draft, change: Partial<Draft>) {
  Object.assign(d, change, { touched: Date.now() });
  return write(d);
}
export async function discard(d: Draft) {
  drafts.value = drafts.value.filter((x) => x.id !== d.id);
  await writing.get(d.id);
  await drop('drafts', d.owner, d.id).catch(() => undefined);
  for (const id of idsOf(d)) await drop('files', d.owner, id).catch(() => undefined);
}
// Waits for the signal. A new matter leaves its slot, so that the next one of its kind can be begun.
export function lay(d: Draft) {
  const moves = d.version === null && !d.slot.includes('#');
  return keep(d, {
    state: 'ready',
    fault: '',
    ...(moves ? { slot: `${d.slot}#${d.id}`, href: `${d.href}${d.href.includes('?') ? '&' : '?'}draft=${d.id}` } : {}),
  });
}

// ---- files -------------------------------------------------------------------------------------------------------------------
export const fileOf = (id: string) => take<KeptFile>('files', session.owner, id).catch(() => undefined);
export async function filesKept() {
  return (await all<KeptFile>('files', session.owner).catch(() => [])).reduce((n, f) => n + (f.blob?.size ?? 0), 0);
}
export async function keepFile(file: { id?: string; name: string; size: number; blob?: Blob }): Promise<KeptFile> {
  const kept = {
    owner: session.owner,
    name: file.name,
    size: file.size,
    id: file.id ?? `local:${crypto.randomUUID()}`,
    ...(file.blob ? { blob: file.blob } : {}),
  };
  if (kept.blob && (await filesKept()) + kept.blob.size > kFilesMegabytes * 1_000_000)
    throw new Error(t('filesFull', { n: kFilesMegabytes }));
  const written = put('files', kept);
  await (kept.blob ? written : written.catch(() => undefined)); // what is sent already needs no place here
  return kept;
}
export const dropFile = (id: string) => drop('files', session.owner, id).catch(() => undefined);
// What waited on the phone goes first; the step then names it by its digest.
async function sendFiles(d: Draft) {
  const names = new Map<string, string>();
  for (const id of idsOf(d).filter(isLocal)) {
    const file = await take<KeptFile>('files', d.owner, id);
    if (!file?.blob) throw new Problem(422, { detail: t('fileLost') });
    const stored = await sendFile(file.blob, file.name);
    await put('files', { ...file, id: stored.sha256, blob: undefined } as KeptFile);
    names.set(id, stored.sha256);
  }
  if (!names.size) return;
  const now = (id: string) => names.get(id) ?? id;
  const values = { ...d.values };
  for (const f of d.fields) if (f.type === 'files' && values[f.name]) values[f.name] = asList(values[f.name]).map(now);
  await keep(d, { attached: d.attached.map(now), values });
  for (const id of names.keys()) await drop('files', d.owner, id);
}

// ---- sending -----------------------------------------------------------------------------------------------------------------
// What comes back of a draft that was sent: of a matter's step, of an approval that it waits for, or of an entry of a book.
export type Receipt = Partial<Shape<'Outcome'> & Shape<'ApprovalAsked'>>;
// Sends one draft. The other drafts of the same matter follow its new version: their writer knew of this step.
export async function post(d: Draft): Promise<Receipt> {
  await sendFiles(d);
  const body = { ...d.body, fields: filled(d.values), attachments: d.attached };
  const answer = (await sendTo(d.post, body, { key: d.id, version: d.version ?? undefined })) as Receipt;
  if (answer.matter && !answer.replayed)
    for (const other of drafts.value)
      if (other.id !== d.id && other.matter === d.matter && d.matter && other.version === d.version)
        await keep(other, { version: answer.matter.version });
  await discard(d);
  return answer;
}
export interface Sent {
  title: string;
  about: string;
  href: string;
  waits: boolean;
}
// All that are ready, oldest first. What is refused or has to be looked at holds back only later drafts of its own matter.
export async function sendAll(only?: Draft): Promise<Sent[]> {
  const done: Sent[] = [];
  const held = new Set<string>();
  for (const d of only ? [only] : [...ready.value]) {
    if (d.matter && held.has(d.matter)) continue;
    sending.value = d.id;
    try {
      const answer = await post(d);
      done.push({
        title: d.title,
        about: d.about,
        href: whereSent(d, answer.id ?? ''),
        waits: !!answer.approval_id,
      });
    } catch (error) {
      const status = error instanceof Problem ? error.status : 0;
      const words = messageOf(error);
      if (status === 0 || status === 401 || !connection.online) break; // the signal or the session is gone: all stay as they are
      held.add(d.matter);
      await keep(
        d,
        status === 409 || status === 412 ? { state: 'moved', fault: words } : { state: 'refused', fault: words },
      );
    } finally {
      sending.value = '';
    }
  }
  return done;
}
