// Every page in Chromium, at a desk's width and at 360 px, in light and dark: no console errors, no sideways scroll, axe clean.
// BASE_URL: a running demonstration. SHOTS: a folder for screenshots (optional).
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

const base = process.env.BASE_URL
const shots = process.env.SHOTS
const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
})
let faults = 0
const fail = (text) => {
  faults++
  console.log('FAILED', text)
}

async function visit(page, name, width) {
  if (shots) await page.screenshot({ path: `${shots}/${name}-${width}.png`, fullPage: true })
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  if (wide > 0) fail(`${name} at ${width}: ${wide} px sideways`)
  await page.evaluate(axe)
  const result = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }))
  for (const v of result.violations) fail(`${name} at ${width}: ${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).join(' | ')}`)
}

for (const [width, height, scheme] of [[1366, 900, 'light'], [360, 740, 'light'], [1366, 900, 'dark']]) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, bypassCSP: true })
  const page = await context.newPage()
  page.on('console', (m) => m.type() === 'error' && !/401/.test(m.text()) && fail(`console at ${width}: ${m.text()} ${m.location().url}`))
  page.on('pageerror', (e) => fail(`page at ${width}: ${e.message}`))
  const label = `${width}${scheme === 'dark' ? '-dark' : ''}`
  await page.goto(base + '/')
  await page.getByLabel(/用户名/).waitFor()
  await visit(page, 'sign-in', label)
  await page.getByLabel(/用户名/).fill('samplead')
  await page.getByLabel(/密码/).fill('demo-2026')
  await page.keyboard.press('Enter') // the keyboard is enough
  await page.locator('.rail').waitFor({ state: 'attached' })
  const operators = await page.evaluate(() => fetch('/api/v1/operators?limit=3').then((r) => r.json()))
  const matters = await page.evaluate(() => fetch('/api/v1/matters?limit=3').then((r) => r.json()))
  const pages = { duties: '/', overview: '/overview', operators: '/operators', operator: `/operators/${operators.items[0].id}`, matters: '/matters?room=subjects', matter: `/matters/${matters.items[0].id}`, new: '/new', lots: '/trace', trace: '/trace?item=JKH20260905', statements: '/statements', import: '/import', rules: '/rules', procedures: '/procedures', ledger: '/ledger', missing: '/nowhere' }
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(base + path)
    await page.locator('main h1').first().waitFor({ timeout: 8000 }).catch(() => fail(`${name}: no heading`))
    await page.waitForLoadState('load')
    await page.waitForTimeout(250)
    await visit(page, name, label)
  }
  for (const [name, path] of Object.entries({ portal: '/public', recalls: '/public/recalls', 'public-ledger': '/public/ledger', lot: '/01/06909912345670/10/JKH20260905' })) {
    await page.goto(base + path)
    await visit(page, name, label)
  }
  await context.close()
}
await browser.close()
console.log(faults === 0 ? 'all pages are clean' : `${faults} faults`)
process.exit(faults === 0 ? 0 : 1)
