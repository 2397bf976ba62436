// Keeps the whole page: once loaded, it works without a network.
// Another Pinlamp of this origin, in a folder of its own, keeps its own.
const OURS = ` ${registration.scope}`;
const NAME = "pinlamp-{version}" + OURS;
const FILES = {files}; // each with its SHA-256
// Kept as "./": some servers answer this name with a redirect, which no browser takes from here.
const INDEX = new URL("index.html", registration.scope).href;

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

// Tells whether the cache has all files of this build, and no other.
async function whole(cache) {
  // From the server: the browser's own cache may still have those of the version before.
  await cache.addAll(FILES.map(([name]) => new Request(name, { cache: "reload" })));
  for (const [name, sum] of FILES) {
    const found = await (await cache.match(name, { ignoreVary: true })).arrayBuffer();
    if (hex(await crypto.subtle.digest("SHA-256", found)) !== sum) return false;
  }
  return true;
}

// On a server that is being filled, or where somebody has changed a file, nothing is kept: neither two versions
// in one page, nor the old one for good. The next visit goes by the network, and tries again.
async function install() {
  let kept = false;
  try {
    kept = await whole(await caches.open(NAME));
    if (!kept) registration.unregister(); // done once this has ended: nobody can wait for it here
  } finally {
    if (!kept) await caches.delete(NAME);
  }
  if (!kept) throw new Error("files of another build");
  await self.skipWaiting();
}

self.addEventListener("install", (event) => event.waitUntil(install()));
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
