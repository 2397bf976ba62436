// Keeps the whole page: once loaded, it works without a network.
// Another Pinlamp of this origin, in a folder of its own, keeps its own.
const OURS = ` ${registration.scope}`;
const NAME = "pinlamp-{version}" + OURS;
const FILES = {files}; // each with its SHA-256
const NOT_THERE = [403, 404, 410]; // any other status may pass
const FAILED = "pinlamp-{version} failed "; // a cache with nothing in it, whose name ends with the time
const DAY_MS = 86_400_000;

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

// Puts all files into the cache; tells whether they are those of this build.
async function whole(cache) {
  // From the server: the browser's own cache may still have those of the version before.
  const answers = await Promise.all(FILES.map(([name]) => fetch(name, { cache: "reload" })));
  if (answers.some(({ status }) => NOT_THERE.includes(status))) return false;
  for (const [i, [name, sum]] of FILES.entries()) {
    const { ok, status, headers } = answers[i];
    if (!ok) throw new Error(`${name}: ${status}`);
    const body = await answers[i].arrayBuffer();
    if (hex(await crypto.subtle.digest("SHA-256", body)) !== sum) return false;
    const kept = new Headers(headers);
    for (const ofNetwork of ["Vary", "Content-Encoding", "Content-Length"]) kept.delete(ofNetwork);
    // A copy: of an answer that a server has redirected no browser makes a page.
    await cache.put(name, new Response(body, { headers: kept }));
  }
  return true;
}

const own = async () => (await caches.keys()).filter((name) => name.startsWith("pinlamp-") && name.endsWith(OURS));
const without = async (kept) => Promise.all((await own()).filter((name) => !name.startsWith(kept))
  .map((name) => caches.delete(name)));

// Tells whether files of another build have been there for a day.
async function forADay() {
  const now = Date.now();
  const first = (await own()).find((name) => name.startsWith(FAILED));
  if (!first) await caches.open(`${FAILED}${now}${OURS}`);
  return first !== undefined && Math.abs(now - parseInt(first.slice(FAILED.length), 10)) > DAY_MS;
}

// While a server is being filled, the page of before stays whole: no two versions in one. Where somebody has changed
// or left out a file of this one, it does not stay for good: after a day visitors have what the server has.
async function install() {
  let kept = false;
  try {
    kept = await whole(await caches.open(NAME));
    if (!kept && await forADay()) registration.unregister(); // once this has ended: nobody can wait for it here
  } finally {
    if (!kept) await caches.delete(NAME);
    if (!kept && !registration.active) await without(FAILED); // what the version before has left
  }
  if (!kept) throw new Error("files of another build");
  await self.skipWaiting();
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => {
  event.waitUntil(without(NAME).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const here = { cacheName: NAME, ignoreSearch: true };
  event.respondWith(caches.match(event.request, here).then((found) => found ?? fetch(event.request)));
});
