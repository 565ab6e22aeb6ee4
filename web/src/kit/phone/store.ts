// What the phone keeps of one person in one district: drafts, files that wait to be sent, pages that were opened. Everything has
// its owner in front of its key and is read by owner only; leaving wipes it. Where there is no IndexedDB, nothing is kept.
export type Store = 'drafts' | 'files' | 'pages';
const stores: Store[] = ['drafts', 'files', 'pages'];
let opened: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('zhian', 1);
    request.onupgradeneeded = () =>
      stores.forEach((name) => request.result.createObjectStore(name, { keyPath: ['owner', 'id'] }));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}
async function run<T>(store: Store, mode: IDBTransactionMode, work: (s: IDBObjectStore) => IDBRequest): Promise<T> {
  const transaction = (await open()).transaction(store, mode, { durability: 'strict' });
  const request = work(transaction.objectStore(store));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result as T);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}
const ofOwner = (owner: string) => IDBKeyRange.bound([owner], [owner, []]);
export const put = (store: Store, value: { owner: string; id: string }) =>
  run<void>(store, 'readwrite', (s) => s.put(value));
export const take = <T>(store: Store, owner: string, id: string) =>
  run<T | undefined>(store, 'readonly', (s) => s.get([owner, id]));
export const all = <T>(store: Store, owner: string) => run<T[]>(store, 'readonly', (s) => s.getAll(ofOwner(owner)));
export const drop = (store: Store, owner: string, id: string) =>
  run<void>(store, 'readwrite', (s) => s.delete([owner, id]));
export async function wipe(owner: string) {
  for (const store of stores) await run(store, 'readwrite', (s) => s.delete(ofOwner(owner)));
}
// Pages of whoever was here before: a colleague who signs in on the same phone leaves none of them. Drafts wait for their writer.
export async function wipePagesOfOthers(owner: string) {
  for (const key of await run<[string, string][]>('pages', 'readonly', (s) => s.getAllKeys()))
    if (key[0] !== owner) await drop('pages', key[0], key[1]);
}
