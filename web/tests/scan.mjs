// Scanning with a camera: Chromium's made-up camera plays a film of one code; a picture goes the same way; and what is said where
// there is no permission. BASE_URL: a running demonstration. FOLDER: where the films are written.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer';

const base = process.env.BASE_URL;
const shots = process.env.SHOTS;
const wasm = fs.readFileSync(createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm'));
prepareZXingModule({
  overrides: { wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) },
});

// A film of two equal frames in YUV4MPEG2: the symbol in the middle, dark on white.
async function film(name, text, options) {
  const { symbol, error } = await writeBarcode(text, options);
  assert.equal(error, '');
  const [width, height] = [640, 480];
  const scale = Math.floor(Math.min((width - 80) / symbol.width, (height - 80) / symbol.height));
  const tall = Math.max(symbol.height * scale, 160); // a linear code has one row
  const luma = Buffer.alloc(width * height, 235);
  const [left, top] = [Math.floor((width - symbol.width * scale) / 2), Math.floor((height - tall) / 2)];
  for (let y = 0; y < tall; y++)
    for (let x = 0; x < symbol.width * scale; x++) {
      const row = Math.min(symbol.height - 1, Math.floor((y * symbol.height) / tall));
      if (symbol.data[row * symbol.width + Math.floor(x / scale)] === 0) luma[(top + y) * width + left + x] = 16;
    }
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma, Buffer.alloc((width * height) / 2, 128)]);
  const path = `${process.env.FOLDER}/${name}.y4m`;
  fs.writeFileSync(
    path,
    Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420\n`), frame, frame]),
  );
  return path;
}
async function open(arguments_, grant) {
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
      ...arguments_,
    ],
  });
  const context = await browser.newContext({
    viewport: { width: 360, height: 740 },
    permissions: grant ? ['camera'] : [],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30000);
  page.faults = [];
  page.on('console', (m) => m.type() === 'error' && page.faults.push(m.text()));
  page.on('pageerror', (e) => page.faults.push(e.message));
  await page.goto(base + '/');
  await page.locator('input[autocomplete=username]').fill('inspector1');
  await page.locator('input[type=password]').fill('demo-2026');
  await page.keyboard.press('Enter');
  await page.locator('.rail').waitFor({ state: 'attached' });
  return { browser, page };
}
const camera = (path) => ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${path}`];
const link = 'https://id.gs1.org/01/06909912345670/10/JKH20260905';

// A QR code with a Digital Link, in the search box: the lot opens.
{
  const { browser, page } = await open(camera(await film('qr', link, { format: 'QRCode' })), true);
  await page.locator('.top .scanbtn').click();
  await page.waitForURL(/\/trace\?item=.*JKH20260905/);
  assert.equal(await page.locator('dialog').count(), 0);
  assert.deepEqual(page.faults, []);
  await browser.close();
}
// A GS1 DataMatrix, in a field: the part that the field asks for.
{
  const { browser, page } = await open(
    camera(await film('matrix', '(01)06909912345670(10)JKH20260905', { format: 'DataMatrix', options: 'gs1' })),
    true,
  );
  await page.goto(`${base}/new?kind=trace_gap&action=detect_gap`);
  const field = page.locator('[data-field=gap_item]');
  await field.locator('.scanbtn').click();
  await page.waitForFunction(() => document.querySelector('[id="f-gap_item"]')?.value !== '');
  assert.equal(await page.locator('[id="f-gap_item"]').inputValue(), link);
  assert.ok(
    await field.locator('.scanbtn').evaluate((e) => e === document.activeElement),
    'the focus comes back to the button',
  );
  await browser.close();
}
// An EAN-13 from the camera; and by hand.
{
  const { browser, page } = await open(camera(await film('ean', '6901234567892', { format: 'EAN13' })), true);
  await page.locator('.top .scanbtn').click();
  await page.locator('#find-list').waitFor({ state: 'attached' });
  await page.waitForFunction(() => document.querySelector('#find').value === '06901234567892');
  await browser.close();
}
// No permission: it says so, and a picture or the code by hand do as well.
{
  const { browser, page } = await open(['--use-fake-device-for-media-stream', '--deny-permission-prompts'], false);
  await page.locator('.top .scanbtn').click();
  await page.getByText('没有得到使用摄像头的许可').waitFor();
  if (shots) await page.screenshot({ path: `${shots}/scan-refused.png` });
  await page
    .locator('#scan-file')
    .setInputFiles({ name: 'x.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') });
  await page.getByText('照片里没有找到').waitFor();
  const good = await writeBarcode(link, { format: 'QRCode', scale: 6 });
  await page
    .locator('#scan-file')
    .setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer: Buffer.from(await good.image.arrayBuffer()) });
  await page.waitForURL(/\/trace\?item=.*JKH20260905/);
  await page.locator('.top .scanbtn').click();
  await page.locator('#scan-text').fill('JKH20260905');
  await page.keyboard.press('Enter');
  await page.locator('dialog').waitFor({ state: 'detached' });
  await page.locator('main h1').first().waitFor();
  await browser.close();
}
// No camera at all.
{
  const { browser, page } = await open([], true);
  await page.locator('.top .scanbtn').click();
  await page.getByText('没有可用的摄像头').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('dialog').waitFor({ state: 'detached' });
  await browser.close();
}
console.log('codes are read by camera, picture and hand');
