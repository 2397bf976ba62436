// The device in the page, and the advisor: each has a MicroPython of its own.
import { put, python } from "./python.js";

const RESET_MS = 50;
// The visitor's day, as ISO 8601 has it; Sweden writes it so.
const today = () => new Intl.DateTimeFormat("sv-SE").format(new Date());

// The device runs in a worker, so that cutting its power ends it at once.
export class Device {
  // `hear`: line(text), pixels(hex), tone(hz), exchange(command, answer, presented), failed(reason)
  constructor(files, hear) {
    this.files = files;
    this.hear = hear;
    this.lying = null;
  }

  start(settings, wasReset = false) {
    this.worker?.terminate();
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    this.worker = worker;
    worker.addEventListener("message", ({ data: [what, ...given] }) => {
      if (worker !== this.worker) return;
      if (what === "reset") setTimeout(() => worker === this.worker && this.start(settings, true), RESET_MS);
      else this.hear[what](...given);
    });
    const files = { ...this.files, "settings.json": JSON.stringify(settings) };
    worker.postMessage(["start", files, wasReset]);
    if (this.lying) this.call("tap", this.lying);
  }

  // "tap" with a card's name, "pull" with one, "lift": see simulator.py. A card on the reader stays over a restart.
  call(name, argument) {
    this.lying = name === "tap" ? argument : null;
    this.worker?.postMessage(["call", name, argument]);
  }

  press(down) { this.worker?.postMessage(["press", down]); }
}

// What the page shows, in words: see advisor.py.
export class Advisor {
  static async make(files) {
    const advisor = new Advisor();
    advisor.mp = await python(files, () => {});
    advisor.mp.runPython("import advisor");
    return advisor;
  }

  ask(name, ...given) {
    given.forEach((value, i) => this.mp.globals.set(`_${i}`, value));
    const names = given.map((_, i) => `_${i}`).join(", ");
    this.mp.runPython(`_answer = advisor.${name}(${names})`);
    return this.mp.globals.get("_answer");
  }

  // A PaSoRi beside it, in the same MicroPython: see pasori_reader.py.
  async runReader(pipe, kind, page) {
    if (!this.reads) put(this.mp, await (await fetch("reader.json")).json());
    this.reads = true;
    Object.entries({ _pipe: pipe, _kind: kind, _page: page }).forEach(([name, value]) => this.mp.globals.set(name, value));
    try {
      await this.mp.runPythonAsync("import pasori_reader\n_why = await pasori_reader.run(_pipe, _kind, _page)");
      return this.mp.globals.get("_why");
    } finally {
      ["_pipe", "_page"].forEach((name) => this.mp.globals.set(name, null));
    }
  }

  #tellReader(name) {
    if (this.reads) this.mp.runPython(`import pasori_reader; pasori_reader.${name}()`);
  }

  stopReader() { this.#tellReader("stop"); }
  readAnew() { this.#tellReader("anew"); }
  forget() { this.ask("forget"); }
  fade() { this.ask("fade"); }
  nothing(ms) { return this.ask("nothing", ms); }
  cable() { return this.ask("cable"); }
  take(line) { return JSON.parse(this.ask("take", line)); }
  pixels() { return this.ask("pixels"); }
  shown(lang, layout) { return JSON.parse(this.ask("shown", lang, layout, today())); }
  again() { this.ask("again"); }
  questions(lang, answers) { return JSON.parse(this.ask("questions", lang, JSON.stringify(answers))); }
  topics(lang, text) { return JSON.parse(this.ask("topics", lang, text.normalize("NFKC"))); }
}
