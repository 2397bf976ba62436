// Where the emulated readers of usb_desk.py live: a MicroPython of their own, in Chromium and in node.
import { python } from "./python.js";

const inNode = !globalThis.WorkerGlobalScope;
const { parentPort: port } = inNode ? await import("node:worker_threads") : { parentPort: globalThis };
// At once: a browser keeps no message for a listener that comes later.
if (inNode) port.on("message", hear);
else port.addEventListener("message", ({ data }) => hear(data));
const files = new URL("./usb_files.json", import.meta.url);
const LOOK_MS = 1;

let mp;
const packets = []; // ids of those who wait for a packet

function call(name, given) {
  mp.globals.set("_given", JSON.stringify(given));
  mp.runPython(`_answer = json.dumps(usb_desk.${name}(*json.loads(_given)))`);
  return JSON.parse(mp.globals.get("_answer"));
}

function look() {
  const packet = packets.length ? call("packet", []) : null;
  if (packet) port.postMessage({ id: packets.shift(), value: packet });
}

async function start() {
  const text = inNode ? await (await import("node:fs/promises")).readFile(files, "utf8") : await (await fetch(files)).text();
  mp = await python(JSON.parse(text), (line) => console.log(line));
  mp.runPython("import json, usb_desk");
  setInterval(look, LOOK_MS);
}
const ready = start();

async function hear({ id, name, given }) {
  await ready;
  if (name === "nobody") { // reads any more
    packets.splice(0).forEach((old) => port.postMessage({ id: old, value: null }));
    return;
  }
  if (name === "packet") {
    packets.push(id);
    look();
    return;
  }
  try {
    port.postMessage({ id, value: call(name, given) });
  } catch (error) {
    port.postMessage({ id, error: String(error.message) });
  }
  look();
}
