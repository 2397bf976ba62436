// The page: whom it listens to, its own device or a real one, and what it shows of that; its
// language; the search for words.
import { Bench } from "./bench.js";
import { Cable } from "./cable.js";
import { Advisor } from "./device.js";
import { keep, whenReplaced } from "./keep.js";
import { Pasori } from "./pasori.js";
import { Result } from "./result.js";
import { element, forgetSeen, lampsOf, showPixels, showTopics } from "./view.js";

const at = (id) => document.getElementById(id);
const LAMP_MS = 40;

const state = { lang: "ja", unshown: false, said: "" };
let watching = null; // the real device that is connected, a Cable or a Pasori, and its timer
let texts, data, advisor, result, bench, cable, pasori;

function choose() {
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked && Object.hasOwn(texts, asked)) return asked;
  const known = (navigator.languages ?? [navigator.language])
    .map((lang) => lang.slice(0, 2).toLowerCase());
  return known.find((lang) => Object.hasOwn(texts, lang)) ?? "en";
}

// Words

function showAll() {
  const own = texts[state.lang];
  document.documentElement.lang = state.lang;
  for (const one of document.querySelectorAll("[data-t]")) one.textContent = own[one.dataset.t];
  for (const one of document.querySelectorAll("[data-label]")) {
    one.setAttribute("aria-label", own[one.dataset.label]);
  }
  const other = at("language");
  other.textContent = own.other;
  other.lang = state.lang === "ja" ? "en" : "ja";
  at("sheet").href = `sheets/counter.${state.lang}.pdf`;
  at("install-text").replaceChildren(data.install
    ? element("a", { href: "install/", text: own.install_link }) : own.install_text);
  showLink();
  bench.showCards(state.lang);
  showTold();
  if (state.said) look();
}

function showLink() {
  cable.show(texts[state.lang]);
  pasori.show(texts[state.lang]);
}

function showBench() {
  const own = texts[state.lang];
  bench.show(own, state.lang, watching && own[`on_${source()}`]);
}

function showTold() {
  const own = texts[state.lang];
  const told = advisor.shown(state.lang, watching ? 0 : bench.layout);
  if (watching && watching.layout !== told.layout) {
    watching.layout = told.layout;
    lampsOf(at("lamps"), told.lamps, told.layout !== null);
  }
  const shown = JSON.stringify([told.phase, told.keys, told.all]);
  if (state.shown !== shown) {
    state.shown = shown;
    forgetSeen(at("lamps"));
  }
  showBench();
  at("presented").textContent = own.presented + bench.presented;
  document.body.classList.toggle("told", told.of_card);
  document.body.classList.toggle("watching", Boolean(watching));
  document.body.dataset.source = source();
  result.show(told, own, state.lang, source(), state.unshown);
}

let fading;
function fadeAfter(ms) {
  clearTimeout(fading);
  const fade = () => {
    advisor.fade();
    showTold();
  };
  if (ms !== null) fading = setTimeout(() => guarded(fade), ms);
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

// The page's own device waits while another one is connected.
function hear(line, from) {
  if (from === source()) guarded(() => follow(line));
}

function follow(line) {
  const before = advisor.cable();
  const heard = advisor.take(line);
  if (heard) cable.lives();
  if (!heard?.event) {
    if (advisor.cable() === before) return;
    if (advisor.cable() === "listening") cable.starts();
    showTold();
    return;
  }
  state.unshown = false;
  const over = heard.event.type === "result";
  if (over) result.forgetAnswers(); // a reading before it has none to give
  if (watching) fadeAfter(heard.stays_ms); // the page's own device says "ready" itself
  window.dispatchEvent(new CustomEvent("pinlamp", { detail: heard.event }));
  showTold();
  if (over) result.scrollTo();
}

// What was heard is no longer known to be so: it was another device, or this one before a reset, or
// long ago.
function forget() {
  fadeAfter(null);
  advisor.forget();
  state.unshown = false;
  showTold();
}

// A real device

function connected(device, from) {
  bench.lift(); // else its card would be read, and shown, as soon as the real device is gone
  const draw = () => {
    device.turn();
    showPixels(at("lamps"), advisor.pixels());
  };
  watching = { device, source: from, timer: setInterval(draw, LAMP_MS) };
  forget();
  showLink();
  at(from === "usb" ? "pasori" : "watch").scrollIntoView();
}

// A newer version is kept: this one must not go on with files of both, and a real device's card
// must not be lost.
let replaced = false;
function begin() {
  replaced = true;
  if (!watching) location.reload();
}

// That device is gone: the page's own is there again.
function left(device) {
  if (watching?.device !== device) return;
  clearInterval(watching.timer);
  watching = null;
  if (replaced) begin();
  bench.power();
  showLink();
}

function wire() {
  result = new Result(at, advisor, showTold);
  bench = new Bench(at, data, {
    changed: showBench,
    begin: forget,
    line: (line) => hear(line, "try"),
    failed: () => at("headline").replaceChildren(texts[state.lang].failed),
  });
  cable = new Cable(at, advisor, {
    changed: showLink,
    busy: () => watching !== null,
    begin: (device) => connected(device, "watch"),
    line: (line) => hear(line, "watch"),
    stood: forget,
    silent: showTold,
    end: left,
  });
  pasori = new Pasori(at, advisor, {
    changed: showLink,
    busy: () => cable.busy,
    begin: (device) => connected(device, "usb"),
    line: (line) => hear(line, "usb"),
    stood: forget,
    end: left,
  });
  at("language").addEventListener("click", () => {
    state.lang = state.lang === "ja" ? "en" : "ja";
    showAll();
  });
  at("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    state.said = at("said").value;
    look();
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
  ({ texts } = data);
  state.lang = choose();
  advisor = await Advisor.make({ ...data.device, ...data.advisor });
  wire();
  bench.power();
  showAll();
  document.body.classList.add("ready");
  pasori.find();
  if ("serviceWorker" in navigator) keep().catch(() => {});
}

start(); // if it fails, the page keeps the sentence of index.html
