// Where a draft leads once it is sent.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import ts from 'typescript';

const source = fs.readFileSync(new URL('../src/kit/phone/sent.ts', import.meta.url), 'utf8');
const { outputText } = ts.transpileModule(source, {
  compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
});
const { whereSent } = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);
const draft = (more) => ({ href: '/goods?operator=o1', post: '/api/v1/goods', matter: '', ...more });

test('a goods draft of before the redraw, which names no page, leads to its goods book and to no matter', () => {
  assert.equal(whereSent(draft({}), 'g1'), '/goods?operator=o1');
});
test('a draft that names the page where it is seen leads there', () => {
  assert.equal(whereSent(draft({ seenAt: '/goods?operator=o2' }), 'g1'), '/goods?operator=o2');
});
test('a new matter leads to itself, a step to its matter, whether or not it made another', () => {
  assert.equal(whereSent(draft({ href: '/new?kind=k', post: '/api/v1/matters' }), 'm1'), '/matters/m1');
  const step = draft({ href: '/matters/m2', post: '/api/v1/matters/m2/actions/close', matter: 'm2' });
  assert.equal(whereSent(step, ''), '/matters/m2');
  assert.equal(whereSent(step, 'm3'), '/matters/m3');
});
