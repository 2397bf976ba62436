// Draws what it is given: lamps from pixels, rows, advice, slip and topics from advisor.py.
import { visible } from "./strange.js";

const FULL = 63; // of full drive, the firmware's usual limit for a channel: an eye calls that bright
const CYCLE_MS = 2000;
const still = matchMedia("(prefers-reduced-motion: reduce)");

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "text") made.textContent = visible(value);
    else if (value !== null) made.setAttribute(key, visible(value));
  }
  made.append(...children.map((child) => (child instanceof Node ? child : visible(child))));
  return made;
}

// `numbered`: the lamps have the numbers of the device's label.
export function lampsOf(place, count, numbered) {
  place.className = count === 12 ? "lamps ring" : "lamps";
  place.replaceChildren(...Array.from({ length: count }, (_, i) => {
    const turn = (i / count) * 2 * Math.PI;
    const lamp = element("span", { class: "lamp", text: numbered && count > 1 ? i + 1 : "" });
    lamp.style.setProperty("--x", Math.sin(turn));
    lamp.style.setProperty("--y", -Math.cos(turn));
    return lamp;
  }));
}

export function showPixels(place, hex) {
  [...place.children].forEach((lamp, i) => {
    const drive = [0, 2, 4].map((at) => parseInt(hex.slice(6 * i + at, 6 * i + at + 2), 16) || 0);
    lamp.dataset.drive = drive.join(",");
    const seen = still.matches ? brightest(lamp, drive) : drive;
    const light = seen.map((value) => Math.round(255 * Math.min(1, value / FULL) ** (1 / 2.2)));
    lamp.style.setProperty("--c", light.map((value) => Math.max(value, 34)).join(","));
    lamp.style.setProperty("--g", Math.max(...light) / 255);
    lamp.classList.toggle("lit", Math.max(...light) > 60);
  });
}

// What is shown has changed: what the lamps were before is seen no longer.
export function forgetSeen(place) {
  for (const lamp of place.children) lamp.recent = [];
}

// A visitor who wants no motion sees each lamp as it was at its brightest within a cycle: no
// blinking. The table shows the pattern as a bar.
function brightest(lamp, drive) {
  const now = performance.now();
  const before = (lamp.recent ?? []).filter(([at]) => now - at < CYCLE_MS * 1.05);
  lamp.recent = [...before, [now, drive]];
  return lamp.recent.map(([, seen]) => seen).reduce((a, b) => (Math.max(...b) > Math.max(...a) ? b : a));
}

// `point(place)` shows which lamp a row is about.
export function showKeys(body, rows, point) {
  body.replaceChildren(...rows.map(({ key, place, name, state, words }) => {
    const row = element("tr", { "data-key": key, "data-state": state },
      element("td", {}, element("span", { class: "lamp-of" },
        element("span", { class: "number", text: place ?? "" }), element("span", { class: `mark ${state}` }))),
      element("td", { text: name }),
      element("td", { class: state, text: words }));
    row.addEventListener("mouseenter", () => point(place));
    row.addEventListener("mouseleave", () => point(null));
    return row;
  }));
}

const paragraph = ({ label, lines, small = false, lang = null }) => [
  element("dt", { class: small ? "small" : null, text: label }),
  element("dd", { class: small ? "small" : null, lang }, ...lines.map((text) => element("div", { text }))),
];

const rowsOf = (rows) => rows.flatMap(([label, text]) => [element("dt", { text: label }), element("dd", { text })]);

const step = ({ what, rows }) => element("li", {}, element("strong", { text: what }), element("dl", {}, ...rowsOf(rows)));

// The questions before the way to the office. `answer(name, value)`: true, false, or null for "not sure".
export function showPlan(place, way, { ask, answers, rows }, given, answer) {
  const shown = JSON.stringify([ask, answers]);
  if (place.dataset.shown !== shown) { // drawn once, so that the focus stays where it is
    place.dataset.shown = shown;
    place.replaceChildren(...ask.map(([name, question]) => element("fieldset", {}, element("legend", { text: question }),
      ...[["yes", true], ["no", false], ["unknown", null]].map(([word, value]) => {
        const choice = element("input", { type: "radio", name, value: word });
        choice.addEventListener("change", () => answer(name, value));
        return element("label", {}, choice, ` ${answers[word]}`);
      }))));
  }
  const word = { true: "yes", false: "no", null: "unknown" };
  place.querySelectorAll("input").forEach((one) => { one.checked = one.name in given && word[given[one.name]] === one.value; });
  way.replaceChildren(...rowsOf(rows));
}

// What is locked and who unlocks it stands there; `more` opens the rest.
export function showAdvice(place, advice, more, open) {
  place.replaceChildren(...advice.map(({ title, state, names, list, paragraphs }) => {
    const parts = [element("h3", { class: state ?? "", text: title })];
    if (names) parts.push(element("p", { class: "names", text: names }));
    const first = paragraphs.filter(({ field }) => field === "who");
    const rest = paragraphs.filter(({ field }) => field !== "who");
    if (first.length) parts.push(element("dl", {}, ...first.flatMap(paragraph)));
    const below = element("details", open ? { open: "" } : {}, element("summary", { text: more }));
    if (list.length) below.append(element("ol", {}, ...list.map(step)));
    below.append(element("dl", {}, ...rest.flatMap(paragraph)));
    return element("div", { class: "advice" }, ...parts, below);
  }));
}

// A telephone number in two lines is read as two.
const unbroken = (text) => text.split(/(\d+(?:-\d+)+)/).map((part, i) =>
  i % 2 ? element("span", { class: "number", text: part }) : part);

// `warning`: what the paper says before all else, or an empty text.
export function showSlip(place, parts, warning) {
  place.replaceChildren(
    ...(warning ? [element("p", { class: "warning", text: warning })] : []),
    ...parts.map(({ part, title, intro, items, rows, boxes }) => {
      const many = items.length > 2 ? "many" : null;
      const made = element("div", { class: `part ${part}`, lang: part === "clerk" ? "ja" : null },
        element("h3", { text: title }));
      if (intro) made.append(element("p", { text: intro }));
      made.append(element("div", { class: many }, ...items.map(({ name, lamp, rows: about }) => element("div", { class: "item" },
        element("h4", {}, name, element("span", { class: "lamp-number", text: lamp })),
        element("dl", {}, ...rowsOf(about))))));
      made.append(...rows.map(([heading, lines]) => element("div", { class: lines.length ? "told" : null },
        element("h4", {}, ...unbroken(heading)), element("div", {}, ...lines.map((text) => element("p", {}, ...unbroken(text)))))));
      if (boxes.length) {
        made.append(element("ul", { class: "boxes" }, ...boxes.slice(0, -1).map((text) => element("li", { text: `□ ${text}` })),
          element("li", { class: "date", text: boxes.at(-1) })));
      }
      return made;
    }));
}

// An A5 page without its margins (see @page in style.css), in CSS pixels of 1/96 inch.
const MM = 96 / 25.4;
const SHEET = { width: 130 * MM, height: 190 * MM }; // a little less than there is: 194
const SMALLEST = 4; // of the sizes that style.css has for `data-much`

// Chooses the largest letters with which the slip takes one sheet: lays it out as on paper, for a
// moment that nobody sees.
export function fitSlip(place) {
  const own = [...document.styleSheets].find((sheet) => sheet.href?.endsWith("/style.css"));
  const rules = [...own.cssRules].filter((rule) => rule.media?.mediaText === "print");
  const [left, top] = [scrollX, scrollY];
  for (const rule of rules) rule.media.mediaText = "all";
  place.style.width = `${SHEET.width}px`;
  let much = 0;
  do place.dataset.much = much; while (place.scrollHeight > SHEET.height && much++ < SMALLEST);
  place.style.width = "";
  for (const rule of rules) rule.media.mediaText = "print";
  scrollTo({ left, top, behavior: "instant" });
}

// `topics`: a list; where there are none, lines and titles: one that is pressed goes to `choose`.
// `labels`: by a paragraph's field.
export function showTopics(place, topics, labels, choose) {
  if (topics.titles) {
    const titles = topics.titles.map((title) => {
      const button = element("button", { type: "button", text: title });
      button.addEventListener("click", () => choose(title));
      return element("li", {}, button);
    });
    const lines = topics.lines.map((text) => element("p", { text }));
    return place.replaceChildren(...lines, element("ul", { class: "offer" }, ...titles));
  }
  place.replaceChildren(...topics.map(({ title, paragraphs }) => {
    const rows = rowsOf(paragraphs.map(([field, text]) => [labels[field], text]));
    return element("div", { class: "advice" }, element("h3", { text: title }), element("dl", {}, ...rows));
  }));
}
