// The pipe to a PaSoRi over WebUSB: it moves bytes, and nothing else. What they mean, pasori_reader.py knows.
const VENDOR = 0x054c;
const PRODUCTS = { 0x0dc8: "rcs300", 0x0dc9: "rcs300", 0x06c1: "rcs380", 0x06c3: "rcs380" };
const OWN_CLASS = 0xff; // a reader's other interface is CCID, which no browser gives out
const MOST = 1024; // bytes of a transfer: an answer is taken whole, as Android wants it
const PATIENCE_MS = 2000; // WebUSB waits for ever for a reader that takes no transfer

// Which reader it is, for the `filter` of a request too.
export const readerOf = ({ vendorId, productId }) => (vendorId === VENDOR ? PRODUCTS[productId] : undefined);
export const FILTERS = Object.keys(PRODUCTS).map((id) => ({ vendorId: VENDOR, productId: Number(id) }));

// Rejects what is not done in time.
function inTime(promise) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(reject, PATIENCE_MS, new Error("late")); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const bulk = (endpoints, direction) => endpoints.find((one) => one.type === "bulk" && one.direction === direction);

export class Pipe {
  #device; #number; #in; #out; #tell;
  #queue = []; // transfers that nobody has taken yet
  #taker = null; // whoever waits for the next one
  #lost = false;
  // Resolves once the reader is gone, or takes nothing: to a text's name.
  lost = new Promise((resolve) => { this.#tell = resolve; });

  // Opens the device and claims its interface. Rejects as WebUSB does.
  static async open(device) {
    const pipe = new Pipe();
    pipe.#device = device;
    await inTime(device.open());
    try {
      if (!device.configuration) await device.selectConfiguration(device.configurations[0].configurationValue);
      const own = device.configuration.interfaces.find(({ alternate }) => alternate.interfaceClass === OWN_CLASS);
      const { interfaceNumber, alternate: { endpoints } } = own;
      pipe.#number = interfaceNumber;
      pipe.#in = bulk(endpoints, "in");
      pipe.#out = bulk(endpoints, "out");
      await inTime(device.claimInterface(interfaceNumber));
    } catch (error) {
      await inTime(device.close()).catch(() => {});
      throw error;
    }
    pipe.#listen();
    return pipe;
  }

  // Nobody can cancel a transferIn: so there is always exactly one, and what it brings waits in the queue.
  async #listen() {
    try {
      while (!this.#lost) {
        const { data, status } = await this.#device.transferIn(this.#in.endpointNumber, MOST);
        if (status === "stall") await this.#device.clearHalt("in", this.#in.endpointNumber);
        else if (data?.byteLength) this.#give(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      }
    } catch {
      this.lose();
    }
  }

  #give(packet) {
    if (this.#lost) packet.fill(0); // it was on its way: nobody will clear it
    else if (this.#taker) this.#taker.resolve(packet);
    else this.#queue.push(packet);
  }

  // The reader is gone: whoever waits, or asks from now on, is told so.
  lose(why = "usb_unplugged") {
    this.#lost = true;
    this.#tell(why);
    this.#taker?.reject(new Error("lost"));
    this.clear();
  }

  // Resolves to the bytes of the next transfer, or to null: nothing came in `ms`.
  read(ms) {
    this.#taker?.resolve(null); // who waited before has given up
    if (this.#queue.length) return Promise.resolve(this.#queue.shift());
    if (this.#lost) return Promise.reject(new Error("lost"));
    return new Promise((resolve, reject) => {
      const over = (end) => (value) => {
        clearTimeout(timer);
        this.#taker = null;
        end(value);
      };
      const timer = setTimeout(() => over(resolve)(null), ms);
      this.#taker = { resolve: over(resolve), reject: over(reject) };
    });
  }

  // For the bytes of a transfer that `write` then sends.
  room(size) { return new Uint8Array(size); }

  async write(bytes) {
    const { endpointNumber, packetSize } = this.#out;
    const whole = bytes.length % packetSize === 0; // then only an empty packet tells that it is over
    try {
      for (const part of whole ? [bytes, new Uint8Array(0)] : [bytes]) {
        if (this.#lost) throw new Error("lost");
        const { status } = await inTime(this.#device.transferOut(endpointNumber, part));
        if (status === "stall") await inTime(this.#device.clearHalt("out", endpointNumber));
      }
    } catch (error) {
      if (error.message === "late") this.lose("usb_silent");
      throw error;
    } finally {
      bytes.fill(0);
    }
  }

  // Drops what nobody has taken. Whoever waits has given up, or would take what it is too late for.
  clear() {
    this.#taker?.resolve(null);
    this.#queue.splice(0).forEach((packet) => packet.fill(0));
  }

  async close() {
    this.lose();
    await inTime(this.#device.releaseInterface(this.#number)).catch(() => {});
    await inTime(this.#device.close()).catch(() => {});
  }
}
