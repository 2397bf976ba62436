// A fake of WebUSB over the emulated readers of usb_desk.py, which run in a worker: usb_worker.js.
// The same file serves Chromium, as an init script, and node. `desk` is for the test.
(() => {
  const fail = (name) => { throw new DOMException(name, name); };
  const worker = new Worker(globalThis.usbWorker ?? "usb_worker.js", { type: "module" });
  const asked = new Map();
  let number = 0;
  worker.addEventListener("message", ({ data: { id, value, error } }) => {
    const { resolve, reject } = asked.get(id);
    asked.delete(id);
    if (error) reject(new Error(error));
    else resolve(value);
  });
  // Calls a function of usb_desk.py.
  const ask = (name, ...given) => new Promise((resolve, reject) => {
    asked.set(++number, { resolve, reject });
    worker.postMessage({ id: number, name, given });
  });

  class Device {
    vendorId = 0x054c;
    configuration = null;
    opened = false;
    #claimed = null;
    #waiting = null;
    constructor(productId, interfaces) {
      this.productId = productId;
      this.there = true;
      const endpoint = (address) => ({ endpointNumber: address & 0x0f, direction: address & 0x80 ? "in" : "out",
        type: "bulk", packetSize: 64 });
      this.configurations = [{ configurationValue: 1, interfaces: interfaces.map(([interfaceNumber, interfaceClass, into, out]) =>
        ({ interfaceNumber, alternate: { interfaceClass, endpoints: [endpoint(into), endpoint(out)] } })) }];
    }
    async open() {
      if (!this.there) fail("NotFoundError");
      if (desk.refuse === "open") fail("SecurityError");
      this.opened = true;
    }
    async selectConfiguration(value) {
      if (!this.opened || value !== 1) fail("InvalidStateError");
      [this.configuration] = this.configurations;
    }
    async claimInterface(wanted) {
      const { alternate } = this.configuration.interfaces.find(({ interfaceNumber }) => interfaceNumber === wanted);
      if (alternate.interfaceClass === 0x0b) fail("SecurityError"); // a browser gives out no CCID
      if (desk.refuse === "claim") fail("NetworkError");
      this.#claimed = alternate.endpoints.map(({ direction, endpointNumber }) => direction + endpointNumber);
    }
    async releaseInterface() { this.#claimed = null; }
    async close() {
      this.opened = false;
      this.#drop("AbortError");
    }
    #drop(name) {
      worker.postMessage({ name: "nobody" });
      this.#waiting?.(new DOMException(name, name));
      this.#waiting = null;
    }
    #check(endpoint) {
      if (!this.there) fail("NotFoundError");
      if (!this.opened || !this.#claimed?.includes(endpoint)) fail("InvalidStateError");
    }
    async transferOut(endpoint, data) {
      this.#check(`out${endpoint}`);
      desk.transfers += 1;
      if (desk.transfers === desk.unplugAt) desk.unplug();
      this.#check(`out${endpoint}`);
      await ask("out", Array.from(new Uint8Array(data.buffer ?? data, data.byteOffset, data.byteLength)));
      return { status: "ok", bytesWritten: data.byteLength };
    }
    async transferIn(endpoint, most) {
      this.#check(`in${endpoint}`);
      if (this.#waiting) desk.wrong.push("a second transferIn while one is outstanding");
      const over = new Promise((_, reject) => { this.#waiting = reject; });
      const bytes = await Promise.race([this.#collect(most), over]);
      this.#waiting = null;
      desk.transfers += 1;
      if (desk.transfers === desk.unplugAt) desk.unplug();
      this.#check(`in${endpoint}`);
      return { status: "ok", data: new DataView(Uint8Array.from(bytes).buffer) };
    }
    // A transfer ends with a packet that is not full, or when there is no room left.
    async #collect(most) {
      const bytes = [];
      while (bytes.length < most && this.opened && this.there) {
        const packet = await ask("packet");
        if (packet === null) continue;
        bytes.push(...packet);
        if (packet.length < 64) break;
      }
      return bytes;
    }
    async clearHalt() {}
    gone() {
      this.there = this.opened = false;
      this.#drop("NetworkError");
    }
  }

  const usb = new EventTarget();
  const permitted = new Set(); // a reader's product id: the browser remembers that, not the device
  const tell = (type, device) => usb.dispatchEvent(Object.assign(new Event(type), { device }));
  usb.getDevices = async () => (desk.device?.there && permitted.has(desk.device.productId) ? [desk.device] : []);
  usb.requestDevice = async ({ filters }) => {
    desk.asked += 1;
    if (desk.refuse === "policy") fail("SecurityError");
    const { device } = desk;
    const fits = ({ vendorId, productId }) => vendorId === device.vendorId && (productId ?? device.productId) === device.productId;
    if (desk.nothing || !device?.there || !filters.some(fits)) fail("NotFoundError");
    permitted.add(device.productId);
    return device;
  };

  const desk = {
    device: null,
    asked: 0, // how often the choice was offered
    transfers: 0,
    unplugAt: null, // at which transfer the reader is pulled out
    refuse: null, // "policy", "open" or "claim"
    nothing: false, // the user chooses none
    wrong: [],
    ask,
    async plug(kind, mayUse = false, productId = null) {
      const { pid, interfaces } = await ask("plug", kind);
      desk.device = new Device(productId ?? pid, interfaces);
      desk.transfers = 0;
      if (mayUse) permitted.add(desk.device.productId);
      if (permitted.has(desk.device.productId)) tell("connect", desk.device);
    },
    unplug() {
      const { device } = desk;
      device.gone();
      ask("unplug");
      tell("disconnect", device);
    },
  };
  globalThis.desk = desk;
  globalThis.navigator ??= {};
  Object.defineProperty(navigator, "usb", { value: usb, configurable: true });
})();
