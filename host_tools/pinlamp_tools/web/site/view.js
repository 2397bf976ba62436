// What is seen: lamps from pixels, words from what was told, guidance, slip.
const WELL = ["ok", "unlimited", "absent"]; // worst states that need no name of a key
const FULL = 63; // of full drive, the firmware's usual limit for a channel: an eye calls that bright
const CYCLE_MS = 2000;
const still = matchMedia("(prefers-reduced-motion: reduce)");

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "text") made.textContent = value;
    else if (value !== null) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

export function lampsOf(place, count) {
  place.className = count === 12 ? "lamps ring" : "lamps";
  place.replaceChildren(...Array.from({ length: count }, (_, i) => {
    const turn = (i / count) * 2 * Math.PI;
    const lamp = element("span", { class: "lamp", text: count > 1 ? i + 1 : "" });
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

// Who wants no motion sees each lamp as it was at its brightest within a cycle: no blinking. The
// pattern stands in the table as a bar.
function brightest(lamp, drive) {
  const now = performance.now();
  const before = (lamp.recent ?? []).filter(([at]) => now - at < CYCLE_MS * 1.05);
  lamp.recent = [...before, [now, drive]];
  return lamp.recent.map(([, seen]) => seen).reduce((a, b) => (Math.max(...b) > Math.max(...a) ? b : a));
}

function stateWords(words, key) {
  let name = key.state;
  if (key.max === null && key.left !== null && (name === "ok" || name === "used")) name += "_open";
  return words.states[name].replace("{left}", key.left).replace("{max}", key.max);
}

// `ids`: of all keys, a row each. `lamps`: the number of each key's lamp, as far as it has one;
// `point(number)` shows which it is.
export function showKeys(body, ids, words, told, lamps, point) {
  const found = new Map(told.keys.map((key) => [key.id, key]));
  body.replaceChildren(...ids.map((id) => {
    const key = found.get(id);
    const state = key?.state ?? "not_asked";
    const other = told.phase === "reading" ? "waiting" : found.size ? "not_asked" : "none";
    const { mark, name } = words.keys[id];
    const row = element("tr", { "data-key": id, "data-state": state },
      element("td", {}, element("span", { class: "lamp-of" },
        element("span", { class: "number", text: lamps[id] ?? "" }), element("span", { class: `mark ${state}` }))),
      element("td", { text: `${mark} ${name}`.trim() }),
      element("td", { class: state, text: key ? stateWords(words, key) : words.states[other] }));
    row.addEventListener("mouseenter", () => point(lamps[id]));
    row.addEventListener("mouseleave", () => point(null));
    return row;
  }));
}

// The device's state in a sentence, and the names of the keys that it is about.
export function headline(words, data, told) {
  const { phase, overall, fault } = told;
  if (phase === "fault") {
    const text = Object.hasOwn(words.faults, fault.code) ? words.faults[fault.code] : words.faults.other;
    return [text.replace("{code}", fault.code).replace("{field}", fault.field ?? "")];
  }
  if (phase === "other") return [words.device.other.replace("{kind}", words.kinds[told.kind])];
  if (!overall) return [words.device[phase]];
  const names = told.keys.filter(({ state }) => state === overall).map(({ id }) => data.short[id]);
  return WELL.includes(overall) || !names.length ? [words.overall[overall]] : [words.overall[overall], names.join(data.joint)];
}

export function showAdvice(place, data, told) {
  place.replaceChildren(...told.map((one) => {
    const list = element("dl");
    for (const [field, title] of Object.entries(data.fields)) {
      const lines = field === "checked" ? [one.checked] : one[field] ?? [];
      if (!lines.length) continue;
      const small = field === "source" || field === "checked" ? "small" : null;
      list.append(element("dt", { class: small, text: title }),
        // What is to be said at the counter is Japanese in either language.
        element("dd", { class: small, lang: field === "say" ? "ja" : null }, ...lines.map((text) => element("div", { text }))));
    }
    const names = one.list || !one.keys.length ? "" : one.keys.map((key) => data.short[key]).join(data.joint);
    const parts = [element("h3", { class: one.state ?? "", text: one.title })];
    if (names) parts.push(element("p", { class: "names", text: names }));
    if (one.list) parts.push(element("ol", {}, ...one.list.map((text) => element("li", { text }))));
    return element("div", { class: "advice" }, ...parts, list);
  }));
}

export function showSlip(place, parts) {
  place.replaceChildren(...parts.flatMap(([heading, lines], i) => [
    element(i ? "h4" : "h3", { text: heading }),
    element("ul", {}, ...lines.map((text) => element("li", { text }))),
  ]));
}

export function showTopics(place, texts, data, topics, lang, unknown) {
  if (!topics.length) return place.replaceChildren(element("p", { text: unknown }));
  place.replaceChildren(...topics.map((topic) => {
    const words = topic[lang];
    const rows = topic.keys.length ? [[texts.numbers, topic.keys.map((key) => data.short[key]).join(data.joint)]] : [];
    for (const field of ["means", "tell", "go"]) rows.push([texts[field], words[field]]);
    return element("div", { class: "advice" }, element("h3", { text: words.title }),
      element("dl", {}, ...rows.flatMap(([title, text]) => [element("dt", { text: title }), element("dd", { text })])));
  }));
}
