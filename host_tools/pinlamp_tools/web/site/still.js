// Tells whether the page stood still: its own print dialog, a telephone with another app in front.
// What it shows was so before that; whether it is so now, nobody knows.
const STOOD_MS = 3000;
const HIDDEN_MS = 60_000 + STOOD_MS; // a browser may let a hidden page's timers run once a minute

// Grows while the computer sleeps, where one of the clocks stands still then. (`Date.now` is
// python.js's.)
const asleep = () => new Date().getTime() - performance.now();
const visible = () => document.visibilityState === "visible";

export class Still {
  #byTimers;
  #turned; #slept; #seen; // when it was asked last, and whether the page was visible then
  #late = false;

  // `byTimers`: what is shown comes by the page's own timers. In a hidden page they are slow, so
  // it is late. Lines of a cable come by themselves.
  constructor(byTimers) {
    this.#byTimers = byTimers;
    this.#turn();
  }

  #turn() {
    this.#turned = performance.now();
    this.#slept = asleep();
    this.#seen = visible();
  }

  // To be asked again and again: whether the page stood still since, or the computer slept.
  stood() {
    const gap = performance.now() - this.#turned;
    const slept = Math.abs(asleep() - this.#slept) > STOOD_MS;
    const long = gap > STOOD_MS;
    // Nobody looks at a hidden page: there, what is late counts as soon as somebody does.
    this.#late ||= long && this.#byTimers;
    const stood = gap > HIDDEN_MS || (long && (this.#seen || visible()));
    const told = slept || stood || (this.#late && visible());
    if (told) this.#late = false;
    this.#turn();
    return told;
  }
}
