// One WebSocket per page. Messages carry ids only; what changed is fetched again with the viewer's permissions. An
// element subscribes with <div data-live="appointment intake" hx-get="…" hx-trigger="live"> and receives a `live` event
// with {names, doctors, all}; a burst of messages is one event.
import { say } from "./util.js";

const root = document.documentElement;
const badge = document.getElementById("live");
const banner = document.getElementById("offline");
const GATHER = 40; // ms in which messages are collected into one event
const PATIENCE = 1800; // ms without a connection before the banner appears

let socket;
let wait = 500;
let sequence = null;
let lostSince = null;
let retry;
let beat;
let flushing;
let names = new Set();
let doctors = new Set();
let everything = false;

const flush = () => {
  const detail = { names: [...names], doctors: [...doctors], all: everything };
  names = new Set();
  doctors = new Set();
  everything = false;
  document.querySelectorAll("[data-live]").forEach((node) => {
    const wanted = node.dataset.live.split(" ");
    const touched = detail.all || detail.names.some((name) => wanted.includes(name.split(/[._]/)[0]));
    if (touched) node.dispatchEvent(new CustomEvent("live", { detail }));
  });
};

const gather = (message) => {
  if (message) {
    names.add(message.type);
    [message.doctor_id, ...(message.doctor_ids ?? [])].forEach((id) => id && doctors.add(id));
  } else everything = true;
  clearTimeout(flushing);
  flushing = setTimeout(flush, GATHER);
};

const state = (value) => {
  if (!badge) return;
  badge.dataset.state = value;
  badge.lastElementChild.textContent = badge.dataset[`word${value[0].toUpperCase()}${value.slice(1)}`];
};

const showLost = () => {
  if (!lostSince || Date.now() - lostSince < PATIENCE) return;
  document.body.classList.add("stale");
  banner.hidden = false;
  const words = document.getElementById("offline-text");
  words.textContent = navigator.onLine ? words.dataset.online : words.dataset.offline;
};

const found = () => {
  if (!lostSince) return;
  lostSince = null;
  banner.hidden = true;
  document.body.classList.remove("stale");
  say(banner.dataset.back);
};

// The clinic's settings affect the whole page: clock, grid, permitted actions. A page without unsaved input reloads
// itself, within two seconds at random; any other says that it is out of date.
let leaving = false;
addEventListener("submit", (event) => (leaving = !event.defaultPrevented)); // htmx prevents the default; the page stays
addEventListener("pageshow", () => (leaving = false));

const isChanged = (field) =>
  ["checkbox", "radio"].includes(field.type)
    ? field.checked !== field.defaultChecked
    : field.value !== field.defaultValue;

const isBusy = () => {
  const fields = document.querySelectorAll("textarea, input:not([type=hidden], [type=search])");
  const typing = document.activeElement?.matches("input:not([type=search]), textarea, select");
  // The response to a POST holds unsaved input, and reloading it would send the form again.
  const open = document.querySelector("dialog[open], #settings-changed[data-posted]");
  return typing || open || [...fields].some(isChanged);
};

// The session of this page has ended: signed out, another role, or idle for too long. The page reloads to show what the
// browser may see now; with unsaved input it stays and says so.
const ENDED = 4401;
const REPLACED = 5000; // ms to wait for the page of the role that another tab has switched to
let ended = false;

const end = () => {
  if (leaving || ended) return;
  ended = true;
  state("off");
  if (!isBusy()) return location.reload();
  document.body.classList.add("stale");
  banner.hidden = false;
  document.getElementById("offline-title").textContent = banner.dataset.ended;
  document.getElementById("offline-text").textContent = banner.dataset.endedText;
};

const takeOverSettings = () =>
  setTimeout(() => {
    if (leaving) return;
    if (!isBusy()) return location.reload();
    document.getElementById("settings-changed").hidden = false;
  }, Math.random() * 2000);

const receive = (message) => {
  if (message.type === "hello" || message.type === "pong") {
    state("on");
    const missed = lostSince !== null || (sequence !== null && message.sequence !== sequence);
    sequence = message.sequence;
    found();
    if (missed) gather(null);
    return;
  }
  if (message.type === "resync") {
    sequence = message.sequence;
    return gather(null);
  }
  const gap = sequence !== null && message.sequence !== sequence + 1;
  sequence = message.sequence;
  const own = message.by === root.dataset.tab; // the response has shown this tab's own change already
  if (message.type === "settings_changed" && !own) takeOverSettings();
  if (gap) gather(null);
  else if (!own) gather(message);
};

const lose = () => {
  clearInterval(beat);
  lostSince ??= Date.now();
  state("off");
  setTimeout(showLost, PATIENCE + 100);
  clearTimeout(retry);
  retry = setTimeout(connect, wait * (0.7 + Math.random() * 0.6));
  wait = Math.min(wait * 2, 15000);
};

function connect() {
  clearTimeout(retry);
  state("wait");
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}${badge.dataset.path}`);
  const mine = socket;
  socket.addEventListener("open", () => {
    wait = 500;
    clearInterval(beat);
    beat = setInterval(() => mine.readyState === 1 && mine.send('{"type":"ping"}'), 20000);
  });
  socket.addEventListener("message", (event) => receive(JSON.parse(event.data)));
  socket.addEventListener("close", (event) => {
    if (mine !== socket) return;
    if (event.code !== ENDED || sequence === null) lose();
    else if (event.reason === "replaced") setTimeout(end, REPLACED);
    else end();
  });
}

if (badge) {
  // Tabs share one cookie. The page of another role shows that the browser has the new cookie; a reload any earlier could
  // still send the old one.
  const tabs = new BroadcastChannel("clinicflow");
  tabs.addEventListener("message", (event) => event.data !== badge.dataset.membership && end());
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no target
  tabs.postMessage(badge.dataset.membership);

  document.addEventListener("click", (event) => {
    if (!event.target.closest('[data-do="reconnect"]')) return;
    if (ended) return location.reload();
    wait = 500;
    connect();
  });
  addEventListener("online", () => {
    if (ended) return;
    wait = 500;
    connect();
  });
  addEventListener("offline", () => {
    if (ended) return;
    lostSince ??= Date.now() - PATIENCE;
    showLost();
  });

  // The clinic's refresh interval catches what a lost message would have brought.
  const seconds = Number(badge.dataset.refresh);
  if (seconds) setInterval(() => document.visibilityState === "visible" && gather(null), seconds * 1000);
  connect();
}
