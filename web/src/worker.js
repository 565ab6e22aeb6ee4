// The service worker: keeps the program's own files, so that its pages open without a signal. What people are answered (/api),
// the portal and the ledger never pass through it. The build fills in the names of the files and their version.
const version = '__VERSION__';
const first = __FILES__;
const later = __LATER__; // large and seldom needed: kept when they come, and no reason to fail
const shell = `shell-${version}`;
const ours = (path) => !/^\/(api|public|ledger|01|assets)(\/|$)/.test(path) && !path.includes('.');

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(shell).then(async (cache) => {
      await cache.addAll(['/', ...first]);
      await Promise.allSettled(later.map((name) => cache.add(name)));
      await self.skipWaiting();
    }),
  );
});
self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches.keys().then(async (names) => {
      for (const name of names) if (name !== shell) await caches.delete(name);
      await self.clients.claim();
    }),
  );
});
// A page comes from the server; where that takes longer than three seconds or fails, from what is kept.
async function page(request) {
  const kept = () => caches.match('/', { cacheName: shell });
  try {
    return await fetch(request, { signal: AbortSignal.timeout(3000) });
  } catch (error) {
    const copy = await kept();
    if (copy) return copy;
    throw error;
  }
}
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith('/assets/'))
    event.respondWith(caches.match(request, { cacheName: shell }).then((hit) => hit ?? fetch(request)));
  else if (request.mode === 'navigate' && ours(url.pathname)) event.respondWith(page(request));
});
