// web_usb.js under node, and somebody else's driver of the RC-S380 on it: see test_pasori_witness.py.
//   node web_usb_node.js DRIVER CARD      DRIVER: the path of my_number_card_driver
import { register } from "node:module";
import { Worker as NodeWorker } from "node:worker_threads";

globalThis.Worker = class {
  constructor(name) { this.worker = new NodeWorker(new URL(name, import.meta.url)); }
  addEventListener(type, hear) { this.worker.on(type, (data) => hear({ data })); }
  postMessage(message) { this.worker.postMessage(message); }
};
// The driver is written for bundlers: its imports leave out ".js".
register(`data:text/javascript,${encodeURIComponent(`
  export const resolve = (name, context, next) => next(name, context).catch((error) => {
    if (!name.startsWith("./")) throw error;
    return next(name + ".js", context);
  });
  export const load = (url, context, next) => next(url, url.includes("_driver/dist/") ? { ...context, format: "module" } : context);
`)}`);
await import("./web_usb.js");
const [driver, name] = process.argv.slice(2);
console.info = console.log = () => {}; // it tells every transfer
const { MyNumberCard } = await import(driver);
await desk.plug("rcs380", true, 0x06c3);
await desk.ask("tap", name);
// These alone: what else it can do begins with a PIN.
const card = await MyNumberCard.connect();
await card.device.connectToCard();
await card.selectCertAP();
await card.selectEF(Uint8Array.of(0x00, 0x06));
const token = Buffer.from(await card.readBinary(32)).toString("hex");
await card.disconnect();
process.stdout.write(JSON.stringify({ token, presented: await desk.ask("presented"), wrong: desk.wrong }));
process.exit();
