// "Try it here": virtual cards, and the page's own device that reads them. It has no use for
// still.js: nobody can take its card away while the page stands still, and none of its lines is lost.
import { Device } from "./device.js";
import { element, lampsOf, showPixels } from "./view.js";

const PRESS_MS = 150;
const SOUND_MS = 1500;

export class Bench {
  #at; #data; #ears; #device;
  #laid = null; // the name of the card that lies there
  #chosen = "fresh";
  #away = false; // another device is connected
  #silence;
  presented = 0; // PINs, to all its cards

  // `at`: an element by its id. `data`: of data.json. `ears`: changed(): a card was laid down or
  // taken away, begin(): the device starts, line(text), failed()
  constructor(at, data, ears) {
    this.#at = at;
    this.#data = data;
    this.#ears = ears;
    this.#device = new Device(data.device, {
      line: (text) => ears.line(text),
      pixels: (hex) => { if (!this.#away) showPixels(at("lamps"), hex); },
      tone: (hz) => this.#tone(hz),
      exchange: (...given) => this.#exchange(...given),
      failed(reason) {
        ears.failed();
        reportError(new Error(reason));
      },
    });
    this.#wire();
  }

  get layout() { return Number(this.#at("layout").value); }

  #wire() {
    const at = this.#at;
    const board = at("board");
    at("lift").addEventListener("click", () => this.lift());
    at("pull").addEventListener("click", () => {
      at("exchange").textContent = "";
      this.#device.call("pull", this.#laid ?? this.#chosen);
      this.#laid = null;
      this.#ears.changed();
    });
    at("press").addEventListener("click", () => {
      this.#device.press(true);
      setTimeout(() => this.#device.press(false), PRESS_MS);
    });
    at("layout").addEventListener("change", () => this.power());
    board.addEventListener("dragover", (event) => {
      event.preventDefault();
      board.classList.add("over");
    });
    board.addEventListener("dragleave", () => board.classList.remove("over"));
    board.addEventListener("drop", (event) => {
      event.preventDefault();
      board.classList.remove("over");
      const name = event.dataTransfer.getData("text/plain");
      if (this.#data.cards.some((card) => card.name === name)) this.#lay(name);
    });
  }

  showCards(lang) {
    this.#at("cards").replaceChildren(...this.#data.cards.map(({ name, ...about }) => {
      const button = element("button", {
        type: "button", draggable: "true", "data-card": name, text: about[lang],
      });
      button.addEventListener("click", () => this.#lay(name));
      button.addEventListener("focus", () => { this.#chosen = name; });
      button.addEventListener("dragstart", (event) => {
        event.dataTransfer.setData("text/plain", name);
      });
      return element("li", {}, button);
    }));
  }

  // `away`: the words on the reader while another device is connected; else null.
  show(texts, lang, away) {
    const at = this.#at;
    this.#away = away !== null;
    const card = this.#away ? null : this.#data.cards.find(({ name }) => name === this.#laid);
    at("laid").textContent = away ?? (card ? card[lang] : texts.reader);
    at("reader").classList.toggle("laid", Boolean(card));
    at("cards").querySelectorAll("button").forEach((button) => {
      button.setAttribute("aria-pressed", String(card?.name === button.dataset.card));
      button.disabled = this.#away;
    });
    for (const id of ["lift", "pull", "press", "layout"]) at(id).disabled = this.#away;
  }

  #tone(hz) {
    if (!hz) return;
    const sound = this.#at("sound");
    sound.textContent += "♪";
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => { sound.textContent = ""; }, SOUND_MS);
  }

  #exchange(command, answer, presented) {
    this.presented = presented;
    const spaced = (hex) => hex.toUpperCase().match(/../g).join(" ");
    this.#at("exchange").append(`→ ${spaced(command)}\n← ${spaced(answer)}\n`);
  }

  #lay(name) {
    if (this.#away) return;
    this.#at("exchange").textContent = "";
    this.#laid = this.#chosen = name;
    this.#device.call("tap", name);
    this.#ears.changed();
  }

  lift() {
    this.#laid = null;
    this.#device.call("lift");
    this.#ears.changed();
  }

  // Starts the device with the chosen number of lamps. A card on the reader stays there.
  power() {
    const { layout } = this;
    lampsOf(this.#at("lamps"), layout, true);
    this.#ears.begin();
    this.#device.start({ layout, licence: this.#data.licence.includes(layout) });
  }
}
