import fs from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
const base = 'http://127.0.0.1:8123', out = '/tmp/tour/g'
fs.mkdirSync(out, { recursive: true })
const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'] })
async function check(page, name) {
  await page.screenshot({ path: `${out}/${name}.png`, fullPage: true })
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  if (wide > 0) console.log(name, wide, 'px sideways')
  await page.evaluate(axe)
  const result = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }))
  for (const v of result.violations) console.log(name, v.id, v.nodes.slice(0, 3).map((x) => x.target.join(' ') + ' ' + (x.any[0]?.message ?? '')).join(' | '))
}
for (const [w, h] of [[360, 740], [1366, 900]]) {
  for (const who of ['teashop', 'tea', 'village']) {
    const context = await browser.newContext({ viewport: { width: w, height: h }, bypassCSP: true })
    const page = await context.newPage()
    page.on('console', (m) => m.type() === 'error' && console.log(who, w, 'console', m.text()))
    page.on('pageerror', (e) => console.log(who, w, 'page', e.message))
    await page.goto(base + '/')
    await page.getByLabel(/用户名/).fill(who)
    await page.getByLabel(/密码/).fill('demo-2026')
    await page.keyboard.press('Enter')
    await page.locator('.rail').waitFor({ state: 'attached' })
    let path = '/goods'
    if (who === 'village') path += '?operator=' + (await page.evaluate(() => fetch('/api/v1/operators?q=' + encodeURIComponent('建设村演示农户07号')).then((r) => r.json()))).items[0].id
    await page.goto(base + path)
    await page.locator('main form.form').waitFor()
    await page.waitForTimeout(300)
    await check(page, `${who}-${w}-0`)
    if (who === 'teashop') {
      await page.getByLabel('品名', { exact: true }).fill('碧螺春')
      await page.getByLabel('数量', { exact: true }).fill('12.5')
      await page.getByLabel('供货者', { exact: true }).fill('外地茶商甲')
      await page.waitForTimeout(700)
      await check(page, `${who}-${w}-1`)
      await page.getByRole('button', { name: '登记', exact: true }).click()
      await page.locator('.ban.green').waitFor()
      await page.waitForTimeout(300)
      await check(page, `${who}-${w}-2`)
      await page.getByLabel('品名', { exact: true }).fill('饼干')
      await page.getByLabel('数量', { exact: true }).fill('-1')
      await page.getByRole('button', { name: '登记', exact: true }).click()
      await page.locator('.err-sum').waitFor()
      await check(page, `${who}-${w}-3`)
    }
    if (who === 'village') {
      await page.getByLabel('品名', { exact: true }).fill('鲜叶')
      await page.getByLabel('数量', { exact: true }).fill('30')
      await page.getByLabel('购货者', { exact: true }).fill('峡谷茶业有限公司（演示）')
      await page.waitForTimeout(800)
      await page.getByRole('button', { name: '登记', exact: true }).click()
      await page.locator('.ban.green').waitFor()
      await page.waitForTimeout(300)
      await check(page, `${who}-${w}-1`)
    }
    await context.close()
  }
}
await browser.close()
console.log('done')
