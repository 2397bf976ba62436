// The page: the device in it, a real one over Web Serial, guidance, slip, and what was said.
import { Advisor, Device } from "./device.js";
import { Reading, parse } from "./reading.js";
import { listen } from "./serial.js";
import { element, headline, lampsOf, pixelsOf, showAdvice, showKeys, showPixels, showSlip, showTopics } from "./view.js";

const at = (id) => document.getElementById(id);
const PRESS_MS = 150;
const SOUND_MS = 1500;
const LAMP_MS = 40;

const state = { lang: "ja", reading: new Reading(), source: null, laid: null, chosen: "fresh", said: "", link: "", presented: 0 };
let watching = null; // the timer of a real device's lamps
let words, texts, data, cards, advisor, device;

function choose() {
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked in texts) return asked;
  return (navigator.languages ?? [navigator.language]).some((lang) => lang.startsWith("ja")) ? "ja" : "en";
}

// Words

function showAll() {
  const own = texts[state.lang];
  document.documentElement.lang = state.lang;
  document.querySelectorAll("[data-t]").forEach((one) => { one.textContent = own[one.dataset.t]; });
  document.querySelectorAll("[data-label]").forEach((one) => one.setAttribute("aria-label", own[one.dataset.label]));
  const other = at("language");
  other.textContent = own.other;
  other.lang = state.lang === "ja" ? "en" : "ja";
  at("sheet").href = `sheets/counter.${state.lang}.pdf`;
  at("link").textContent = state.link ? own[state.link] : "";
  at("install-text").replaceChildren(data.install
    ? element("a", { href: "install/", text: own.install_link }) : own.install_text);
  showCards();
  showReading();
  if (state.said) look();
}

function showCards() {
  at("cards").replaceChildren(...cards.map(({ name, ...about }) => {
    const button = element("button", {
      type: "button", draggable: "true", "data-card": name, "aria-pressed": String(state.laid === name), text: about[state.lang],
    });
    button.addEventListener("click", () => lay(name));
    button.addEventListener("focus", () => { state.chosen = name; });
    button.addEventListener("dragstart", (event) => event.dataTransfer.setData("text/plain", name));
    return element("li", {}, button);
  }));
}

function showLaid() {
  const own = texts[state.lang];
  const card = cards.find(({ name }) => name === state.laid);
  at("laid").textContent = watching ? own.from_watch : card ? card[state.lang] : own.reader;
  at("reader").classList.toggle("laid", Boolean(card));
  at("cards").querySelectorAll("button").forEach((button) =>
    button.setAttribute("aria-pressed", String(button.dataset.card === state.laid)));
}

function showReading() {
  const { lang, reading } = state;
  const own = texts[lang];
  showLaid();
  const line = headline(words[lang], reading) || (watching ? own.connected : own.loading);
  if (at("headline").textContent !== line) at("headline").textContent = line;
  at("presented").textContent = own.presented + state.presented;
  at("source").textContent = state.source ? own[`from_${state.source}`] : own.no_result;
  if (state.source) at("source").textContent += " " + headline(words[lang], reading);
  showKeys(at("keys"), words[lang], reading);
  const done = reading.done && advisor;
  showAdvice(at("advice"), data.guidance[lang], done ? advisor.advice(lang, reading.result) : []);
  if (done) showSlip(at("slip"), advisor.slip(lang, reading.result));
  else at("slip").textContent = own.no_slip;
  at("print-slip").disabled = !done;
}

// The device in the page

function hear(event, source) {
  if ((source === "watch") !== Boolean(watching)) return; // while one is watched, the page's own waits
  if (["card", "result"].includes(event.type)) state.source = source;
  state.reading.take(event);
  window.dispatchEvent(new CustomEvent("pinlamp", { detail: event }));
  showReading();
}

let silence;
const ears = {
  line(line) {
    const event = parse(line);
    if (event) hear(event, "try");
  },
  pixels(hex) { if (!watching) showPixels(at("lamps"), hex); },
  tone(hz) {
    if (!hz) return;
    at("sound").textContent += "♪";
    clearTimeout(silence);
    silence = setTimeout(() => { at("sound").textContent = ""; }, SOUND_MS);
  },
  exchange(command, answer, presented) {
    state.presented = presented;
    const spaced = (hex) => hex.toUpperCase().match(/../g).join(" ");
    at("exchange").append(`→ ${spaced(command)}\n← ${spaced(answer)}\n`);
  },
};

function lay(name) {
  at("exchange").textContent = "";
  state.laid = state.chosen = name;
  device.call("tap", name);
  showLaid();
}

function lift() {
  state.laid = null;
  device.call("lift");
  showLaid();
}

function wireBench() {
  const board = at("board");
  at("lift").addEventListener("click", lift);
  at("pull").addEventListener("click", () => {
    at("exchange").textContent = "";
    device.call("pull", state.laid ?? state.chosen);
    state.laid = null;
    showLaid();
  });
  at("press").addEventListener("click", () => {
    device.press(true);
    setTimeout(() => device.press(false), PRESS_MS);
  });
  at("layout").addEventListener("change", () => power(Number(at("layout").value)));
  board.addEventListener("dragover", (event) => { event.preventDefault(); board.classList.add("over"); });
  board.addEventListener("dragleave", () => board.classList.remove("over"));
  board.addEventListener("drop", (event) => {
    event.preventDefault();
    board.classList.remove("over");
    const name = event.dataTransfer.getData("text/plain");
    if (cards.some((card) => card.name === name)) lay(name);
  });
}

function power(layout) {
  state.reading = new Reading();
  state.laid = null;
  lampsOf(at("lamps"), layout);
  showReading();
  device.start({ layout, licence: layout === 12 || layout === 1 });
}

// A real device: its lamps are drawn from its events

function wireWatch() {
  if (!("serial" in navigator)) {
    at("connect").disabled = true;
    state.link = "no_serial";
    return;
  }
  const stop = () => {
    clearInterval(watching);
    watching = null;
    lampsOf(at("lamps"), Number(at("layout").value));
    state.reading = new Reading();
    state.source = null;
    showReading();
  };
  const tell = (link) => { state.link = link; at("link").textContent = texts[state.lang][link]; };
  at("connect").addEventListener("click", async () => {
    let port;
    try { port = await navigator.serial.requestPort(); } catch { return; } // nothing was chosen
    try {
      await listen(port, (line) => {
        const event = parse(line);
        if (event) hear(event, "watch");
      }, () => {
        tell("connected");
        lampsOf(at("lamps"), 12);
        state.reading = new Reading();
        state.source = "watch";
        watching = setInterval(() => showPixels(at("lamps"), pixelsOf(data.look, state.reading)), LAMP_MS);
        showReading();
      });
      tell("closed");
    } catch {
      tell("not_opened");
    }
    if (watching) stop();
  });
}

// What was said

function look() {
  const topics = advisor.topics(state.said);
  const { lang } = state;
  showTopics(at("topics"), texts[lang], data.guidance[lang], topics, lang, data.phrases.unknown[lang]);
}

async function start() {
  data = await (await fetch("data.json")).json();
  ({ words, texts, cards } = data);
  state.lang = choose();
  lampsOf(at("lamps"), 12);
  device = new Device(data.device, ears);
  showAll();
  wireBench();
  wireWatch();
  at("language").addEventListener("click", () => { state.lang = state.lang === "ja" ? "en" : "ja"; showAll(); });
  at("print-slip").addEventListener("click", () => window.print());
  at("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    state.said = at("said").value;
    look();
  });
  const { ja, en } = data.guidance;
  const given = { ja: JSON.stringify(ja), en: JSON.stringify(en), phrases: JSON.stringify(data.phrases) };
  advisor = await Advisor.make(data.advisor, given);
  showAll();
  power(12);
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("sw.js").catch(() => {});
}

start();
