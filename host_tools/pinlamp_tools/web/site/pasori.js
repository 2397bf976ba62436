// "Use my PaSoRi": permission, opening, and the words for whatever stands in the way.
import { Still } from "./still.js";
import { FILTERS, Pipe, readerOf } from "./usb.js";
import { element } from "./view.js";

const { usb } = navigator;
const PATIENCE_MS = 3000;
// The systems that texts.json has advice for, under `usb_help`.
const SYSTEMS = { windows: /windows/i, android: /android/i, mac: /mac/i, chromeos: /cros|chrom(e|ium) ?os/i, linux: /./ };

function system() {
  const told = navigator.userAgentData?.platform || navigator.userAgent;
  return Object.keys(SYSTEMS).find((name) => SYSTEMS[name].test(told));
}

export class Pasori {
  #at; #advisor; #ears;
  #pipe = null; // the open reader
  #opening = false;
  #failed = false; // the next press offers the choice again
  #stopped = false;
  #giveUp;
  #still;
  #state = ""; // a text's name

  // `at`: an element by its id. `ears`: changed(), busy(): whether another device is connected or
  // about to be, begin(session), line(text), stood(): what was heard is old, end(session)
  constructor(at, advisor, ears) {
    this.#at = at;
    this.#advisor = advisor;
    this.#ears = ears;
    at("usb").addEventListener("click", () => (this.#pipe ? this.stop() : this.#choose()));
    if (!usb) this.#state = isSecureContext ? "usb_none" : "not_secure";
    usb?.addEventListener("connect", ({ device }) => readerOf(device) && this.#use(device));
  }

  // After one permission the reader is found without a question.
  async find() {
    const known = await this.#known();
    if (known) await this.#use(known);
  }

  async #known() {
    const given = await usb?.getDevices().catch(() => []);
    return given?.find((device) => readerOf(device));
  }

  show(texts) {
    this.#at("usb").textContent = this.#pipe ? texts.disconnect : texts.usb_choose;
    this.#at("usb").disabled = !usb || this.#opening || this.#ears.busy();
    this.#at("usb-state").textContent = this.#state ? texts[this.#state] : "";
    this.#at("usb-state").classList.toggle("said", Boolean(usb && this.#state)); // an answer to what the user did
    this.#showHelp(texts);
  }

  // What to do on this system: if the reader did not open, and on Windows before anything is tried.
  #showHelp(texts) {
    const name = system();
    const wanted = ["usb_not_opened", "usb_in_use"].includes(this.#state);
    const help = this.#at("usb-help");
    help.hidden = this.#pipe !== null || !(wanted || name === "windows");
    help.open = wanted;
    help.classList.toggle("said", wanted);
    const [title, ...lines] = texts.usb_help[name];
    help.replaceChildren(element("summary", { text: title }), ...lines.map((line) =>
      line.startsWith("$ ") ? element("pre", { tabindex: 0, text: line.slice(2) }) : element("p", { text: line })));
  }

  #say(state) {
    this.#state = state;
    this.#ears.changed();
  }

  async #choose() {
    let device = this.#failed ? null : await this.#known();
    try {
      device ??= await usb.requestDevice({ filters: FILTERS });
    } catch (error) {
      this.#say(error.name === "NotFoundError" ? "usb_nothing" : "usb_not_opened");
      return;
    }
    await this.#use(device);
  }

  async #use(device) {
    if (this.#pipe || this.#opening || this.#ears.busy()) return;
    this.#opening = true;
    this.#say("usb_opening");
    try {
      this.#pipe = await Pipe.open(device);
    } catch {
      this.#failed = true;
    }
    this.#opening = false;
    if (this.#pipe) await this.#read(readerOf(device));
    else this.#say("usb_not_opened");
  }

  async #read(kind) {
    const pipe = this.#pipe;
    let begun = false;
    const hear = (text) => {
      if (pipe !== this.#pipe) return;
      if (!begun && (this.#stopped || this.#ears.busy())) { // another device was chosen meanwhile
        this.stop();
        return;
      }
      if (!begun) this.#begin();
      begun = true;
      this.#ears.line(text);
    };
    this.#stopped = false;
    let gone = "";
    // What hangs must not keep a result: closing the pipe ends it.
    const over = new Promise((done) => { this.#giveUp = () => setTimeout(done, PATIENCE_MS, "usb_silent"); });
    pipe.lost.then((why) => {
      gone = why;
      this.stop(false);
    });
    // Not within the call from Python: the line goes back into the same MicroPython.
    const page = { line: (text) => queueMicrotask(() => hear(text)) };
    const run = this.#advisor.runReader(pipe, kind, page).catch((error) => {
      reportError(error);
      return "usb_silent";
    });
    const why = await Promise.race([run, over]);
    const state = gone || why;
    await pipe.close();
    this.#pipe = null;
    this.#failed = why !== "";
    try {
      if (begun) this.#ears.end(this);
    } finally {
      this.#say(this.#stopped ? "" : state); // nothing may leave "Connected" there
    }
  }

  #begin() {
    this.#state = "connected";
    this.#still = new Still(true); // the reader's program runs in this page
    this.#ears.begin(this);
  }

  // To be called again and again.
  turn() {
    if (!this.#still.stood()) return;
    this.#ears.stood();
    this.#advisor.readAnew();
  }

  stop(asked = true) {
    this.#stopped ||= asked;
    this.#advisor.stopReader();
    this.#giveUp();
  }
}
