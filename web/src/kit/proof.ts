// The proof of one step, checked where it is read: the change as it is stored → its commitment in the public entry → the entry's leaf
// → the root of the log (RFC 6962 path) → the signed note that states the root (C2SP tlog-checkpoint, Ed25519).
// Nothing that the server says about its own honesty is believed; only the verifier key has to be known from elsewhere.

export interface StepProof {
  index: number;
  size: number;
  entry: string;
  inclusion: string[];
  checkpoint: string;
  key: string;
  change: string | null;
  salt: string | null;
}
export type Fault =
  | 'proofNoCrypto'
  | 'proofErased'
  | 'proofChange'
  | 'proofStep'
  | 'proofPath'
  | 'proofNote'
  | 'proofSignature'
  | 'proofNoEd25519';
export interface Verdict {
  fault: Fault | null;
  leaf: string; // hex, of the entry as it was sent
  size: number;
}

type Bytes = Uint8Array<ArrayBuffer>;
const utf8 = (text: string): Bytes => new Uint8Array(new TextEncoder().encode(text));
export const fromHex = (text: string): Bytes => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
export const toHex = (bytes: Uint8Array) => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
const fromBase64 = (text: string): Bytes => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
function join(...parts: Uint8Array[]): Bytes {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  parts.reduce((at, part) => (out.set(part, at), at + part.length), 0);
  return out;
}
const sha256 = async (bytes: Bytes): Promise<Bytes> => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
const same = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, i) => byte === b[i]);

// RFC 9162, 2.1.3.2. null: the path has the wrong length.
export async function rootFrom(leaf: Bytes, index: number, size: number, path: Bytes[]): Promise<Bytes | null> {
  if (!(index >= 0 && index < size)) return null;
  let fn = index;
  let sn = size - 1;
  let hash = leaf;
  for (const sibling of path) {
    if (sn === 0) return null;
    if (fn % 2 === 1 || fn === sn) {
      hash = await sha256(join(Uint8Array.of(1), sibling, hash));
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    } else {
      hash = await sha256(join(Uint8Array.of(1), hash, sibling));
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 ? hash : null;
}

async function noteFault(proof: StepProof, root: Bytes): Promise<Fault | null> {
  const blank = proof.checkpoint.indexOf('\n\n');
  const [origin, size, stated] = proof.checkpoint.slice(0, Math.max(blank, 0)).split('\n');
  if (blank < 0 || !stated || Number(size) !== proof.size || !same(fromBase64(stated), root)) return 'proofNote';
  const [name, id, encoded] = proof.key.split(/\+(.*?)\+(.*)/s);
  const key = fromBase64(encoded ?? '');
  if (name !== origin || key[0] !== 1 || key.length !== 33) return 'proofSignature';
  const line = proof.checkpoint
    .slice(blank + 2)
    .split('\n')
    .find((one) => one.startsWith(`— ${name} `));
  const signature = fromBase64(line?.split(' ')[2] ?? '');
  if (toHex(signature.slice(0, 4)) !== id) return 'proofSignature';
  let imported: CryptoKey;
  try {
    imported = await crypto.subtle.importKey('raw', key.slice(1), { name: 'Ed25519' }, false, ['verify']);
  } catch {
    return 'proofNoEd25519';
  }
  return (await crypto.subtle.verify(
    { name: 'Ed25519' },
    imported,
    signature.slice(4),
    utf8(proof.checkpoint.slice(0, blank + 1)),
  ))
    ? null
    : 'proofSignature';
}

// `step`: what the page shows of it; the change must speak of the same one.
export async function checkStep(
  proof: StepProof,
  step: { id: string; action: string; ledger_index: number },
): Promise<Verdict> {
  const verdict: Verdict = { fault: null, leaf: '', size: proof.size };
  if (!globalThis.crypto?.subtle) return { ...verdict, fault: 'proofNoCrypto' };
  const leaf = await sha256(join(Uint8Array.of(0), utf8(proof.entry)));
  verdict.leaf = toHex(leaf);
  if (proof.change === null || proof.salt === null) return { ...verdict, fault: 'proofErased' };
  const entry = JSON.parse(proof.entry);
  if (entry.commitment !== toHex(await sha256(join(fromHex(proof.salt), utf8(proof.change)))))
    return { ...verdict, fault: 'proofChange' };
  const change = JSON.parse(proof.change);
  if (
    change.transition !== step.id ||
    change.action !== step.action ||
    entry.sequence !== step.ledger_index ||
    proof.index !== step.ledger_index
  )
    return { ...verdict, fault: 'proofStep' };
  const root = await rootFrom(leaf, proof.index, proof.size, proof.inclusion.map(fromHex));
  if (root === null) return { ...verdict, fault: 'proofPath' };
  return { ...verdict, fault: await noteFault(proof, root) };
}
