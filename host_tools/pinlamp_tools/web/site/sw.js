// Keeps the whole page: once loaded, it works without a network.
// Another Pinlamp of this origin, in a folder of its own, keeps its own.
const OURS = ` ${registration.scope}`;
const NAME = "pinlamp-{version}" + OURS;
// From the server: the browser's own cache may still have those of the version before. A server that is
// being filled has some of them as well: then nothing is kept, and the next visit tries again.
const FILES = {files}.map(([name, integrity]) => new Request(name, { cache: "reload", integrity }));
// Kept as "./": some servers answer this name with a redirect, which no browser takes from here.
const INDEX = new URL("index.html", registration.scope).href;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("pinlamp-") && name.endsWith(OURS) && name !== NAME);
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const own = { cacheName: NAME, ignoreSearch: true, ignoreVary: true };
  const { request } = event;
  const wanted = request.url.split(/[?#]/)[0] === INDEX ? "./" : request;
  event.respondWith(caches.match(wanted, own).then((found) => found ?? fetch(event.request)));
});
