// The page: its device, a real one over Web Serial, guidance, slip, and the search for words.
import { Advisor, Device } from "./device.js";
import { keep, whenReplaced } from "./keep.js";
import { Pasori } from "./pasori.js";
import { asleep, Session } from "./serial.js";
import { element, forgetSeen, lampsOf, showAdvice, showKeys, showPixels, showPlan, showSlip, showTopics } from "./view.js";

const at = (id) => document.getElementById(id);
const PRESS_MS = 150;
const SOUND_MS = 1500;
const LAMP_MS = 40;
const AGAIN_MS = 120_500; // a little more than KEPT_MS of show/again.py
const SILENT_MS = 6000; // as PATIENCE_MS of show/cable.py
const GONE_MS = 12_000; // and GONE_MS
const SLEPT_MS = 3000; // as STOOD_MS of serial.js
const narrow = matchMedia("(max-width: 56rem)"); // as in style.css

const state = { lang: "ja", laid: null, chosen: "fresh", unshown: false, said: "", link: "", presented: 0, answers: {} };
let watching = null; // the session with a real device or a PaSoRi, and the timer of its lamps
let texts, data, cards, advisor, device, pasori;

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
  at("connect").textContent = source() === "watch" ? own.disconnect : own.connect;
  at("connect").disabled = !("serial" in navigator) || source() === "usb";
  pasori.show(own);
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
  at("laid").textContent = watching ? own[`on_${source()}`] : card ? card[state.lang] : own.reader;
  at("reader").classList.toggle("laid", Boolean(card));
  at("cards").querySelectorAll("button").forEach((button) => {
    button.setAttribute("aria-pressed", String(card?.name === button.dataset.card));
    button.disabled = Boolean(watching);
  });
  for (const id of ["lift", "pull", "press", "layout"]) at(id).disabled = Boolean(watching);
}

function showTold() {
  const own = texts[state.lang];
  const told = advisor.shown(state.lang, watching ? 0 : Number(at("layout").value));
  if (watching && watching.layout !== told.layout) {
    watching.layout = told.layout;
    lampsOf(at("lamps"), told.lamps, told.layout !== null);
  }
  const shown = JSON.stringify([told.phase, told.keys, told.all]);
  if (state.shown !== shown) {
    state.shown = shown;
    forgetSeen(at("lamps"));
  }
  showLaid();
  const lines = state.unshown ? [own.not_shown] : told.headline;
  // A screen reader reads the headline each time it is written: write it only if it changed.
  if (at("headline").dataset.lines !== lines.join("\n")) {
    at("headline").dataset.lines = lines.join("\n");
    at("headline").replaceChildren(...lines.map((text) => element("span", { text })));
  }
  at("headline").className = `headline ${told.state ?? ""}`;
  at("presented").textContent = own.presented + state.presented;
  at("source").textContent = told.of_card ? own[`from_${source()}`] : own.no_result;
  document.body.classList.toggle("told", told.of_card);
  document.body.classList.toggle("watching", Boolean(watching));
  document.body.dataset.source = source();
  showKeys(at("keys"), told.keys, point);
  showKeys(at("overall"), [told.all], point);
  showAdvice(at("advice"), told.advice, own.more, !narrow.matches);
  if (told.slip) showSlip(at("slip"), told.slip, watching ? "" : own.virtual);
  else at("slip").textContent = own.no_slip;
  at("print-slip").disabled = !told.slip;
  showAgain(told.again);
  at("plan").hidden = !told.plan;
  if (told.plan) plan();
  else state.answers = {};
}

let over; // looks again once a comparison has gone
function showAgain({ ask, button, said }) {
  at("again").hidden = !ask;
  at("again").textContent = button;
  if (at("compared").textContent !== said) at("compared").textContent = said;
  clearTimeout(over);
  if (said) over = setTimeout(showTold, AGAIN_MS);
}

// Before you go: what is answered belongs to this reading.
function plan() {
  const told = advisor.questions(state.lang, state.answers);
  showPlan(at("questions"), at("way"), told, state.answers, (name, value) => {
    state.answers[name] = value;
    plan();
  });
}

let fading;
function fadeAfter(ms) {
  clearTimeout(fading);
  if (ms !== null) fading = setTimeout(() => guarded(() => { advisor.fade(); showTold(); }), ms);
}

function point(number) {
  [...at("lamps").children].forEach((lamp, i) => lamp.classList.toggle("pointed", i + 1 === number));
}

// Events of a device, the page's own or a real one

// Whom the page listens to: "try", its own device; "watch", one on a cable; "usb", a PaSoRi.
const source = () => watching?.source ?? "try";

// What cannot be shown must not leave the card before it on the page.
function guarded(show) {
  try { show(); } catch (error) {
    console.error(error);
    fadeAfter(null);
    advisor.forget();
    state.unshown = true;
    showTold();
  }
}

function hear(line, from) {
  if (from === source()) guarded(() => follow(line)); // the page's own device waits while another is connected
}

function follow(line) {
  const before = advisor.cable();
  const heard = advisor.take(line);
  if (heard) waitForWords(GONE_MS);
  if (!heard?.event) {
    if (advisor.cable() === before) return;
    if (advisor.cable() === "listening") waitForWords(SILENT_MS); // it starts anew
    showTold();
    return;
  }
  state.unshown = false;
  if (heard.event.type === "result") state.answers = {}; // a reading before it has none to give
  if (watching) fadeAfter(heard.stays_ms); // the page's own device says "ready" itself
  window.dispatchEvent(new CustomEvent("pinlamp", { detail: heard.event }));
  showTold();
  // The card was chosen far below, where a telephone does not show what was read.
  if (heard.event.type === "result" && narrow.matches) at("result").scrollIntoView();
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

// Starts the page's device with the chosen number of lamps. A card on the reader stays there.
function power() {
  const layout = Number(at("layout").value);
  fadeAfter(null);
  advisor.forget();
  state.unshown = false;
  lampsOf(at("lamps"), layout, true);
  showTold();
  device.start({ layout, licence: data.licence.includes(layout) });
}

// A real device

function connected(session, from) {
  lift(); // else the virtual card would be read, and shown, as soon as the real device is gone
  const draw = () => {
    const before = watching.asleep;
    watching.asleep = asleep();
    if (Math.abs(watching.asleep - before) > SLEPT_MS) stoodStill(session);
    showPixels(at("lamps"), advisor.pixels());
  };
  watching = { session, source: from, asleep: asleep(), timer: setInterval(draw, LAMP_MS) };
  advisor.forget();
  state.unshown = false;
  showLink();
  showTold();
  at(from === "usb" ? "pasori" : "watch").scrollIntoView();
}

// A newer version is kept: this one must not go on with files of both, and a real device's card must not be lost.
let replaced = false;
function begin() {
  replaced = true;
  if (!watching) location.reload();
}

// That session is over: the page's own device is there again.
function left(session) {
  if (watching?.session !== session) return;
  clearInterval(watching.timer);
  clearTimeout(watching.silence);
  watching = null;
  if (replaced) begin();
  power();
  showLink();
}

// Waits for a device on a cable: it was opened, has started, or has said something just now.
function waitForWords(ms) {
  if (source() !== "watch") return;
  clearTimeout(watching.silence);
  watching.silence = setTimeout(silent, ms, watching.session, ms);
}

// The page did not run for seconds: what the device did meanwhile is not known.
function stoodStill(session) {
  if (watching?.session !== session) return;
  fadeAfter(null);
  advisor.forget();
  waitForWords(SILENT_MS);
  showTold();
}

// Nothing was heard for so long.
function silent(session, ms) {
  if (!advisor.nothing(ms)) return;
  session.ask();
  showTold();
}

let opening = 0; // ports that have been chosen and are not open yet: some take seconds
async function connect() {
  if (watching) {
    watching.session.stop();
    return;
  }
  let port;
  try { port = await navigator.serial.requestPort(); } catch { return; } // the user chose nothing
  if (watching) return;
  const session = new Session(port, (line) => hear(line, "watch"), () => stoodStill(session));
  let waits = true;
  const opened = () => {
    if (waits) opening -= 1;
    waits = false;
  };
  opening += 1;
  showLink();
  let end = "not_opened";
  try {
    await session.run(() => {
      opened();
      if (watching) { // it took so long that another one was chosen, and is connected
        session.stop();
        return;
      }
      state.link = "connected";
      connected(session, "watch");
      waitForWords(SILENT_MS);
    });
    end = session.stopped ? "" : "closed";
  } catch { /* it did not open */ }
  opened();
  if (source() !== "watch" || watching.session === session) state.link = end;
  left(session);
  showLink();
}

function wireWatch() {
  at("connect").addEventListener("click", connect);
  if (!("serial" in navigator)) state.link = isSecureContext ? "no_serial" : "not_secure";
  pasori = new Pasori(at, advisor, {
    busy: () => opening > 0 || source() === "watch",
    begin: (session) => connected(session, "usb"),
    line: (line) => hear(line, "usb"),
    end: left,
    changed: showLink,
  });
}

// Words that an app or a counter used

function look() {
  const { lang } = state;
  showTopics(at("topics"), advisor.topics(lang, state.said), texts[lang], (title) => {
    at("said").value = state.said = title;
    look();
  });
}

async function start() {
  whenReplaced(begin);
  data = await (await fetch("data.json")).json();
  ({ texts, cards } = data);
  state.lang = choose();
  advisor = await Advisor.make({ ...data.device, ...data.advisor });
  device = new Device(data.device, ears);
  at("all").open = !narrow.matches;
  wireBench();
  wireWatch();
  at("language").addEventListener("click", () => { state.lang = state.lang === "ja" ? "en" : "ja"; showAll(); });
  at("print-slip").addEventListener("click", () => window.print());
  at("again").addEventListener("click", () => { advisor.again(); showTold(); });
  at("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    state.said = at("said").value;
    look();
  });
  power();
  showAll();
  document.body.classList.add("ready");
  pasori.find();
  if ("serviceWorker" in navigator) keep().catch(() => {});
}

start(); // if it fails, the page keeps the sentence of index.html
