// The grid of a day or a week: now-line, arrow keys between visits, shortcuts, live updates, booking an empty time.
// Positions are set through the CSSOM, which a strict content security policy allows.
import { bareTime, isoTime, isTyping } from "../ui/util.js";
import { board, closes, columns, day, lay, minuteAt, opens } from "./grid.js";

const desk = "book" in day.dataset; // a doctor reads their week and cannot change it
const scroller = document.getElementById("scroller");
const cards = () => [...board.querySelectorAll(".appt:not(.dim)")];

// ---- Now-line: starts at the server's minute and advances by the browser's clock.
const line = document.getElementById("now");
const loadedAt = performance.now();
const minuteNow = () => Number(day.dataset.now) + (performance.now() - loadedAt) / 60000;

const drawNow = () => {
  const minute = minuteNow();
  line.hidden = minute < opens || minute > closes;
  lay(line, minute);
  line.firstElementChild.textContent = bareTime(minute, day.dataset.clock);
};

if (line) {
  drawNow();
  setInterval(drawNow, 20000);
  if (scroller.scrollHeight > scroller.clientHeight) scroller.scrollTop = Math.max(0, line.offsetTop - 160);
}

const today = board.querySelector(".dayhead.today");
if (today && scroller.scrollWidth > scroller.clientWidth) scroller.scrollLeft = today.offsetLeft - 50;

// ---- One tab stop for the whole grid, arrow keys inside it (roving tabindex).
let current = null;
const link = (card) => card.querySelector(".hit");

const pick = (card) => {
  if (!card) return;
  const before = current?.isConnected && link(current);
  if (before) before.tabIndex = -1;
  current = card;
  link(card).tabIndex = 0;
};

const go = (card) => {
  if (!card) return;
  pick(card);
  link(card).focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
};

const firstCard = () => {
  const minute = line ? minuteNow() : 0;
  return cards().find((card) => Number(card.dataset.start) + Number(card.dataset.dur) > minute) ?? cards()[0];
};

const beside = (card, step) => {
  const list = columns();
  for (let at = list.indexOf(card.closest(".col")) + step; at >= 0 && at < list.length; at += step) {
    const distance = (other) => Math.abs(other.dataset.start - card.dataset.start);
    const near = [...list[at].querySelectorAll(".appt:not(.dim)")].sort((a, b) => distance(a) - distance(b))[0];
    if (near) return near;
  }
  return null;
};

pick(firstCard());
document.addEventListener("htmx:after:swap", () => {
  if (!current?.isConnected) pick(document.getElementById(current?.id) ?? firstCard());
  else link(current).tabIndex = 0;
});
board.addEventListener("focusin", (event) => pick(event.target.closest(".appt")));

const act = (card, verb) => {
  htmx.ajax("POST", `/visits/${card.dataset.id}/${verb}`, { source: card, target: card, swap: "none" });
};

// Open a dialog by keyboard: the source element's data-opens names the dialog of the response.
const ask = (card, verb) => {
  htmx.ajax("GET", `/visits/${card.dataset.id}/${verb}`, {
    source: document.getElementById("new-visit"),
    target: "#modal",
  });
};

board.addEventListener("keydown", (event) => {
  const card = event.target.closest(".appt");
  if (!card || event.metaKey || event.ctrlKey || event.altKey || board.querySelector(".ghost")) return;
  const column = [...card.parentElement.querySelectorAll(".appt:not(.dim)")];
  const at = column.indexOf(card);
  const targets = {
    ArrowDown: () => column[at + 1],
    ArrowUp: () => column[at - 1],
    ArrowRight: () => beside(card, 1),
    ArrowLeft: () => beside(card, -1),
    Home: () => column[0],
    End: () => column.at(-1),
  };
  if (targets[event.key]) {
    event.preventDefault();
    event.stopPropagation();
    go(targets[event.key]());
    return;
  }
  const open = "open" in card.dataset;
  const verbs = {
    c: () => act(card, "confirm"),
    a: () => act(card, card.dataset.state === "arrived" ? "undo-arrive" : "arrive"),
    r: () => ask(card, "reschedule"),
    l: () => ask(card, "stretch"),
  };
  const verb = open && verbs[event.key.toLowerCase()];
  if (!verb) return;
  event.preventDefault();
  verb();
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || isTyping(event) || document.querySelector("dialog:modal")) return;
  const keys = {
    n: () => document.getElementById("new-visit")?.click(),
    t: () => document.getElementById("day-today").click(),
    arrowleft: () => document.getElementById("day-before").click(),
    arrowright: () => document.getElementById("day-after").click(),
  };
  const key = keys[event.key.toLowerCase()];
  if (!key) return;
  event.preventDefault();
  key();
});

// ---- Live updates: one request returns every fragment that changed.
const refresh = (doctors) => {
  const shown = new Set([...board.querySelectorAll(".col")].map((column) => column.dataset.doctor));
  const asked = doctors?.length ? doctors.filter((id) => shown.has(id)) : [...shown];
  const address = new URL(day.dataset.changes, location);
  if (day.dataset.date) address.searchParams.set("doctors", asked.join(","));
  else if (!asked.length) return null; // the page shows one doctor, and another doctor's day changed
  return htmx.ajax("GET", address.pathname + address.search, { target: "body", swap: "none" });
};
day.addEventListener("live", (event) => refresh(event.detail.all ? null : event.detail.doctors));
["visits:changed", "dangers:changed"].forEach((name) =>
  document.addEventListener(name, (event) => refresh(event.detail?.doctors)),
);

// ---- A click on an empty time opens the booking dialog for it.
board.addEventListener("click", (event) => {
  if (!event.target.matches(".col") || !desk) return;
  const column = event.target;
  const step = Number(day.dataset.step) > 30 ? 15 : Math.min(15, Number(day.dataset.step));
  const time = isoTime(minuteAt(column, event.clientY, step, Math.floor));
  const query = new URLSearchParams({ date: column.dataset.date, doctor: column.dataset.doctor, time });
  htmx.ajax("GET", `${day.dataset.book}?${query}`, { source: document.getElementById("new-visit"), target: "#modal" });
});
