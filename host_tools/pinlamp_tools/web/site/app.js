// The page: the device in it, a real one over Web Serial, guidance, slip, and what was said.
import { Advisor, Device } from "./device.js";
import { Session } from "./serial.js";
import { element, headline, lampsOf, showAdvice, showKeys, showPixels, showSlip, showTopics } from "./view.js";

const at = (id) => document.getElementById(id);
const PRESS_MS = 150;
const SOUND_MS = 1500;
const LAMP_MS = 40;
// As its lamps (watch/lights.py): words of a card that was lifted, and of settings replaced.
const KEPT_MS = 60_000;
const NOTICE_MS = 4_000;

const state = { lang: "ja", source: null, laid: null, chosen: "fresh", said: "", link: "", presented: 0 };
let watching = null; // the session with a real device, and the timer of its lamps
let told; // what the events have told: see advisor.py
let words, texts, data, cards, advisor, device;

function choose() {
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked && Object.hasOwn(texts, asked)) return asked;
  const known = (navigator.languages ?? [navigator.language]).map((lang) => lang.slice(0, 2).toLowerCase());
  return known.find((lang) => Object.hasOwn(texts, lang)) ?? "en";
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
  at("install-text").replaceChildren(data.install
    ? element("a", { href: "install/", text: own.install_link }) : own.install_text);
  showLink();
  showCards();
  showTold();
  if (state.said) look();
}

function showLink() {
  const own = texts[state.lang];
  at("link").textContent = state.link ? own[state.link] : "";
  at("connect").textContent = watching ? own.disconnect : own.connect;
}

function showCards() {
  at("cards").replaceChildren(...cards.map(({ name, ...about }) => {
    const button = element("button", {
      type: "button", draggable: "true", "data-card": name, text: about[state.lang],
    });
    button.addEventListener("click", () => lay(name));
    button.addEventListener("focus", () => { state.chosen = name; });
    button.addEventListener("dragstart", (event) => event.dataTransfer.setData("text/plain", name));
    return element("li", {}, button);
  }));
}

function showLaid() {
  const own = texts[state.lang];
  const card = watching ? null : cards.find(({ name }) => name === state.laid);
  at("laid").textContent = watching ? own.from_watch : card ? card[state.lang] : own.reader;
  at("reader").classList.toggle("laid", Boolean(card));
  at("cards").querySelectorAll("button").forEach((button) => {
    button.setAttribute("aria-pressed", String(card?.name === button.dataset.card));
    button.disabled = Boolean(watching);
  });
  for (const id of ["lift", "pull", "press", "layout"]) at(id).disabled = Boolean(watching);
}

function showTold() {
  const { lang } = state;
  const own = texts[lang];
  const guidance = data.guidance[lang];
  showLaid();
  const lines = watching && told.phase === "start" ? [own.connected] : headline(words[lang], guidance, told);
  // Written only when it has changed: it is read out each time.
  if (at("headline").dataset.lines !== lines.join("\n")) {
    at("headline").dataset.lines = lines.join("\n");
    at("headline").replaceChildren(...lines.map((text) => element("span", { text })));
  }
  at("headline").className = `headline ${told.overall ?? ""}`;
  at("presented").textContent = own.presented + state.presented;
  at("source").textContent = state.source ? own[`from_${state.source}`] : own.no_result;
  showKeys(at("keys"), data.keys, words[lang], told, data.lamps[watching ? 12 : at("layout").value], point);
  showAdvice(at("advice"), guidance, advisor.advice(lang));
  at("more").hidden = !told.over;
  if (told.over) showSlip(at("slip"), advisor.slip(lang));
  else at("slip").textContent = own.no_slip;
  at("print-slip").disabled = !told.over;
}

let fading;
function fadeAfter({ type, code }) {
  clearTimeout(fading);
  const ms = type === "removed" ? KEPT_MS : code === "settings" ? NOTICE_MS : 0;
  if (ms) fading = setTimeout(() => hear('{"v":1,"type":"ready"}', "watch"), ms);
}

function point(number) {
  [...at("lamps").children].forEach((lamp, i) => lamp.classList.toggle("pointed", i + 1 === number));
}

// What a device says, the page's own or a real one

function hear(line, source) {
  if ((source === "watch") !== Boolean(watching)) return; // while one is watched, the page's own waits
  const now = advisor.take(line);
  if (!now) return;
  told = now;
  if (source === "watch") fadeAfter(told.event);
  if (["card", "key", "result"].includes(told.event.type)) state.source = source;
  if (told.event.type === "ready" || told.event.type === "fault") state.source = null;
  window.dispatchEvent(new CustomEvent("pinlamp", { detail: told.event }));
  showTold();
}

let silence;
const ears = {
  line(line) { hear(line, "try"); },
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
  failed(reason) {
    at("headline").replaceChildren(texts[state.lang].failed);
    reportError(new Error(reason));
  },
};

function lay(name) {
  if (watching) return;
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
  at("layout").addEventListener("change", power);
  board.addEventListener("dragover", (event) => { event.preventDefault(); board.classList.add("over"); });
  board.addEventListener("dragleave", () => board.classList.remove("over"));
  board.addEventListener("drop", (event) => {
    event.preventDefault();
    board.classList.remove("over");
    const name = event.dataTransfer.getData("text/plain");
    if (cards.some((card) => card.name === name)) lay(name);
  });
}

// Starts the page's device with as many lamps as are chosen; a card that lies there stays.
function power() {
  const layout = Number(at("layout").value);
  told = advisor.forget();
  state.source = null;
  lampsOf(at("lamps"), layout);
  showTold();
  device.start({ layout, licence: layout === 12 || layout === 1 });
}

// A real device

function connected(session) {
  const draw = () => showPixels(at("lamps"), advisor.pixels());
  watching = { session, timer: setInterval(draw, LAMP_MS) };
  told = advisor.forget();
  state.source = null;
  state.link = "connected";
  lampsOf(at("lamps"), 12);
  showLink();
  showTold();
  at("try").scrollIntoView();
}

async function connect() {
  if (watching) {
    watching.session.stop();
    return;
  }
  let port;
  try { port = await navigator.serial.requestPort(); } catch { return; } // nothing was chosen
  if (watching) return;
  const session = new Session(port, (line) => hear(line, "watch"));
  try {
    await session.run(() => connected(session));
    state.link = session.stopped ? "" : "closed";
  } catch {
    state.link = "not_opened";
  }
  if (watching) {
    clearInterval(watching.timer);
    watching = null;
    power();
  }
  showLink();
}

function wireWatch() {
  at("connect").addEventListener("click", connect);
  if ("serial" in navigator) return;
  at("connect").disabled = true;
  state.link = isSecureContext ? "no_serial" : "not_secure";
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
  const { ja, en } = data.guidance;
  const given = { ja: JSON.stringify(ja), en: JSON.stringify(en), phrases: JSON.stringify(data.phrases) };
  advisor = await Advisor.make({ ...data.device, ...data.advisor }, given);
  told = advisor.forget();
  device = new Device(data.device, ears);
  wireBench();
  wireWatch();
  at("language").addEventListener("click", () => { state.lang = state.lang === "ja" ? "en" : "ja"; showAll(); });
  at("print-slip").addEventListener("click", () => window.print());
  at("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    state.said = at("said").value;
    look();
  });
  power();
  showAll();
  document.body.classList.add("ready");
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("sw.js").catch(() => {});
}

start(); // if it fails, the sentence of index.html stays
