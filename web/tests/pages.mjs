// Every page in Chromium, at a desk's width and at 360 px, in light and dark: no console errors, no sideways scroll, axe clean.
// BASE_URL: a running demonstration. SHOTS: a folder for screenshots (optional).
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const base = process.env.BASE_URL;
const shots = process.env.SHOTS;
const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
let faults = 0;
const fail = (text) => {
  faults++;
  console.log('FAILED', text);
};

async function visit(page, name, width) {
  if (shots) await page.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) fail(`${name} at ${width}: ${wide} px sideways`);
  // People read names and numbers: no identifier of machines, no exponent, no word of a program. What is shown as a digest is left
  // out: its letters are by chance, and "444E0" is among them one day.
  const raw = await page.evaluate(() => {
    const main = document.querySelector('main');
    const digests = [...(main?.querySelectorAll('.hash') ?? [])].map((part) => part.innerText).filter(Boolean);
    return digests
      .reduce((text, digest) => text.replaceAll(digest, ''), main?.innerText ?? '')
      .match(
        /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b\d\.?\d*E-?\d+\b|\b(undefined|null|NaN|true|false)\b/g,
      );
  });
  if (raw) fail(`${name} at ${width}: for machines: ${[...new Set(raw)].slice(0, 4).join(' | ')}`);
  await page.evaluate(axe);
  const result = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }),
  );
  for (const v of result.violations)
    fail(
      `${name} at ${width}: ${v.id}: ${v.nodes
        .slice(0, 3)
        .map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? ''))
        .join(' | ')}`,
    );
}

for (const [width, height, scheme] of [
  [1366, 900, 'light'],
  [360, 740, 'light'],
  [1366, 900, 'dark'],
]) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, bypassCSP: true });
  const page = await context.newPage();
  page.on('console', (m) => m.type() === 'error' && fail(`console at ${width}: ${m.text()} ${m.location().url}`));
  page.on('pageerror', (e) => fail(`page at ${width}: ${e.message}`));
  const label = `${width}${scheme === 'dark' ? '-dark' : ''}`;
  await page.goto(base + '/');
  await page.getByLabel(/用户名/).waitFor();
  await visit(page, 'sign-in', label);
  await page.getByLabel(/用户名/).fill('samplead');
  await page.getByLabel(/密码/).fill('demo-2026');
  await page.keyboard.press('Enter'); // the keyboard is enough
  await page.locator('.rail').waitFor({ state: 'attached' });
  const operators = await page.evaluate(() => fetch('/api/v1/operators?limit=3').then((r) => r.json()));
  const matters = await page.evaluate(() => fetch('/api/v1/matters?limit=3').then((r) => r.json()));
  const pages = {
    duties: '/',
    overview: '/overview',
    operators: '/operators',
    operator: `/operators/${operators.items[0].id}`,
    matters: '/matters?room=subjects',
    matter: `/matters/${matters.items[0].id}`,
    new: '/new',
    lots: '/trace',
    trace: '/trace?item=JKH20260905',
    sources: '/sources',
    statements: '/statements',
    import: '/import',
    rules: '/rules',
    procedures: '/procedures',
    procedure: '/procedures?kind=sample',
    notices: '/notices',
    drafts: '/drafts',
    form: '/new?kind=sample&action=assign_sample',
    figure: '/overview?figure=SP04',
    nothing: '/operators?q=zzzz',
    ledger: '/ledger',
    missing: '/nowhere',
  };
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(base + path);
    await page
      .locator('main h1')
      .first()
      .waitFor({ timeout: 8000 })
      .catch(() => fail(`${name}: no heading`));
    await page.waitForLoadState('load');
    await page.waitForTimeout(250);
    await visit(page, name, label);
  }
  for (const [name, path] of Object.entries({
    portal: '/public',
    recalls: '/public/recalls',
    'public-ledger': '/public/ledger',
    lot: '/01/06909912345670/10/JKH20260905',
  })) {
    await page.goto(base + path);
    await visit(page, name, label);
  }
  await context.close();
}
// Going back to a list keeps its place: what was loaded, the filter, how far one had scrolled; a new visit begins at the top.
{
  const context = await browser.newContext({ viewport: { width: 1366, height: 900 }, bypassCSP: true });
  const page = await enter(context, 'inspector1', 'zh-Hans');
  await page.goto(base + '/operators?q=' + encodeURIComponent('演示'));
  const rows = page.locator('main tbody tr');
  await rows.first().waitFor();
  const first = await rows.count();
  await page.locator('.foot button').click();
  await page.waitForFunction((n) => document.querySelectorAll('main tbody tr').length > n, first);
  const loaded = await rows.count();
  const link = rows
    .nth(loaded - 5)
    .locator('a')
    .first();
  await link.scrollIntoViewIfNeeded();
  const before = await page.evaluate(() => scrollY);
  if (before < 300) fail(`the list is too short for this test: ${before}`);
  await link.click();
  await page.waitForURL(/\/operators\/[0-9a-f-]+/);
  await page.locator('main h1').first().waitFor();
  await page.goBack();
  await rows.nth(loaded - 1).waitFor();
  await page
    .waitForFunction((y) => Math.abs(scrollY - y) < 40, before, { timeout: 8000 })
    .catch(async () => fail(`back to a list: at ${await page.evaluate(() => scrollY)} instead of ${before}`));
  if ((await rows.count()) !== loaded) fail('back to a list: what was loaded is gone');
  if (!page.url().includes('q=')) fail('back to a list: the filter is gone');
  await page.locator('.rail a[href="/matters?room=sampling"], .rail a[href^="/matters"]').first().click();
  await page.waitForURL(/\/matters/);
  await page.waitForFunction(() => scrollY === 0);
  await context.close();
}
// Other posts see other pages: each signs in and opens what it works with, at a desk or on a phone.
async function enter(context, user, language) {
  await context.addInitScript((l) => localStorage.setItem('language', l), language);
  const page = await context.newPage();
  page.on('console', (m) => m.type() === 'error' && fail(`console of ${user}: ${m.text()} ${m.location().url}`));
  page.on('pageerror', (e) => fail(`page of ${user}: ${e.message}`));
  await page.goto(base + '/');
  await page.locator('input[autocomplete=username]').fill(user);
  await page.locator('input[type=password]').fill('demo-2026');
  await page.keyboard.press('Enter');
  await page.locator('.rail').waitFor({ state: 'attached' });
  return page;
}
async function open(page, name, path) {
  await page.goto(base + path);
  await page
    .locator('main h1')
    .first()
    .waitFor({ timeout: 8000 })
    .catch(() => fail(`${name}: no heading`));
  await page.waitForTimeout(250);
}
const posts = [
  ['inspector1', 1366, 'light', { duties: '/', form: '/new?kind=lead&action=register_lead' }],
  [
    'inspector2',
    360,
    'dark',
    { drafts: '/drafts', gap: '/new?kind=trace_gap&action=detect_gap', cards: '/new?kind=rectification&action=order' },
  ],
  ['yongsheng', 360, 'light', { duties: '/', overview: '/overview', targets: '/overview?as_of=2025-12-31' }],
  [
    'head',
    1366,
    'dark',
    {
      overview: '/overview?figure=I05',
      matters: '/matters?kind=rectification',
      import: '/import',
      steps: '/procedures?kind=enforcement_case',
    },
  ],
  ['auditor', 360, 'dark', { notices: '/notices', ledger: '/ledger' }],
  ['teashop', 360, 'light', { duties: '/', operators: '/operators', new: '/new', goods: '/goods' }],
];
for (const [user, width, scheme, paths] of posts) {
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: scheme, bypassCSP: true });
  const page = await enter(context, user, 'zh-Hans');
  // Matters of several kinds, with their tables and papers, for who may see them all.
  if (user === 'head' || user === 'yongsheng')
    for (const kind of user === 'head'
      ? ['enforcement_case', 'recall', 'draw', 'supervision_task']
      : ['assessment', 'rectification']) {
      const found = await page.evaluate((k) => fetch(`/api/v1/matters?limit=1&kind=${k}`).then((r) => r.json()), kind);
      if (found.items.length) paths[kind] = `/matters/${found.items[0].id}`;
      else fail(`${user} finds no ${kind}`);
    }
  for (const [name, path] of Object.entries(paths)) {
    await open(page, `${name} of ${user}`, path);
    await visit(page, `${name}-${user}`, `${width}${scheme === 'dark' ? '-dark' : ''}`);
  }
  // The goods book is kept on a phone: what is entered stands in it at once, and a mistake names its field.
  if (user === 'teashop') {
    await open(page, 'goods', '/goods');
    for (const [id, text] of [
      ['gp', '龙井'],
      ['gn', '2.5'],
      ['gw2', '外地茶商丁'],
    ])
      await page.locator(`#${id}`).fill(text);
    await page.locator('.check .tag').first().waitFor();
    await page.locator('main form.form .btn.pri').click();
    await page.locator('.ban.green').waitFor();
    await page.locator('.book li').filter({ hasText: '龙井' }).first().waitFor();
    await page.locator('#gp').fill('龙井');
    await page.locator('#gn').fill('2,5 斤');
    page.removeAllListeners('console'); // the refusal is asked for
    await page.locator('main form.form .btn.pri').click();
    await page.locator('.field.err #gn').waitFor();
    await visit(page, 'goods-wrong', width);
  }
  if (user === 'inspector1') {
    // Each tab of an operator's file shows what its room hands in.
    const file = await page.evaluate(() => fetch('/api/v1/operators?limit=1').then((r) => r.json()));
    await open(page, 'file', `/operators/${file.items[0].id}`);
    const tabs = page.locator('[role=tab]');
    if ((await tabs.count()) < 10) fail(`an operator's file has ${await tabs.count()} tabs only`);
    for (const tab of await tabs.all()) {
      await tab.click();
      await page
        .locator('#part > section')
        .first()
        .waitFor({ timeout: 8000 })
        .catch(async () => fail(`nothing behind the tab ${await tab.innerText()}`));
    }
    await visit(page, 'file', width);
    await open(page, 'trace', '/trace?item=JKH20260905');
    await page.getByRole('button', { name: '模拟召回' }).click();
    await page.locator('section[role=status] dl').waitFor();
    await visit(page, 'mock-recall', width);
  }
  await context.close();
}
// English and Traditional: nothing scrolls sideways, nothing is cut, and the words of the interface are in the language.
const simplified =
  /[\u8fd9\u4e2a\u4e3a\u5bf9\u8bf7\u9879\u79cd\u7c7b\u7f16\u53f7\u6807\u8bb0\u8bc1\u8d23\u5e94\u5f00\u529e\u5904\u4ece]/;
for (const [language, width] of [
  ['en', 1366],
  ['en', 360],
  ['zh-Hant', 1366],
  ['zh-Hant', 360],
]) {
  const context = await browser.newContext({ viewport: { width, height: 800 }, bypassCSP: true });
  const page = await enter(context, 'inspector1', language);
  const file = await page.evaluate(() => fetch('/api/v1/operators?limit=1').then((r) => r.json()));
  const paths = {
    goods: `/goods?operator=${file.items[0].id}`,
    duties: '/',
    overview: '/overview',
    operators: '/operators',
    matters: '/matters',
    new: '/new',
    form: '/new?kind=rectification&action=order',
    notices: '/notices',
    drafts: '/drafts',
    rules: '/rules',
    procedures: '/procedures?kind=sample',
    ledger: '/ledger',
    statements: '/statements',
  };
  for (const [name, path] of Object.entries(paths)) {
    await open(page, `${name} in ${language}`, path);
    if (shots) await page.screenshot({ path: `${shots}/${name}-${language}-${width}.png`, fullPage: true });
    const seen = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      // Words of the interface, not names, quotations or documents.
      words: [
        ...document.querySelectorAll('.rail a, main h1, main th, main label, main .btn, .seg button, .tag, .bottom a'),
      ]
        .filter((e) => !e.closest('[lang=zh-Hans], .people, tbody th, .mapbox, .mh h2') && e.checkVisibility())
        .map((e) => {
          const own = e.cloneNode(true);
          own.querySelectorAll('[lang=zh-Hans]').forEach((name) => name.remove());
          return own.textContent.trim();
        }),
      cut: [...document.querySelectorAll('.btn, .tag, .seg button')]
        .filter((e) => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1)
        .map((e) => e.textContent.trim()),
    }));
    if (seen.wide > 0) fail(`${name} in ${language} at ${width}: ${seen.wide} px sideways`);
    if (seen.cut.length) fail(`${name} in ${language} at ${width}: cut: ${seen.cut.slice(0, 5).join(' | ')}`);
    const foreign = seen.words.filter((w) => (language === 'en' ? /[\u4e00-\u9fff]/ : simplified).test(w));
    if (foreign.length)
      fail(`${name} in ${language} at ${width}: not in the language: ${[...new Set(foreign)].slice(0, 6).join(' | ')}`);
  }
  await context.close();
}
await browser.close();
console.log(faults === 0 ? 'all pages are clean' : `${faults} faults`);
process.exit(faults === 0 ? 0 : 1);
