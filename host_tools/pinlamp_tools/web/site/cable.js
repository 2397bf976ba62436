// "Choose the device": its port, and for how long nothing has been heard of it.
import { Session } from "./serial.js";

const SILENT_MS = 6000; // as PATIENCE_MS of show/cable.py
const GONE_MS = 12_000; // and GONE_MS

export class Cable {
  #at; #advisor; #ears;
  #session = null; // with the device that is connected
  #opening = 0; // ports that have been chosen and are not open yet: some take seconds
  #silence;
  #state = ""; // a text's name

  // `at`: an element by its id. `ears`: changed(), busy(): whether any device is connected,
  // begin(session), line(text), stood(): what was heard is old, silent(), end(session)
  constructor(at, advisor, ears) {
    this.#at = at;
    this.#advisor = advisor;
    this.#ears = ears;
    at("connect").addEventListener("click", () => {
      if (this.#session) this.#session.stop();
      else this.#choose();
    });
    if (!("serial" in navigator)) this.#state = isSecureContext ? "no_serial" : "not_secure";
  }

  // Whether a device is connected, or about to be.
  get busy() { return this.#session !== null || this.#opening > 0; }

  show(texts) {
    const other = this.#ears.busy() && !this.#session;
    this.#at("link").textContent = this.#state ? texts[this.#state] : "";
    this.#at("connect").textContent = this.#session ? texts.disconnect : texts.connect;
    this.#at("connect").disabled = !("serial" in navigator) || other;
  }

  async #choose() {
    let port;
    try {
      port = await navigator.serial.requestPort();
    } catch {
      return; // the user chose nothing
    }
    if (this.#ears.busy()) return;
    const hear = (text) => this.#hear(session, text);
    const session = new Session(port, hear, () => this.#stood(session));
    let waits = true;
    const opened = () => {
      if (waits) this.#opening -= 1;
      waits = false;
    };
    this.#opening += 1;
    this.#ears.changed();
    let end = "not_opened";
    try {
      await session.run(() => {
        opened();
        if (this.#ears.busy()) session.stop(); // it took so long that another one is connected
        else this.#begin(session);
      });
      end = session.stopped ? "" : "closed";
    } catch { /* it did not open */ }
    opened();
    if (!this.#session || this.#session === session) this.#state = end;
    this.#end(session);
    this.#ears.changed();
  }

  #begin(session) {
    this.#state = "connected";
    this.#session = session;
    this.#ears.begin(this);
    this.#wait(SILENT_MS);
  }

  #end(session) {
    if (this.#session !== session) return;
    clearTimeout(this.#silence);
    this.#session = null;
    this.#ears.end(this);
  }

  // To be called again and again.
  turn() { this.#session.turn(); }

  #hear(session, text) {
    if (this.#session === session) this.#ears.line(text);
  }

  // The device has said something that counts.
  lives() { this.#wait(GONE_MS); }

  // It starts anew.
  starts() { this.#wait(SILENT_MS); }

  #wait(ms) {
    if (!this.#session) return;
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#silent(ms), ms);
  }

  // Nothing was heard for so long.
  #silent(ms) {
    if (!this.#advisor.nothing(ms)) return;
    this.#session.ask();
    this.#ears.silent();
  }

  #stood(session) {
    if (this.#session !== session) return;
    this.#wait(SILENT_MS);
    this.#ears.stood();
  }
}
