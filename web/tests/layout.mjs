// The picture of a trace: no overlap, bands between columns, ports in order, a thousand holdings in a bounded number of boxes.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test from 'node:test';
import ts from 'typescript';

const source = fs.readFileSync(new URL('../src/rooms/traceability/trace/layout.ts', import.meta.url), 'utf8');
const compiled = ts.transpileModule(source, {
  compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
}).outputText;
const { layOut, suggestGroup, pathThrough, step, crossings } = await import(
  'data:text/javascript,' + encodeURIComponent(compiled)
);

const holding = (id, layer, quantity, more = {}) => ({
  id,
  item: 'lot/A',
  place: id,
  place_name: id,
  township: 't' + (id.length % 3),
  layer,
  quantity,
  resolved: true,
  origin: layer === 0,
  status_label: '',
  arrived_at: null,
  ...more,
});
const options = { group: 'holding', shown_max: 12, opened: {} };
// The same network every time: a producer, wholesalers, shops; a linear congruence instead of chance.
function network(shops) {
  let seed = 7;
  const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  const holdings = [holding('origin', 0, shops * 3)];
  const movements = [];
  const wholesalers = Math.ceil(shops / 20);
  for (let i = 0; i < wholesalers; i++) {
    holdings.push(holding('w' + i, 1, 60));
    movements.push({ from: 'origin', to: 'w' + i, quantity: 60, unknown: i % 7 === 3 });
  }
  for (let i = 0; i < shops; i++) {
    holdings.push(holding('s' + i, 2, 1 + Math.floor(random() * 9), { resolved: i % 50 !== 0 }));
    movements.push({ from: 'w' + Math.floor(random() * wholesalers), to: 's' + i, quantity: 3, unknown: false });
    if (i % 40 === 1) movements.push({ from: 'origin', to: 's' + i, quantity: 2, unknown: false });
  }
  return { holdings, movements };
}
function overlaps(picture) {
  return picture.boxes.filter((a, i) =>
    picture.boxes.some((b, k) => k > i && a.column === b.column && a.y < b.y + b.height && b.y < a.y + a.height),
  );
}

test('a small trace: columns are stages, boxes do not overlap, widths follow quantities', () => {
  const holdings = [
    holding('farm1', -1, 640),
    holding('farm2', -1, 100, { resolved: false }),
    holding('tea', 0, 420),
    holding('shopA', 1, 240),
    holding('shopB', 1, 120),
  ];
  const movements = [
    ['farm1', 'tea', 640, false],
    ['farm2', 'tea', 100, true],
    ['tea', 'shopA', 240, false],
    ['tea', 'shopB', 120, false],
  ].map(([from, to, quantity, unknown]) => ({ from, to, quantity, unknown }));
  const picture = layOut(holdings, movements, options);
  assert.deepEqual(
    picture.columns.map((c) => c.layer),
    [-1, 0, 1],
  );
  assert.deepEqual(overlaps(picture), []);
  const band = (to) => picture.bands.find((b) => b.to === to);
  assert.ok(Math.abs(band('shopA').width / band('shopB').width - 2) < 1e-9);
  assert.ok(picture.bands.find((b) => b.unknown).width <= 2.5, 'what is not proven is never a band');
});

test('bands leave a box in the order of where they go', () => {
  const holdings = [holding('tea', 0, 90), ...Array.from({ length: 9 }, (_, i) => holding('shop' + i, 1, 10))];
  const movements = holdings
    .slice(1)
    .map((h) => ({ from: 'tea', to: h.id, quantity: 10, unknown: false }))
    .reverse();
  const picture = layOut(holdings, movements, options);
  const start = (b) => Number(b.path.match(/^M[\d.]+ ([\d.]+)/)[1]);
  const y = (id) => picture.boxes.find((b) => b.id === id).y;
  const ordered = [...picture.bands].sort((a, b) => y(a.to) - y(b.to));
  for (let i = 1; i < ordered.length; i++) assert.ok(start(ordered[i - 1]) < start(ordered[i]));
});

test('an order without crossings is found where there is one', () => {
  const holdings = [
    holding('o', 0, 4),
    ...['a', 'b', 'c'].map((id) => holding(id, 1, 1)),
    ...['z', 'y', 'x'].map((id) => holding(id, 2, 1)),
  ];
  const pair = (from, to) => ({ from, to, quantity: 1, unknown: false });
  const picture = layOut(
    holdings,
    [pair('o', 'a'), pair('o', 'b'), pair('o', 'c'), pair('a', 'z'), pair('b', 'y'), pair('c', 'x')],
    options,
  );
  const of = (c) =>
    picture.boxes
      .filter((b) => b.column === c)
      .map((b) => ({ id: b.id, after: picture.bands.filter((e) => e.from === b.id).map((e) => e.to) }));
  assert.equal(crossings([of(0), of(1), of(2)], new Map(picture.boxes.map((b) => [b.id, b]))), 0);
});

test('a band over several columns goes around the boxes between', () => {
  const holdings = [holding('tea', 0, 100), holding('w', 1, 60), holding('s', 2, 60), holding('far', 2, 40)];
  const picture = layOut(
    holdings,
    [
      { from: 'tea', to: 'w', quantity: 60, unknown: false },
      { from: 'w', to: 's', quantity: 60, unknown: false },
      { from: 'tea', to: 'far', quantity: 40, unknown: false },
    ],
    options,
  );
  const box = picture.boxes.find((b) => b.id === 'w');
  const level = Number(picture.bands.find((b) => b.to === 'far').path.match(/L[\d.]+ ([\d.]+)/)[1]);
  assert.ok(level < box.y || level > box.y + box.height);
});

test('1,201 holdings: few boxes, all counted, what is unresolved in front, fast enough to follow a key', () => {
  const { holdings, movements } = network(1143);
  assert.ok(holdings.length >= 1200);
  for (const group of ['holding', 'place', 'lot', 'township']) {
    const begin = performance.now();
    const picture = layOut(holdings, movements, { ...options, group });
    assert.ok(performance.now() - begin < 1500, `${group} took ${performance.now() - begin} ms`);
    assert.ok(picture.boxes.length <= 3 * 14, `${group}: ${picture.boxes.length} boxes`);
    assert.deepEqual(overlaps(picture), []);
    assert.equal(
      picture.boxes.reduce((n, b) => n + b.members.length, 0),
      holdings.length,
      'none is lost',
    );
    assert.equal(
      picture.boxes.reduce((n, b) => n + b.quantity, 0),
      holdings.reduce((n, h) => n + h.quantity, 0),
    );
  }
  const picture = layOut(holdings, movements, options);
  const last = picture.boxes.filter((b) => b.column === 2);
  assert.ok(
    last.filter((b) => !b.rest).every((b) => b.unknown),
    'the unresolved ones are shown first',
  );
  const opened = layOut(holdings, movements, { ...options, opened: { 2: 12 } });
  assert.equal(opened.boxes.filter((b) => b.column === 2).length, last.length + 12);
  assert.equal(suggestGroup(holdings, 12), 'township');
  assert.equal(
    suggestGroup(
      holdings.map((h) => ({ ...h, township: 'x' })),
      12,
    ),
    'place',
  ); // one township tells nothing
  assert.equal(suggestGroup(holdings.slice(0, 9), 12), 'holding');
});

test('quantities between boxes are kept when they are grouped', () => {
  const { holdings, movements } = network(400);
  const total = (p) => p.bands.reduce((n, b) => n + b.quantity, 0);
  assert.equal(
    total(layOut(holdings, movements, { ...options, group: 'township' })),
    movements.reduce((n, m) => n + m.quantity, 0),
  );
});

test('cycles and returns are drawn and end', () => {
  const holdings = [holding('tea', 0, 10), holding('shop', 1, 10)];
  const picture = layOut(
    holdings,
    [
      { from: 'tea', to: 'shop', quantity: 10, unknown: false },
      { from: 'shop', to: 'tea', quantity: 2, unknown: false },
    ],
    options,
  );
  assert.equal(picture.bands.length, 2);
  assert.deepEqual([...pathThrough(picture, 'shop')].sort(), ['shop', 'tea']);
});

test('arrow keys walk along the widest band and within the column', () => {
  const holdings = [holding('tea', 0, 30), holding('big', 1, 20), holding('small', 1, 10)];
  const picture = layOut(
    holdings,
    [
      { from: 'tea', to: 'small', quantity: 10, unknown: false },
      { from: 'tea', to: 'big', quantity: 20, unknown: false },
    ],
    options,
  );
  assert.equal(step(picture, 'tea', 'ArrowRight'), 'big');
  assert.equal(step(picture, 'big', 'ArrowLeft'), 'tea');
  const other = ['ArrowUp', 'ArrowDown'].map((key) => step(picture, 'big', key)).filter((id) => id !== 'big');
  assert.deepEqual(other, ['small']);
  assert.equal(step(picture, 'small', 'Home'), 'tea');
  assert.equal(step(picture, 'gone', 'ArrowUp'), 'tea');
});

test('nothing to draw is no fault', () => assert.equal(layOut([], [], options).boxes.length, 0));
