// Lines from a real device over Web Serial; whatever comes, nothing here breaks.
const LONGEST = 16384;

export class Lines {
  constructor(take) { this.take = take; this.rest = ""; }

  feed(text) {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop();
    if (this.rest.length > LONGEST) this.rest = "";
    lines.forEach((line) => this.take(line.trim()));
  }
}

// Reads until the device is gone. `opened()` once it is open. Throws if it cannot be opened.
export async function listen(port, take, opened) {
  await port.open({ baudRate: 115200 });
  opened();
  const lines = new Lines(take);
  const decoder = new TextDecoder();
  try {
    while (port.readable) {
      const reader = port.readable.getReader();
      try {
        for (;;) {
          const { value, done } = await reader.read();
          if (done) return;
          lines.feed(decoder.decode(value, { stream: true }));
        }
      } catch (error) {
        // A framing error or an overrun: the port goes on. A lost device has nothing to read.
        if (error.name === "NetworkError") return;
      } finally {
        reader.releaseLock();
      }
    }
  } finally {
    await port.close().catch(() => {});
  }
}
