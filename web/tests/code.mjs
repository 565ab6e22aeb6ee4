// What a scanned code says, in the spellings that are met: printed, as a link, as element strings, as a bare number.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import ts from 'typescript';

const source = fs.readFileSync(new URL('../src/kit/scan/code.ts', import.meta.url), 'utf8');
const compiled = ts.transpileModule(source, {
  compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
}).outputText;
const { readCode, searchOf, fillOf, takesCode } = await import('data:text/javascript,' + encodeURIComponent(compiled));
const link = 'https://id.gs1.org/01/06909912345670/10/JKH20260905';

test('one lot, four spellings', () => {
  for (const text of [
    link,
    'https://shop.example/some/01/06909912345670/10/JKH20260905?17=270905',
    '(01)06909912345670(10)JKH20260905',
    '\x1d0106909912345670172709051021\x1d10JKH20260905'.replace('1021\x1d', ''),
    ']d201069099123456701727090510JKH20260905\x1d21A7',
  ]) {
    const code = readCode(text);
    assert.equal(code.gtin, '06909912345670', text);
    assert.equal(code.lot, 'JKH20260905', text);
    assert.equal(code.link, link, text);
    assert.equal(searchOf(code), 'JKH20260905');
  }
  assert.equal(readCode(']d201069099123456701727090510JKH20260905\x1d21A7').serial, 'A7');
});
test('a bare number is a product only where its check digit holds', () => {
  assert.equal(readCode('6901234567892').gtin, '06901234567892');
  assert.equal(readCode('6901234567893').gtin, undefined);
  assert.equal(searchOf(readCode('91511113MA6EXAMPLE')), '91511113MA6EXAMPLE');
});
test('an address of this system opens its page, that of another is only a text', () => {
  assert.equal(
    readCode('https://zhian.example/public/verify/AB12?x=1', 'https://zhian.example').page,
    '/public/verify/AB12?x=1',
  );
  assert.equal(readCode('https://elsewhere.example/public/verify/AB12', 'https://zhian.example').page, undefined);
  assert.equal(readCode('javascript:alert(1)', 'https://zhian.example').page, undefined);
});
test('a field takes the part of the code that it asks for', () => {
  const code = readCode(link);
  assert.equal(fillOf('lot', code), 'JKH20260905');
  assert.equal(fillOf('gtin', code), '06909912345670');
  assert.equal(fillOf('item', code), link);
  assert.equal(fillOf('credit_code', readCode('91511113MA6EXAMPLE')), '91511113MA6EXAMPLE');
  assert.ok(takesCode('lot') && !takesCode('clue'));
});
test('broken element strings are a text, not half a code', () => {
  for (const text of ['0106909912345670XX', '(01)069', '01', '']) assert.equal(readCode(text).lot, undefined, text);
});
