// Carries out steps in Chromium as people would: signs in, opens the matter, presses the step's button, fills the form, sends it.
// Commands are lines of JSON on standard input, answers lines on standard output. SHOTS: a folder for a picture of each step.
import readline from 'node:readline';
import { chromium } from 'playwright-core';

const base = process.env.BASE_URL;
const shots = process.env.SHOTS;
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
const pages = new Map();
let step = 0;

async function pageOf(user) {
  if (pages.has(user)) return pages.get(user);
  const context = await browser.newContext({ viewport: { width: 1366, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(60000); // a machine that builds meanwhile is slow, not wrong
  page.faults = [];
  // Leaving a page ends its requests: that is the driver's doing, not the page's.
  page.on('pageerror', (e) => /网络不通|Failed to fetch/.test(e.message) || page.faults.push(e.message));
  // Regression: an answer that comes after the page has heard of its own step from the stream of changes is shown all the same.
  await page.route(/\/actions\//, async (route) => {
    const answer = await route.fetch();
    await new Promise((later) => setTimeout(later, 200));
    await route.fulfill({ response: answer });
  });
  await page.goto(base + '/');
  await page.getByLabel(/用户名/).fill(user);
  await page.getByLabel(/密码/).fill('demo-2026');
  await page.keyboard.press('Enter');
  await page.locator('.rail').waitFor({ state: 'attached' });
  pages.set(user, page);
  return page;
}

async function fillQuantity(input, value) {
  await input.fill(String(value.value));
  await input.locator('xpath=following-sibling::input').fill(String(value.unit));
}
async function fill(scope, name, value, files) {
  const field = scope.locator(`[data-field="${name}"]`);
  const id = `[id="f-${name}"]`;
  if (Array.isArray(value) && value.length && typeof value[0] === 'object') {
    while ((await field.locator('fieldset.items > div').count()) < value.length)
      await field.locator('fieldset.items > button').click();
    for (const [i, row] of value.entries())
      for (const [column, cell] of Object.entries(row)) {
        const input = field.locator(`[id="f-${name}-${i}-${column}"]`);
        if (cell !== null && typeof cell === 'object') await fillQuantity(input, cell);
        else if ((await input.evaluate((e) => e.tagName)) === 'SELECT') await input.selectOption(String(cell));
        else await input.fill(String(cell));
      }
    return;
  }
  if (Array.isArray(value)) {
    const upload = field.locator('input[type=file]');
    if (await upload.count()) {
      await upload.setInputFiles(
        value.map((digest) => ({
          name: files[digest].name,
          mimeType: 'application/octet-stream',
          buffer: Buffer.from(files[digest].content, 'base64'),
        })),
      );
      await field
        .locator('.files li')
        .nth(value.length - 1)
        .waitFor();
      return;
    }
    for (const one of value) await field.locator(`input[type=checkbox][value="${one}"]`).check();
    return;
  }
  const input = field.locator(id);
  if (value !== null && typeof value === 'object') return fillQuantity(input, value);
  const kind = await input.evaluate((e) => (e.tagName === 'INPUT' && e.type === 'checkbox' ? 'CHECK' : e.tagName));
  if (kind === 'FIELDSET') await input.locator(`input[value="${value}"]`).check();
  else if (kind === 'SELECT') await input.selectOption(String(value));
  else if (kind === 'CHECK') await input.setChecked(value === true || value === 'true');
  else await input.fill(String(value));
}
async function fillAll(scope, command) {
  for (const [name, value] of Object.entries(command.fields)) await fill(scope, name, value, command.files ?? {});
}
const picture = async (page, name) =>
  shots && (await page.screenshot({ path: `${shots}/${String(++step).padStart(2, '0')}-${name}.png`, fullPage: true }));

async function outcome(page) {
  const wrong = await page
    .locator('.err-sum')
    .first()
    .textContent({ timeout: 300 })
    .catch(() => '');
  return wrong.trim();
}

const doers = {
  async act(page, c) {
    await page.goto(`${base}/matters/${c.matter}`);
    await page.locator('[data-action]').first().waitFor({ state: 'attached' });
    const row = page.locator(`[data-action="${c.action}"]`);
    const folded = page.locator('details.more:not([open])');
    if ((await folded.count()) && !(await row.isVisible())) await folded.locator('summary').click();
    await row.locator('button').first().click();
    const now = page.locator('.toast button').last();
    const send = row.locator('button[type=submit]');
    await now.or(send).first().waitFor();
    if (await send.isVisible()) {
      await fillAll(row, c);
      await picture(page, c.action);
      await send.click();
    }
    await now.waitFor();
    await now.click();
    await Promise.race([page.locator('p.ban[role=status]').waitFor(), page.locator('.err-sum').waitFor()]);
    const wrong = await outcome(page);
    if (wrong) throw new Error(wrong);
    await picture(page, `${c.action}-done`);
    return {};
  },
  async confirm(page, c) {
    await page.goto(`${base}/matters/${c.matter}`);
    await page.locator(`[data-approval="${c.action}"] button`).first().click();
    await page.locator(`[data-approval="${c.action}"]`).waitFor({ state: 'detached' });
    return {};
  },
  async create(page, c) {
    const about = new URLSearchParams({
      kind: c.kind,
      action: c.action,
      ...(c.operator ? { operator: c.operator } : {}),
      ...(c.place ? { place: c.place } : {}),
    });
    await page.goto(`${base}/new?${about}`);
    const form = page.locator('form.form');
    await form.waitFor();
    await fillAll(form, c);
    await picture(page, `new-${c.kind}`);
    await form.locator('button[type=submit]').click();
    await page.locator('.toast button').last().click();
    await Promise.race([page.waitForURL(/\/matters\//), page.locator('.err-sum').waitFor()]);
    const wrong = await outcome(page);
    if (wrong) throw new Error(wrong);
    return { id: page.url().split('/').pop() };
  },
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  let answer;
  try {
    const page = await pageOf(command.user);
    answer = { ok: true, ...(await doers[command.op](page, command)) };
    if (page.faults.length) answer = { ok: false, error: page.faults.join(' · ') };
  } catch (error) {
    answer = { ok: false, error: String(error.message).slice(0, 1500) };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
await browser.close();
