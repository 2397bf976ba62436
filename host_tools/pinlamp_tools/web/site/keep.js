// What the page keeps in the browser: all of itself, so that it works without a network.

// This machine's own names: RFC 6761, 6.3; RFC 1122, 3.2.1.3; RFC 4291, 2.5.3.
const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])\.?$/;

// Not at one of this machine's own names: the next project's page there would be answered by ours.
// What an older build left there goes.
export async function keep() {
  const workers = navigator.serviceWorker;
  if (!LOOPBACK.test(location.hostname)) {
    // Where it is known, `register` alone does not look for a newer one.
    await (await workers.register("sw.js")).update();
    return;
  }
  const own = new URL("sw.js", location.href).href;
  const ours = (await workers.getRegistrations()).filter((one) => one.active?.scriptURL === own);
  if (!ours.length) return;
  await Promise.all(ours.map((one) => one.unregister()));
  // As in sw.js; still older builds had no folder in the name.
  const left = (name) => name.startsWith("pinlamp-")
    && (!name.includes(" ") || ours.some(({ scope }) => name.endsWith(` ${scope}`)));
  const names = (await caches.keys()).filter(left);
  await Promise.all(names.map((name) => caches.delete(name)));
}

// Calls `replaced` once a newer version is kept in place of the one that is open: from then on files come
// from that. To be called before anything else is fetched.
export function whenReplaced(replaced) {
  const workers = navigator.serviceWorker;
  let known = workers?.controller;
  workers?.addEventListener("controllerchange", () => {
    if (known) replaced();
    known = workers.controller;
  });
}
