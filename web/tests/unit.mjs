// The three languages have the same keys and placeholders, and no page carries Chinese text of its own.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

const root = new URL('..', import.meta.url).pathname;
// A table of words is a plain object behind "export default".
const table = (name) =>
  new Function(fs.readFileSync(`${root}/src/i18n/${name}.ts`, 'utf8').replace('export default', 'return'))();

test('three languages, the same keys and placeholders', () => {
  const hans = table('zh-Hans');
  assert.ok(Object.keys(hans).length > 80);
  for (const name of ['zh-Hant', 'en']) {
    const other = table(name);
    assert.deepEqual(Object.keys(other), Object.keys(hans));
    for (const key of Object.keys(hans))
      assert.deepEqual((other[key].match(/\{\w+\}/g) ?? []).sort(), (hans[key].match(/\{\w+\}/g) ?? []).sort(), key);
  }
});

test('no Chinese text stands in a component', () => {
  const files = fs.readdirSync(`${root}/src`, { recursive: true }).filter((f) => f.endsWith('.vue'));
  assert.ok(files.length > 5);
  for (const file of files)
    assert.doesNotMatch(
      fs.readFileSync(path.join(root, 'src', file), 'utf8').replace(/<!--[\s\S]*?-->/g, ''),
      /[\u4e00-\u9fff]/,
      file,
    );
});

test('every key that is used is defined', () => {
  const hans = table('zh-Hans');
  for (const file of fs
    .readdirSync(`${root}/src`, { recursive: true })
    .filter((f) => f.endsWith('.vue') || f.endsWith('.ts')))
    for (const [, key] of fs.readFileSync(path.join(root, 'src', file), 'utf8').matchAll(/\bt\('(\w+)'/g))
      assert.ok(key in hans, `${file}: ${key}`);
});
