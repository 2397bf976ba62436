// Keeps the whole page: once loaded, it works without a network.
// Another Pinlamp of this origin, in a folder of its own, keeps its own.
const OURS = ` ${registration.scope}`;
const NAME = "pinlamp-{version}" + OURS;
// From the server: the browser's own cache may still have those of the version before.
const FILES = {files}.map((name) => new Request(name, { cache: "reload" }));

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("pinlamp-") && name.endsWith(OURS) && name !== NAME);
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const own = { cacheName: NAME, ignoreSearch: true };
  event.respondWith(caches.match(event.request, own).then((found) => found ?? fetch(event.request)));
});
