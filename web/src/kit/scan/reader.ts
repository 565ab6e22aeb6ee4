// Finds codes in a picture: by the browser's own detector where it knows all the kinds that are needed, else by ZXing. Loaded late.
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import wasm from 'zxing-wasm/reader/zxing_reader.wasm?url';

interface Detector {
  detect(source: ImageBitmapSource): Promise<{ rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}
const kinds = ['qr_code', 'ean_13', 'data_matrix'];

export async function makeReader(): Promise<(picture: ImageData) => Promise<string | null>> {
  const own = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  const known = own ? await own.getSupportedFormats().catch(() => []) : [];
  if (own && kinds.every((k) => known.includes(k))) {
    const detector = new own({ formats: [...kinds, 'ean_8', 'code_128'].filter((k) => known.includes(k)) });
    return async (picture) => (await detector.detect(picture))[0]?.rawValue ?? null;
  }
  await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });
  return async (picture) =>
    (
      await readBarcodes(picture, {
        formats: ['QRCode', 'DataMatrix', 'EAN13', 'EAN8', 'Code128'],
        maxNumberOfSymbols: 1,
        textMode: 'HRI',
      })
    ).find((r) => r.isValid)?.text ?? null;
}
