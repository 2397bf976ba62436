// What is seen: lamps from pixels, words from the reading, guidance, slip.
import { KEYS } from "./reading.js";

const FULL = 63; // of full drive, the firmware's usual limit for a channel: an eye calls that bright

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
    const drive = [0, 2, 4].map((at) => parseInt(hex.substr(6 * i + at, 2), 16) || 0);
    const seen = drive.map((value) => Math.round(255 * Math.min(1, value / FULL) ** (1 / 2.2)));
    lamp.style.setProperty("--c", seen.map((value) => Math.max(value, 34)).join(","));
    lamp.style.setProperty("--g", Math.max(...seen) / 255);
    lamp.classList.toggle("lit", Math.max(...seen) > 60);
    lamp.dataset.drive = drive.join(",");
  });
}

const CYCLE_MS = 2000;

// The pixels of a device that is somewhere else, as its own lamps must be now; 12 lamps.
export function pixelsOf(looks, reading) {
  const phase = performance.now() % CYCLE_MS;
  const waiting = reading.phase === "reading" ? "reading" : "absent";
  const names = KEYS.map((id) => reading.keys.get(id)?.state ?? (id === "licence" ? "absent" : waiting));
  const whole = reading.complete ? reading.worst : reading.phase;
  return [...names, whole].map((name) => {
    const [colour, pattern, level] = looks[name] ?? looks.absent;
    const on = pattern.some(([start, end]) => start <= phase && phase < end);
    const drive = colour.map((value) => on ? Math.floor(value * level / 255 / 4) : 0);
    return drive.map((value) => value.toString(16).padStart(2, "0")).join("");
  }).join("");
}

export function stateWords(words, key) {
  if (!key) return words.states.not_asked;
  let name = key.state;
  if (key.max === null && key.left !== null && (name === "ok" || name === "used")) name += "_open";
  return words.states[name].replace("{left}", key.left).replace("{max}", key.max);
}

export function showKeys(body, words, reading) {
  body.replaceChildren(...KEYS.map((id) => {
    const key = reading.keys.get(id);
    const state = key?.state ?? "not_asked";
    const text = !key && reading.phase === "reading" ? words.states.waiting : key || reading.keys.size ? stateWords(words, key) : "";
    const [mark, name] = words.keys[id];
    return element("tr", { "data-key": id, "data-state": state },
      element("td", {}, element("span", { class: `mark ${state}` })),
      element("td", { text: `${mark} ${name}`.trim() }),
      element("td", { class: state, text }));
  }));
}

export function headline(words, reading) {
  if (reading.phase === "fault") return (words.faults[reading.code] ?? reading.code).replace("{field}", reading.field);
  if (reading.phase === "other") return words.device.other.replace("{kind}", words.kinds[reading.kind]);
  if (reading.complete && reading.worst) return words.overall[reading.worst];
  return words.device[reading.phase] ?? "";
}

export function showAdvice(place, data, told) {
  place.replaceChildren(...told.map((one) => {
    const list = element("dl");
    for (const [field, title] of Object.entries(data.fields)) {
      const lines = field === "checked" ? [one.checked] : one[field] ?? [];
      if (!lines.length) continue;
      list.append(element("dt", { text: title }), element("dd", {}, ...lines.map((text) => element("div", { text }))));
    }
    const names = one.list || !one.keys.length ? "" : one.keys.map((key) => data.short[key]).join(data.joint);
    const parts = [element("h3", { class: one.state ?? "", text: one.title })];
    if (names) parts.push(element("p", { text: names }));
    if (one.list) parts.push(element("ol", {}, ...one.list.map((text) => element("li", { text }))));
    return element("div", { class: "advice" }, ...parts, list);
  }));
}

export function showSlip(place, parts) {
  place.replaceChildren(...parts.flatMap(([heading, lines]) => [
    element("h3", { text: heading }),
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
