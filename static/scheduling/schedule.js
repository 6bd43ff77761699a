// The day grid: now-line, arrows through the visits, hero cards as filters, doctors shown, live changes.
// Positions are set through the CSSOM, which a strict content security policy allows.
const day = document.querySelector("main.day");
const board = document.getElementById("board");
const scroller = document.getElementById("scroller");
const opens = Number(day.dataset.opens);
const closes = Number(day.dataset.closes);
const say = (text) => document.dispatchEvent(new CustomEvent("ui:say", { detail: text }));
const typing = (event) =>
  event.target.matches("input, textarea, select") || event.metaKey || event.ctrlKey || event.altKey;
const cards = () => [...board.querySelectorAll(".appt:not(.dim)")];
const columns = () => [...board.querySelectorAll(".col:not([hidden])")];

const clock = (minute) => {
  const hour = Math.floor(minute / 60);
  const minutes = String(Math.floor(minute % 60)).padStart(2, "0");
  return day.dataset.clock === "24h" ? `${String(hour).padStart(2, "0")}:${minutes}` : `${((hour + 11) % 12) + 1}:${minutes}`;
};

// ---- Now-line: the server says which minute it is, the browser only counts on.
const line = document.getElementById("now");
const loadedAt = performance.now();
const minuteNow = () => Number(day.dataset.now) + (performance.now() - loadedAt) / 60000;

const drawNow = () => {
  const minute = minuteNow();
  line.hidden = minute < opens || minute > closes;
  line.style.setProperty("--y", (minute - opens) / 5);
  line.firstElementChild.textContent = clock(minute);
};

if (line) {
  drawNow();
  setInterval(drawNow, 20000);
  if (scroller.scrollHeight > scroller.clientHeight) scroller.scrollTop = Math.max(0, line.offsetTop - 160);
}

// ---- One tab stop for the whole grid, arrows inside it.
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
    c: () => open && act(card, "confirm"),
    a: () => open && act(card, card.dataset.state === "arrived" ? "undo-arrive" : "arrive"),
    r: () => open && htmx.ajax("GET", `/visits/${card.dataset.id}/reschedule`, { source: rescheduler(), target: "#modal" }),
  };
  const verb = verbs[event.key.toLowerCase()];
  if (!verb) return;
  event.preventDefault();
  verb();
});

// What asks for the dialog by keyboard: an element that says which dialog its answer opens.
const rescheduler = () => document.getElementById("new-visit");

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || typing(event) || document.querySelector("dialog:modal")) return;
  const keys = {
    n: () => document.getElementById("new-visit").click(),
    t: () => document.getElementById("day-today").click(),
    arrowleft: () => document.getElementById("day-before").click(),
    arrowright: () => document.getElementById("day-after").click(),
  };
  const key = keys[event.key.toLowerCase()];
  if (!key) return;
  event.preventDefault();
  key();
});

document.querySelectorAll("[data-submits]").forEach((field) => {
  field.addEventListener("change", () => field.value && field.form.requestSubmit());
});

// ---- Hero cards are filters.
const matches = {
  missing: (card) => "missing" in card.dataset,
  lost: (card) => ["cancelled", "no-show"].includes(card.dataset.state),
  confirmed: (card) => ["confirmed", "arrived", "completed"].includes(card.dataset.state),
};
let filter = new URLSearchParams(location.search).get("show");

const remember = (name, value) => {
  const address = new URL(location.href);
  if (value) address.searchParams.set(name, value);
  else address.searchParams.delete(name);
  history.replaceState(history.state, "", address);
};

const applyFilter = () => {
  board.classList.toggle("filtered", Boolean(filter));
  board.querySelectorAll(".appt").forEach((card) => {
    const hit = !filter || (matches[filter]?.(card) ?? card.dataset.state === filter);
    card.classList.toggle("dim", !hit);
  });
  document.querySelectorAll(".hero").forEach((hero) => {
    hero.setAttribute("aria-pressed", hero.dataset.filter === filter);
  });
};

day.addEventListener("click", (event) => {
  const hero = event.target.closest(".hero");
  if (!hero) return;
  filter = hero.dataset.filter === filter || hero.dataset.filter === "all" ? null : hero.dataset.filter;
  remember("show", filter);
  applyFilter();
  say(`${cards().length}`);
});
document.addEventListener("htmx:after:swap", () => filter && applyFilter());
if (filter) applyFilter();

// ---- Doctors shown
const chips = [...board.querySelectorAll(".chip")];
const counter = document.getElementById("doctor-count");

const showDoctors = () => {
  const on = chips.filter((chip) => chip.getAttribute("aria-pressed") === "true");
  chips.forEach((chip) => {
    const hidden = !on.includes(chip);
    document.getElementById(`col-${chip.dataset.doctor}`).hidden = hidden;
    document.getElementById(`head-${chip.dataset.doctor}`).hidden = hidden;
  });
  board.querySelectorAll(".heads, .lanes").forEach((grid) => {
    grid.className = grid.className.replace(/cols\d+/, `cols${Math.max(1, on.length)}`);
  });
  const words = counter.dataset;
  counter.textContent =
    on.length === chips.length ? words.all : words.some.replace("{shown}", on.length).replace("{all}", chips.length);
};

board.addEventListener("click", (event) => {
  const chip = event.target.closest(".chip");
  if (!chip) return;
  chip.setAttribute("aria-pressed", chip.getAttribute("aria-pressed") !== "true");
  const on = chips.filter((other) => other.getAttribute("aria-pressed") === "true");
  remember("doctors", on.length === chips.length ? null : on.map((other) => other.dataset.doctor).join(","));
  showDoctors();
});

const wanted = new URLSearchParams(location.search).get("doctors")?.split(",");
if (wanted) {
  chips.forEach((chip) => chip.setAttribute("aria-pressed", wanted.includes(chip.dataset.doctor)));
  showDoctors();
}
document.addEventListener("htmx:after:swap", () => {
  if (chips.some((chip) => chip.getAttribute("aria-pressed") === "false")) showDoctors();
});

// ---- Live: one request brings every fragment that changed.
const refresh = (doctors) => {
  const known = chips.map((chip) => chip.dataset.doctor);
  const asked = doctors?.length ? doctors.filter((id) => known.includes(id)) : known;
  const query = new URLSearchParams({ date: day.dataset.date, doctors: asked.join(",") });
  return htmx.ajax("GET", `${day.dataset.changes}?${query}`, { target: "body", swap: "none" });
};
day.addEventListener("live", (event) => refresh(event.detail.all ? null : event.detail.doctors));
document.addEventListener("visits:changed", (event) => refresh(event.detail?.doctors));

// ---- An empty place books there.
board.addEventListener("click", (event) => {
  if (!event.target.matches(".col")) return;
  const column = event.target;
  const box = column.getBoundingClientRect();
  const step = Number(day.dataset.step) > 30 ? 15 : Math.min(15, Number(day.dataset.step));
  const start = opens + Math.floor((event.clientY - box.top) / (box.height / ((closes - opens) / step))) * step;
  const time = `${String(Math.floor(start / 60)).padStart(2, "0")}:${String(start % 60).padStart(2, "0")}`;
  const query = new URLSearchParams({ date: day.dataset.date, doctor: column.dataset.doctor, time });
  htmx.ajax("GET", `${day.dataset.book}?${query}`, { source: document.getElementById("new-visit"), target: "#modal" });
});
