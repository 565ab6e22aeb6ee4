import { createHash } from 'node:crypto';
import fs from 'node:fs';
import vue from '@vitejs/plugin-vue';

// Writes worker.js with the names of the built files, and a version that changes with any of them.
const worker = {
  name: 'worker',
  apply: 'build',
  enforce: 'post',
  generateBundle(_, bundle) {
    const names = Object.keys(bundle)
      .filter((n) => n.startsWith('assets/'))
      .sort();
    const isLater = (n) => /\.wasm$|scan/i.test(n);
    const list = (all) => JSON.stringify(all.map((n) => `/${n}`));
    const source = fs.readFileSync(new URL('src/worker.js', import.meta.url), 'utf8');
    const version = createHash('sha256')
      .update(names.join() + source)
      .digest('hex')
      .slice(0, 12);
    this.emitFile({
      type: 'asset',
      fileName: 'worker.js',
      source: source
        .replace('__VERSION__', version)
        .replace('__FILES__', list(names.filter((n) => !isLater(n))))
        .replace('__LATER__', list(names.filter(isLater))),
    });
  },
};
export default {
  plugins: [vue(), worker],
  build: { target: 'es2020', assetsInlineLimit: 0 },
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/public': 'http://127.0.0.1:8080' } },
};
