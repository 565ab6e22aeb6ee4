// A phone where the signal comes and goes: pages and drafts without it, a browser that is closed, doubled sending, two writers, and
// what stays on the phone after leaving. BASE_URL: a running demonstration. PROFILE: an empty folder for the browser's own files.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const base = process.env.BASE_URL;
const shots = process.env.SHOTS;
const start = async () => {
  const context = await chromium.launchPersistentContext(process.env.PROFILE, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    viewport: { width: 360, height: 740 },
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
  context.setDefaultTimeout(20000);
  return context;
};
const picture = (page, name) => shots && page.screenshot({ path: `${shots}/phone-${name}.png`, fullPage: true });
async function signIn(page, user) {
  await page.goto(base + '/');
  await page.locator('input[autocomplete=username]').fill(user);
  await page.locator('input[type=password]').fill('demo-2026');
  await page.keyboard.press('Enter');
  await page.locator('.rail').waitFor({ state: 'attached' });
}
// What another officer does meanwhile, at a desk of his own.
async function officer(user) {
  const session = await fetch(base + '/api/v1/session', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: user, password: 'demo-2026' }),
  });
  const cookie = session.headers
    .getSetCookie()
    .map((c) => c.split(';')[0])
    .join('; ');
  const { csrf } = await session.json();
  const ask = (method, path, body, more = {}) =>
    fetch(base + path, {
      method,
      headers: { Cookie: cookie, 'X-CSRF-Token': csrf, 'Content-Type': 'application/json', ...more },
      body: body && JSON.stringify(body),
    }).then((r) => r.json());
  return {
    get: (path) => ask('GET', path),
    async act(matter, action, fields) {
      const { matter: now } = await ask('GET', `/api/v1/matters/${matter}`);
      const answer = await ask(
        'POST',
        `/api/v1/matters/${matter}/actions/${action}`,
        { fields },
        { 'If-Match': `"${now.version}"`, 'Idempotency-Key': crypto.randomUUID() },
      );
      assert.ok(answer.id, JSON.stringify(answer));
    },
  };
}
const stored = (page) =>
  page.evaluate(async () => {
    const names = (await indexedDB.databases()).map((d) => d.name);
    if (!names.includes('zhian')) return { drafts: 0, files: 0, pages: 0 };
    const db = await new Promise((resolve, reject) =>
      Object.assign(indexedDB.open('zhian'), { onsuccess: (e) => resolve(e.target.result), onerror: reject }),
    );
    const counts = {};
    for (const name of db.objectStoreNames)
      counts[name] = await new Promise(
        (resolve) => (db.transaction(name).objectStore(name).count().onsuccess = (e) => resolve(e.target.result)),
      );
    db.close();
    return counts;
  });

let context = await start();
let page = await context.newPage();
await signIn(page, 'inspector1');
await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
await page.waitForFunction(() => navigator.serviceWorker.controller !== null);

// ---- before the drive: what is needed is taken along -----------------------------------------------------------------------------
await page.getByRole('button', { name: '带到现场' }).click();
await page.getByText(/已存到本机/).waitFor();
const inspector = await officer('inspector1');
const duties = (await inspector.get('/api/v1/duties?limit=500')).items.filter((d) => d.duty === 'reverify');
const file = duties[0].matter;
const other = duties[1].matter;
const foreign = (await inspector.get('/api/v1/matters?room=sampling&limit=1')).items[0];

// ---- the gorge -------------------------------------------------------------------------------------------------------------------
await context.setOffline(true);
await page.reload();
await page.getByText('离线').first().waitFor();
await page.locator('.duty').first().waitFor();
await page.locator('.asread').waitFor();
await picture(page, 'duties-offline');
await page.goto(`${base}/matters/${file.id}`);
await page.locator('h1', { hasText: file.title }).waitFor();
assert.match(await page.locator('.asread').textContent(), /\d\d:\d\d/);
await page.goto(`${base}/operators/${file.operator.id}`);
await page.locator('h1', { hasText: file.operator.name }).waitFor();
if (foreign) {
  await page.goto(`${base}/matters/${foreign.id}`);
  await page.getByText('这一页没有存在本机').waitFor();
}

// A new lead with a photo, typed without a signal. What is missing is said before it waits for the signal.
await page.goto(`${base}/new?kind=lead&action=register_lead`);
const clue = '赶集日桥头有人流动售卖无标签散装糕点';
await page.locator('[id="f-clue_place"]').fill('永胜乡桥头');
await page.locator('form.form button[type=submit]').click();
await page.locator('.err-sum', { hasText: '线索内容' }).waitFor();
await page.locator('[id="f-clue"]').fill(clue);
const photo = Buffer.from(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z',
  'base64',
);
await page
  .locator('form.form input[type=file]')
  .setInputFiles({ name: '现场.jpg', mimeType: 'image/jpeg', buffer: photo });
await page.locator('.files .tag').waitFor();
await page.locator('form.form button[type=submit]').click();
await page.waitForURL(/\/drafts/);
await page.locator('[data-draft=ready]').waitFor();
await picture(page, 'drafts-offline');

// Half of another form, then the browser is closed.
await page.goto(`${base}/matters/${file.id}?do=update_file`);
const staff = () => page.locator('[data-action=update_file] [id="f-staff"]');
await staff().fill('7');
await page.locator('[data-action=update_file] [id="f-registry_evidence"]').fill('经营者当面出示登记证');
await page.locator('.saved').waitFor();
await page.waitForFunction(
  () =>
    new Promise(
      (resolve) =>
        (indexedDB.open('zhian').onsuccess = (e) =>
          (e.target.result.transaction('drafts').objectStore('drafts').getAll().onsuccess = (all) => {
            e.target.result.close();
            resolve(all.target.result.some((d) => d.values.registry_evidence === '经营者当面出示登记证'));
          })),
    ),
);
await context.close();
context = await start();
await context.setOffline(true);
page = await context.newPage();
await page.goto(`${base}/drafts`);
await page.locator('h1', { hasText: '草稿 2 件' }).waitFor();
await page.locator('[data-draft=typing] a').first().click();
await staff().waitFor();
assert.equal(await staff().inputValue(), '7');
await page.locator('[data-action=update_file] button[type=submit]').click();
await page.getByText('没有信号：已存为草稿').waitFor();
// A second step of another matter, later than both.
await page.goto(`${base}/matters/${other.id}?do=reverify`);
await page.locator('[data-action=reverify] [id="f-contact_note"]').fill('到店核实，登记内容与实际一致');
await page.locator('[data-action=reverify] button[type=submit]').click();
await page.getByText('没有信号：已存为草稿').waitFor();

// ---- meanwhile, at the office: somebody updates the same file ---------------------------------------------------------------------
const licence = await officer('licence');
await licence.act(file.id, 'update_file', { staff: '5', registry_evidence: '登记机关推送' });

// ---- the signal is back, and lost again while the answer is on its way ------------------------------------------------------------
await page.goto(`${base}/drafts`);
await page.locator('[data-draft=ready]').nth(2).waitFor();
await context.setOffline(false);
await page.locator('input[type=password]').waitFor(); // the session ended with the browser
await page.locator('input[autocomplete=username]').fill('inspector1');
await page.locator('input[type=password]').fill('demo-2026');
await page.keyboard.press('Enter');
await page.getByText('已联网，有草稿可以送出').waitFor();
let lost = 0;
await page.route('**/api/v1/matters', async (route) => {
  if (route.request().method() === 'POST' && !lost++) {
    await route.fetch(); // it arrives and is done
    return route.abort('connectionreset'); // and nothing comes back
  }
  return route.continue();
});
await page.getByRole('button', { name: '送出 3 件' }).click();
await page.waitForFunction(() => document.querySelectorAll('[data-draft=ready]').length === 3);
await page.waitForFunction(() => !document.querySelector('.signal.off')); // the small question found the server again
await page.getByRole('button', { name: '送出 3 件' }).click();
await page.locator('[data-draft=moved]').waitFor();
await page.waitForFunction(() => document.querySelectorAll('[data-draft]').length === 1);
await picture(page, 'drafts-moved');
assert.equal(lost, 2);
const leads = (await inspector.get('/api/v1/matters?kind=lead&limit=100')).items;
const made = [];
for (const lead of leads) {
  const view = await inspector.get(`/api/v1/matters/${lead.id}`);
  if (view.matter.fields.some((f) => f.text === clue)) made.push(view);
}
assert.equal(made.length, 1, 'sent twice, done once');
assert.equal(made[0].attachments.length, 1, 'with its photo');
const checked = await inspector.get(`/api/v1/matters/${other.id}`);
assert.equal(checked.history[0].action, 'reverify', 'one that has to be looked at does not hold back other matters');
assert.equal(
  (await inspector.get(`/api/v1/matters/${file.id}`)).matter.fields.find((f) => f.name === 'staff').text,
  '5',
  'nothing was overwritten unseen',
);

// ---- two writers: side by side, each field chosen ---------------------------------------------------------------------------------
await page.locator('[data-draft=moved] a').first().click();
const panel = page.locator('.clashes');
await panel.waitFor();
if (shots) await panel.screenshot({ path: `${shots}/phone-conflict.png` });
const clash = panel.locator('[data-clash=staff]');
assert.match(await clash.textContent(), /7[\s\S]*周示例[\s\S]*5/);
const go = panel.getByRole('button', { name: '按所选接着填' });
assert.ok(await go.isDisabled(), 'nothing goes on before each field is chosen');
for (const name of ['staff', 'registry_evidence'])
  await panel.locator(`[data-clash=${name}] input[value=${name === 'staff' ? 'now' : 'mine'}]`).check();
await go.click();
await staff().waitFor();
assert.equal(await staff().inputValue(), '5');
assert.equal(
  await page.locator('[data-action=update_file] [id="f-registry_evidence"]').inputValue(),
  '经营者当面出示登记证',
);
await page.locator('[data-action=update_file] button[type=submit]').click();
await page.locator('.toast button').last().click();
await page.locator('p.ban[role=status]', { hasText: '办理' }).waitFor();
assert.equal(
  (await inspector.get(`/api/v1/matters/${file.id}`)).matter.fields.find((f) => f.name === 'registry_evidence').text,
  '经营者当面出示登记证',
);

// Two writers at the same time at two desks: seen as it happens, before anything is sent.
await page.goto(`${base}/matters/${file.id}?do=update_file`);
await page.locator('[data-action=update_file] [id="f-industry"]').fill('茶叶种植、加工');
await licence.act(file.id, 'update_file', { industry: '茶叶、蔬菜种植', registry_evidence: '登记机关再次推送' });
await panel.waitFor();
await panel.locator('[data-clash=industry]').waitFor();
await panel.getByRole('button', { name: '删除草稿' }).click();
await panel.waitFor({ state: 'detached' });

// ---- leaving: a warning while something is not sent, then nothing of the person stays ----------------------------------------------
await page.goto(`${base}/new?kind=lead&action=register_lead`);
await page.locator('[id="f-clue"]').fill('还没有写完的线索');
await page.locator('.saved').waitFor();
await page.locator('.bottom button').click();
await page.locator('.laid button', { hasText: '退出' }).click();
await page.locator('.asks', { hasText: '还有 1 件草稿没有送出' }).waitFor();
await picture(page, 'leave');
await page.locator('.asks button', { hasText: '取消' }).click();
// The session ends by itself and a colleague takes the phone: he sees none of it, and the writer finds it again.
await context.clearCookies();
await signIn(page, 'inspector2');
await page.locator('.duty, .state').first().waitFor();
await page.goto(`${base}/drafts`);
await page.getByText('没有草稿').waitFor();
await page.waitForFunction(
  () =>
    new Promise(
      (resolve) =>
        (indexedDB.open('zhian').onsuccess = (e) =>
          (e.target.result.transaction('pages').objectStore('pages').getAllKeys().onsuccess = (keys) => {
            e.target.result.close();
            resolve(new Set(keys.target.result.map((k) => k[0])).size <= 1);
          })),
    ),
);
await context.clearCookies();
await signIn(page, 'inspector1');
await page.goto(`${base}/drafts`);
await page.locator('[data-draft=typing]').waitFor();
await context.setOffline(true); // leaving works in the gorge too
await page.goto(`${base}/drafts`);
await page.locator('.bottom button').click();
await page.locator('.laid button', { hasText: '退出' }).click();
await page.locator('.asks .dan').click();
await page.locator('input[type=password]').waitFor();
assert.deepEqual(await stored(page), { drafts: 0, files: 0, pages: 0 });
await page.goto(`${base}/matters/${file.id}`);
await page.locator('input[type=password]').waitFor(); // and nothing opens
await context.setOffline(false);
await page.reload();
await page.waitForFunction(() => localStorage.getItem('leaving') === null); // the session was ended with the first signal
assert.equal(await page.evaluate(() => fetch('/api/v1/session').then((r) => r.status)), 401);
const cached = await page.evaluate(async () =>
  (
    await Promise.all(
      (await caches.keys()).map(async (n) => (await (await caches.open(n)).keys()).map((r) => new URL(r.url).pathname)),
    )
  ).flat(),
);
assert.ok(cached.length > 10);
assert.deepEqual(
  cached.filter((p) => p !== '/' && !p.startsWith('/assets/')),
  [],
  'the worker keeps files of the program only',
);
// ---- the goods book without a signal: entered where the goods are, sent once, with the time at which they came ---------------------
page = await context.newPage();
await signIn(page, 'teashop');
await page.goto(base + '/goods');
await page.locator('#gp').waitFor();
await context.setOffline(true);
await page.reload();
for (const [id, text] of [
  ['gp', '山茶'],
  ['gn', '3'],
  ['gw2', '过路茶农'],
])
  await page.locator(`#${id}`).fill(text);
await page.locator('main form.form .btn.pri').click();
await page.getByText(/没有信号，已存在本机/).waitFor();
assert.equal((await stored(page)).drafts, 1);
await context.setOffline(false);
await page.goto(base + '/drafts');
await page.getByRole('button', { name: /送出/ }).first().click();
await page.waitForFunction(() => !document.querySelector('main .acts .btn.pri'));
const entered = await page.evaluate(() => fetch('/api/v1/goods?q=' + encodeURIComponent('山茶')).then((r) => r.json()));
assert.deepEqual(
  entered.items.map((e) => [e.product, e.amount, e.partner_name]),
  [['山茶', '3 公斤', '过路茶农']],
);

await context.close();
console.log('the phone works without a signal, sends once and in order, and keeps nothing after leaving');
