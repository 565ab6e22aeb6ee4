// The proof of a step (src/kit/proof.ts) against a log made here: every leaf of every size verifies, and each thing that is changed is named.
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import fs from 'node:fs';
import test from 'node:test';
import { transformSync } from 'esbuild';

const source = fs.readFileSync(new URL('../src/kit/proof.ts', import.meta.url), 'utf8');
const { checkStep } = await import(
  `data:text/javascript;base64,${Buffer.from(transformSync(source, { loader: 'ts', format: 'esm' }).code).toString('base64')}`
);
const sha = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const split = (n) => 2 ** Math.floor(Math.log2(n - 1));
const root = (leaves) =>
  leaves.length === 1
    ? leaves[0]
    : sha(Buffer.of(1), root(leaves.slice(0, split(leaves.length))), root(leaves.slice(split(leaves.length))));
const path = (leaves, i) => {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return i < k
    ? [...path(leaves.slice(0, k), i), root(leaves.slice(k))]
    : [...path(leaves.slice(k), i - k), root(leaves.slice(0, k))];
};
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const point = Buffer.concat([Buffer.of(1), publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)]);
const id = sha(Buffer.from('zhian/test\n'), point).subarray(0, 4);
const salt = Buffer.alloc(32, 7);
function log(size) {
  const steps = Array.from({ length: size }, (_, i) => ({ id: `step-${i}`, action: 'act', ledger_index: i }));
  const changes = steps.map((s) => JSON.stringify({ action: s.action, transition: s.id }));
  const entries = changes.map((c, i) =>
    JSON.stringify({ commitment: sha(salt, Buffer.from(c)).toString('hex'), sequence: i }),
  );
  const leaves = entries.map((e) => sha(Buffer.of(0), Buffer.from(e)));
  const text = `zhian/test\n${size}\n${root(leaves).toString('base64')}\n`;
  const checkpoint = `${text}\n— zhian/test ${Buffer.concat([id, sign(null, Buffer.from(text), privateKey)]).toString('base64')}\n`;
  const key = `zhian/test+${id.toString('hex')}+${point.toString('base64')}`;
  return steps.map((step, i) => [
    {
      index: i,
      size,
      entry: entries[i],
      change: changes[i],
      salt: salt.toString('hex'),
      inclusion: path(leaves, i).map((h) => h.toString('hex')),
      checkpoint,
      key,
    },
    step,
  ]);
}

test('every leaf of logs of one to twelve entries is verified', async () => {
  for (let size = 1; size <= 12; ++size)
    for (const [proof, step] of log(size))
      assert.equal((await checkStep(proof, step)).fault, null, `${step.ledger_index} of ${size}`);
});

test('what was changed is named', async () => {
  const [proof, step] = log(7)[3];
  const fault = async (change, other = step) => (await checkStep({ ...proof, ...change }, other)).fault;
  assert.equal(await fault({ change: proof.change.replace('act', 'axt') }), 'proofChange');
  assert.equal(await fault({ change: null }), 'proofErased');
  assert.equal(await fault({}, { ...step, action: 'other' }), 'proofStep');
  assert.equal(await fault({ inclusion: proof.inclusion.slice(1) }), 'proofPath');
  assert.equal(await fault({ inclusion: ['00'.repeat(32), ...proof.inclusion.slice(1)] }), 'proofNote');
  assert.equal(await fault({ checkpoint: proof.checkpoint.replace('\n7\n', '\n8\n') }), 'proofNote');
  assert.equal(await fault({ key: log(7)[3][0].key.replace('zhian/test', 'zhian/else') }), 'proofSignature');
  const forged = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  assert.equal(
    await fault({
      key: `zhian/test+${id.toString('hex')}+${Buffer.concat([Buffer.of(1), forged]).toString('base64')}`,
    }),
    'proofSignature',
  );
});
