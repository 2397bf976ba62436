// A fake of Web Serial for tests/host_tools/web/test_serial.py: ports that a test feeds.
const encoder = new TextEncoder();
window.ports = [];
class Port {
  constructor() { ports.push(this); }
  async open(options) {
    if (window.refuse) throw new DOMException("no", "NetworkError");
    if (options.baudRate !== 115200 || this.readable) throw new DOMException("?", "InvalidStateError");
    this.#stream();
    if (window.deaf) this.writable = new WritableStream({ write: () => new Promise(() => {}) });
    this.feed(...(window.lines ?? []));
  }
  #stream() {
    this.readable = new ReadableStream({ start: (controller) => { this.control = controller; } });
  }
  feed(...chunks) {
    for (const chunk of chunks) {
      this.control.enqueue(typeof chunk === "string" ? encoder.encode(chunk) : new Uint8Array(chunk));
    }
  }
  tell(...events) { this.feed(events.map((event) => JSON.stringify({ v: 1, ...event }) + "\r\n").join("")); }
  stumble() { const before = this.control; this.#stream(); before.error(new DOMException("", "FramingError")); }
  stuck() { this.control.error(new DOMException("", "UnknownError")); }
  unplug() { this.control.error(new DOMException("", "NetworkError")); this.readable = null; }
  async close() { if (this.readable?.locked || this.writable?.locked) throw new Error("locked"); this.readable = null; }
}
Object.defineProperty(navigator, "serial", { value: { requestPort: async () => {
  if (window.nothing) throw new DOMException("", "NotFoundError");
  return new Port();
} } });
