// What the page says of a card: headline, keys, advice, the way to the office, and the slip.
import { element, fitSlip, showAdvice, showKeys, showPlan, showSlip } from "./view.js";

const AGAIN_MS = 120_500; // a little more than KEPT_MS of show/again.py
const narrow = matchMedia("(max-width: 56rem)"); // as in style.css

export class Result {
  #at; #advisor; #changed;
  #answers = {}; // before you go: they belong to this reading
  #over; // looks again once a comparison has gone

  // `at`: an element by its id. `changed`: called when there is something else to be shown.
  constructor(at, advisor, changed) {
    this.#at = at;
    this.#advisor = advisor;
    this.#changed = changed;
    at("all").open = !narrow.matches;
    at("print-slip").addEventListener("click", () => window.print());
    addEventListener("beforeprint", () => fitSlip(at("slip")));
    at("again").addEventListener("click", () => {
      advisor.again();
      changed();
    });
  }

  // The card was chosen far below, where a telephone does not show what was read.
  scrollTo() {
    if (narrow.matches) this.#at("result").scrollIntoView();
  }

  // `told`: as `shown` of advisor.py has it; `source`: as app.js has it; `unshown`: what was heard
  // could not be shown.
  show(told, texts, lang, source, unshown) {
    const at = this.#at;
    this.#showHeadline(unshown ? [texts.not_shown] : told.headline, told.state);
    at("source").textContent = told.of_card ? texts[`from_${source}`] : texts.no_result;
    const point = (place) => this.#point(place);
    showKeys(at("keys"), told.keys, point);
    showKeys(at("overall"), [told.all], point);
    showAdvice(at("advice"), told.advice, texts.more, !narrow.matches);
    if (told.slip) showSlip(at("slip"), told.slip, source === "try" ? texts.virtual : "");
    else at("slip").textContent = texts.no_slip;
    at("print-slip").disabled = !told.slip;
    this.#showAgain(told.again);
    at("plan").hidden = !told.plan;
    if (told.plan) this.#plan(lang);
    else this.forgetAnswers();
  }

  // A screen reader reads the headline each time it is written: write it only if it changed.
  #showHeadline(lines, state) {
    const headline = this.#at("headline");
    if (headline.dataset.lines !== lines.join("\n")) {
      headline.dataset.lines = lines.join("\n");
      headline.replaceChildren(...lines.map((text) => element("span", { text })));
    }
    headline.className = `headline ${state ?? ""}`;
  }

  #point(place) {
    [...this.#at("lamps").children].forEach((lamp, i) => {
      lamp.classList.toggle("pointed", i + 1 === place);
    });
  }

  #showAgain({ ask, button, said }) {
    const compared = this.#at("compared");
    this.#at("again").hidden = !ask;
    this.#at("again").textContent = button;
    if (compared.textContent !== said) compared.textContent = said;
    clearTimeout(this.#over);
    if (said) this.#over = setTimeout(() => this.#changed(), AGAIN_MS);
  }

  #plan(lang) {
    const told = this.#advisor.questions(lang, this.#answers);
    showPlan(this.#at("questions"), this.#at("way"), told, this.#answers, (name, value) => {
      this.#answers[name] = value;
      this.#plan(lang);
    });
  }

  forgetAnswers() { this.#answers = {}; }
}
