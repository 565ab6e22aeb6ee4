// The options of a trace as a query string, and their lists.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import ts from 'typescript';

const source = fs.readFileSync(new URL('../src/rooms/traceability/trace/options.ts', import.meta.url), 'utf8');
const { outputText } = ts.transpileModule(source, {
  compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
});
const { plain, isPlain, toQuery, toggle } = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);

test('a plain trace adds nothing to its address, each option its own part', () => {
  assert.equal(toQuery(plain()), '');
  assert.equal(
    toQuery({ mix: true, time: false, limit: 20000, kill: ['a/b@c&d'], cut: ['x@y', 'z@y'] }),
    '&mix=all&time=ignore&limit=20000&kill=a%2Fb%40c%26d&cut=x%40y&cut=z%40y',
  );
});
test('a holding ends the trace or is left out, never both', () => {
  const ends = toggle(plain(), 'kill', 'x@y');
  assert.deepEqual(ends.kill, ['x@y']);
  const out = toggle(ends, 'cut', 'x@y');
  assert.deepEqual([out.kill, out.cut], [[], ['x@y']]);
  assert.ok(!isPlain(out) && isPlain(toggle(out, 'cut', 'x@y')));
});
