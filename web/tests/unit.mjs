// The words of the interface: three languages have the same keys and placeholders, no key is said twice in different ways, every
// key that is used is known where it is used, and no page carries Chinese text of its own.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

const root = new URL('../src/', import.meta.url).pathname;
const languages = ['zh-Hans', 'zh-Hant', 'en'];
const files = fs.readdirSync(root, { recursive: true });
// A table of words is a plain object behind "export default".
const table = (file) =>
  new Function(fs.readFileSync(path.join(root, file), 'utf8').replace(/^(\/\/.*\n)*export default/, 'return'))();
const read = (folder) => {
  const words = Object.fromEntries(languages.map((l) => [l, table(`${folder}/${l}.ts`)]));
  const names = files.includes(`${folder}/names.ts`) ? table(`${folder}/names.ts`) : {};
  return { words, names };
};
// The kit, the desk, and each room that has words of its own.
const folders = Object.fromEntries(
  files.filter((f) => f.endsWith('/zh-Hans.ts')).map((f) => [path.dirname(path.dirname(f)), read(path.dirname(f))]),
);
const keysOf = (folder) => {
  const { words, names } = folders[folder] ?? { words: {}, names: {} };
  return [...Object.keys(words['zh-Hans'] ?? {}), ...Object.keys(names['zh-Hans'] ?? {})];
};
const placeholders = (text) => (text.match(/\{\w+\}/g) ?? []).sort();

test('three languages, the same keys and placeholders', () => {
  assert.ok(Object.keys(folders).length >= 4 && keysOf('kit').length > 80);
  for (const [folder, { words, names }] of Object.entries(folders))
    for (const tables of [words, names])
      for (const name of Object.keys(tables)) {
        assert.deepEqual(Object.keys(tables), languages, folder);
        const hans = tables['zh-Hans'];
        assert.deepEqual(Object.keys(tables[name]), Object.keys(hans), `${folder} ${name}`);
        for (const key of Object.keys(hans))
          assert.deepEqual(placeholders(tables[name][key]), placeholders(hans[key]), `${folder} ${name} ${key}`);
      }
});

test('a key has one owner', () => {
  const owner = new Map();
  for (const folder of Object.keys(folders))
    for (const key of keysOf(folder)) {
      assert.ok(!owner.has(key), `${key} is a word of ${owner.get(key)} and of ${folder}`);
      owner.set(key, folder);
    }
});

test('no Chinese text stands in a component', () => {
  const components = files.filter((f) => f.endsWith('.vue'));
  assert.ok(components.length > 5);
  for (const file of components)
    assert.doesNotMatch(
      fs.readFileSync(path.join(root, file), 'utf8').replace(/<!--[\s\S]*?-->/g, ''),
      /[\u4e00-\u9fff]/,
      file,
    );
});

test('every key that is used is a word of the kit or of its own folder', () => {
  for (const file of files.filter((f) => f.endsWith('.vue') || f.endsWith('.ts'))) {
    const folder = file.split('/')[0] === 'rooms' ? file.split('/').slice(0, 2).join('/') : file.split('/')[0];
    const known = new Set([...keysOf('kit'), ...keysOf(folder)]);
    for (const [, key] of fs.readFileSync(path.join(root, file), 'utf8').matchAll(/\bt\('(\w+)'/g))
      assert.ok(known.has(key), `${file}: ${key}`);
  }
});

// Titles and labels that a room hands over are looked up by name at run time.
test('titles of routes and labels of the rail are words', () => {
  const all = new Set(Object.keys(folders).flatMap(keysOf));
  let seen = 0;
  for (const file of files.filter((f) => /(^|\/)(routes|index)\.ts$/.test(f)))
    for (const [, key] of fs.readFileSync(path.join(root, file), 'utf8').matchAll(/\b(?:title|label): '(\w+)'/g)) {
      assert.ok(all.has(key), `${file}: ${key}`);
      seen++;
    }
  assert.ok(seen > 15);
});

// Answers and forms have the types of api.generated.ts; what is unknown is said to be unknown.
test('nothing is typed as any', () => {
  const typed = files.filter((f) => /\.(vue|ts)$/.test(f));
  assert.ok(typed.length > 50);
  for (const file of typed)
    assert.doesNotMatch(
      fs.readFileSync(path.join(root, file), 'utf8'),
      /(?:[:<,|&(]\s*|\bas )any\b(?=\s*[;,)>|&=[\]}]|$)/m,
      file,
    );
});
