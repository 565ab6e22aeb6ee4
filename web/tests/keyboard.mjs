// The main job with the keyboard alone: sign in, see the duty, open its matter, take the step, and find it gone from the duties.
// BASE_URL: a running demonstration. No click, no fill by selector: only Tab, arrows, Enter, Space and letters.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const base = process.env.BASE_URL;
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
const page = await browser.newPage({ viewport: { width: 1366, height: 900 } });
const focused = () =>
  page.evaluate(() => {
    const e = document.activeElement;
    const box = e.getBoundingClientRect();
    const style = getComputedStyle(e);
    const labels = e.labels ? [...e.labels].map((l) => l.textContent) : [];
    return {
      text: [e.textContent, e.getAttribute('aria-label'), ...labels].join(' '),
      tag: e.tagName,
      type: e.type,
      ring: style.outlineStyle !== 'none' || style.boxShadow !== 'none' || e.closest('.search') !== null,
      top: box.top,
      bottom: box.bottom,
      action: e.closest('[data-action]')?.dataset.action ?? '',
      inMain: e.closest('main') !== null,
    };
  });
// Tab to what `wanted` accepts; on the way every stop must be seen: a ring, and not under the sticky bar.
async function tabTo(what, wanted, most = 150) {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab');
    const at = await focused();
    if (at.tag === 'BODY') continue;
    assert.ok(at.ring, `${what}: no focus ring on ${at.tag} ${at.text.slice(0, 40)}`);
    if (wanted(at)) return at;
  }
  throw new Error(`${what} is not reached by Tab`);
}

await page.goto(base + '/');
await page.getByLabel(/用户名/).waitFor();
await tabTo('user name', (e) => e.text.includes('用户名'));
await page.keyboard.type('inspector1');
await tabTo('password', (e) => e.type === 'password');
await page.keyboard.type('demo-2026');
await page.keyboard.press('Enter');
await page.locator('.duty').first().waitFor();
const matter = (await page.locator('.duty .act-link a').first().getAttribute('href')).split('/').pop();

// Skip over the rail, as who uses no mouse does on every page.
await tabTo('skip link', (e) => e.text.includes('跳到主要内容'));
await page.keyboard.press('Enter');
const duty = await tabTo('the first duty', (e) => e.inMain && e.tag === 'A' && e.text.includes('打开'));
assert.ok(duty.top >= 52, 'the focused duty is not under the sticky bar');
await page.keyboard.press('Enter');
await page.waitForURL(new RegExp(matter));
await page.locator('[data-action=verify] button').waitFor();
await tabTo('the step', (e) => e.action === 'verify' && e.tag === 'BUTTON');
await page.keyboard.press('Enter');
const send = page.locator('[data-action=verify] button[type=submit]');
const toast = page.locator('.toast');
await send.or(toast).first().waitFor();
if (await send.isVisible()) {
  // Fill what the form asks for, one stop after another, to its button.
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    const at = await focused();
    if (at.tag === 'BUTTON' && at.type === 'submit' && at.action === 'verify') break;
    if (at.type === 'checkbox' || at.type === 'radio') await page.keyboard.press('Space');
    else if (at.tag === 'SELECT') await page.keyboard.press('ArrowDown');
    else if (at.tag === 'TEXTAREA' || at.type === 'text')
      await page.keyboard.type('现场核对，登记内容与实际一致，已拍照留存');
    else if (at.type === 'date') await page.keyboard.type('09282026');
  }
  await page.keyboard.press('Enter');
}
await toast.waitFor(); // it can be taken back for eight seconds, then it is done
await toast.waitFor({ state: 'detached', timeout: 15000 });
await page.locator('p.ban[role=status], .err-sum').first().waitFor();
assert.equal(
  await page.locator('.err-sum').count(),
  0,
  await page
    .locator('.err-sum')
    .first()
    .textContent()
    .catch(() => ''),
);

// Search opens with its keys, and Enter opens the first.
await page.keyboard.press('Control+k');
await page.keyboard.type('xgcy');
await page.locator('#find-list [role=option]').first().waitFor();
await page.keyboard.press('Enter');
await page.waitForURL(/\/operators\//);
await page.goto(base + '/');
await page.locator('.duty, .state').first().waitFor();
assert.equal(await page.locator(`.act-link a[href="/matters/${matter}"]`).filter({ hasText: '核实' }).count(), 0);

// A session that ends in the middle of a form loses nothing: sign in again beside it, and go on. What is sent can be taken back.
await page.goto(base + '/new?kind=lead&action=register_lead');
const text = page.locator('form.form textarea, form.form input[type=text]').first();
await text.waitFor();
await text.fill('赶集日有人流动售卖无标签散装糕点');
await page.context().clearCookies();
await page.locator('form.form button[type=submit]').click();
await page.locator('.toast button').last().click();
await page.locator('.relogin').waitFor();
await page.waitForFunction(() => document.activeElement.type === 'password'); // the focus is set after the box is drawn
await page.keyboard.type('demo-2026');
await page.keyboard.press('Enter');
await page.locator('.relogin').waitFor({ state: 'detached' });
assert.equal(await text.inputValue(), '赶集日有人流动售卖无标签散装糕点');
await page.locator('form.form button[type=submit]').click();
await page.locator('.toast button').first().click();
await page.locator('.err-sum').waitFor();
assert.match(await page.locator('.err-sum').textContent(), /已撤回/);
assert.match(page.url(), /\/new/);
// Choices that lie open are walked with the arrows; the camera's box opens, takes a typed code and gives the focus back.
await page.goto(base + '/new?kind=trace_gap&action=detect_gap');
await page.locator('[data-field=gap_item] .scanbtn').waitFor();
const scan = await tabTo('the scan button', (e) => e.inMain && e.tag === 'BUTTON' && e.text.includes('扫码'));
assert.ok(scan.text.includes('批次'), 'the button says which field it fills');
await page.keyboard.press('Enter');
await page.locator('dialog.scan').waitFor();
assert.ok(await page.evaluate(() => document.activeElement.closest('dialog') !== null), 'the focus is in the box');
await page.keyboard.press('Escape');
await page.locator('dialog.scan').waitFor({ state: 'detached' });
await page.waitForFunction(() => document.activeElement.classList.contains('scanbtn'));
await page.keyboard.press('Enter');
await page.locator('dialog.scan').waitFor();
await tabTo('the code by hand', (e) => e.text.includes('输入代码'));
await page.keyboard.type('https://id.gs1.org/01/06909912345670/10/JKH20260905');
await page.keyboard.press('Enter');
await page.locator('dialog.scan').waitFor({ state: 'detached' });
assert.equal(
  await page.locator('[id="f-gap_item"]').inputValue(),
  'https://id.gs1.org/01/06909912345670/10/JKH20260905',
);
await tabTo('the choices', (e) => e.type === 'radio');
await page.keyboard.press('ArrowDown');
await page.keyboard.press('ArrowDown');
assert.equal(await page.locator('[data-field=gap_kind] input:checked').count(), 1);
await page.locator('.saved').waitFor();
// What was typed is a draft now, thrown away from the list of drafts.
await page.goto(base + '/drafts');
await page.locator('[data-draft]').first().waitFor();
const drafts = await page.locator('[data-draft]').count();
await tabTo('throwing a draft away', (e) => e.inMain && e.tag === 'BUTTON' && e.text.includes('删除草稿'));
await page.keyboard.press('Enter');
await page.locator('.btn.dan').waitFor();
await page.waitForFunction(() => document.activeElement.classList.contains('dan'));
await page.keyboard.press('Enter');
await page.waitForFunction((n) => document.querySelectorAll('[data-draft]').length === n - 1, drafts);
await browser.close();
console.log('the main job is done with the keyboard alone');
