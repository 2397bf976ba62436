// Lines from a real device over Web Serial. No byte that it sends breaks anything here.
import { Still } from "./still.js";

const LONGEST = 16384;
const PATIENCE_MS = 2000;
const BURST_MS = 500; // a page that stood still is told late what was said then, and not now

export class Lines {
  constructor(take) { this.take = take; this.rest = ""; this.torn = false; }

  feed(text) {
    const lines = (this.rest + text).split("\n");
    if (this.torn) {
      if (lines.length === 1) return;
      lines.shift(); // the end of a line whose beginning is lost
      this.torn = false;
    }
    this.rest = lines.pop();
    if (this.rest.length > LONGEST) this.tear();
    for (const line of lines) {
      // An error in one line must not lose the next.
      try { this.take(line.trim()); } catch (error) { reportError(error); }
    }
    if (this.rest.startsWith(">>> ")) this.take(this.rest); // a prompt has no end of line
  }

  // Something got lost: never join what is before it with what is behind it.
  tear() { this.rest = ""; this.torn = true; }
}

// One connection: `run` reads until the device is gone, or until `stop`.
export class Session {
  // `late`: called when what was heard is no longer known to be so.
  constructor(port, take, late) {
    this.port = port;
    this.late = late;
    this.lines = new Lines(take);
    this.reader = null;
    this.writer = null;
    this.stopped = false;
    this.deafUntil = 0;
  }

  // To be called again and again: whether what comes now was said now.
  turn() {
    const now = performance.now();
    if (this.still.stood()) {
      this.deafUntil = now + BURST_MS;
      this.lines.tear();
      this.late();
    }
    return now >= this.deafUntil;
  }

  // Calls `opened` once the port is open. Throws if the port does not open.
  async run(opened) {
    const { port } = this;
    await port.open({ baudRate: 115200 });
    this.still = new Still(false);
    opened();
    try {
      while (port.readable && !this.stopped) {
        const stream = port.readable;
        this.reader = stream.getReader();
        const decoder = new TextDecoder();
        try {
          for (;;) {
            const { value, done } = await this.reader.read();
            if (done) return;
            const text = decoder.decode(value, { stream: true });
            if (this.turn()) this.lines.feed(text);
          }
        } catch (error) {
          // After a framing error or an overrun the port continues with another stream.
          if (error.name === "NetworkError" || port.readable === stream) return;
          this.lines.tear();
        } finally {
          this.reader.releaseLock();
        }
      }
    } finally {
      this.writer?.releaseLock(); // a device that does not read leaves its CR outstanding
      const late = new Promise((done) => { setTimeout(done, PATIENCE_MS); });
      await Promise.race([port.close().catch(() => {}), late]); // a driver that hangs must not keep a result
    }
  }

  // Asks a REPL that waits for its prompt; anything else takes no notice.
  async ask() {
    this.writer = this.port.writable?.getWriter();
    await this.writer?.write(new TextEncoder().encode("\r")).catch(() => {});
    this.writer?.releaseLock();
  }

  stop() {
    this.stopped = true;
    this.reader?.cancel().catch(() => {});
  }
}
