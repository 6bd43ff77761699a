// Moving a visit by pointer or by keyboard: the same ghost, the same request, the same undo. The dialog under `R`
// does the same without either.
const day = document.querySelector("main.day");
const board = document.getElementById("board");
const opens = Number(day.dataset.opens);
const closes = Number(day.dataset.closes);
const STEP = 15;
const say = (text) => document.dispatchEvent(new CustomEvent("ui:say", { detail: text }));
const columns = () => [...board.querySelectorAll(".col:not([hidden])")];

const clock = (minute) => {
  const hour = Math.floor(minute / 60);
  const minutes = String(minute % 60).padStart(2, "0");
  if (day.dataset.clock === "24h") return `${String(hour).padStart(2, "0")}:${minutes}`;
  return `${((hour + 11) % 12) + 1}:${minutes} ${minute < 720 ? "am" : "pm"}`;
};

let moving = null;

const overlaps = (start, end, from, to) => start < to && from < end;

const clashes = (column, card, start, end) =>
  [...column.querySelectorAll(".appt:not(.ghost):not(.is-cancelled):not(.is-no-show)")].some((other) => {
    const from = Number(other.dataset.start);
    return other !== card && overlaps(start, end, from, from + Number(other.dataset.dur));
  });

const isOff = (column, start, end) =>
  [...column.querySelectorAll(".block")].some((block) => {
    const style = getComputedStyle(block);
    const from = opens + Number(style.getPropertyValue("--y")) * 5;
    return overlaps(start, end, from, from + Number(style.getPropertyValue("--h")) * 5);
  });

const place = (doctor, start) => {
  moving.doctor = doctor;
  moving.start = Math.max(opens, Math.min(closes - moving.minutes, start));
  const column = document.getElementById(`col-${doctor}`);
  if (moving.ghost.parentElement !== column) column.append(moving.ghost);
  moving.ghost.style.setProperty("--y", (moving.start - opens) / 5);
  const end = moving.start + moving.minutes;
  moving.clash = clashes(column, moving.card, moving.start, end);
  const off = !moving.clash && isOff(column, moving.start, end);
  moving.ghost.classList.toggle("clash", moving.clash);
  moving.ghost.classList.toggle("outside", off);
  const words = moving.clash ? " · taken" : off ? " · outside hours" : "";
  moving.ghost.lastElementChild.textContent = clock(moving.start) + words;
};

const lift = (card, by) => {
  const ghost = document.createElement("li");
  ghost.className = `appt ghost ${[...card.classList].filter((name) => /^h\d/.test(name)).join(" ")}`;
  ghost.append(document.createElement("b"), document.createElement("span"));
  ghost.firstElementChild.textContent = card.querySelector(".name").textContent;
  ghost.lastElementChild.className = "when";
  const from = { doctor: card.closest(".col").dataset.doctor, start: Number(card.dataset.start) };
  moving = { card, ghost, by, from, minutes: Number(card.dataset.dur) };
  card.classList.add("lifted");
  place(from.doctor, from.start);
  say(`Moving ${ghost.firstElementChild.textContent}. Arrows choose time and doctor, Enter drops, Escape leaves it.`);
};

const drop = async (commit) => {
  const move = moving;
  moving = null;
  move.ghost.remove();
  move.card.classList.remove("lifted");
  if (!commit || (move.doctor === move.from.doctor && move.start === move.from.start)) {
    say("Left where it was.");
    return;
  }
  const time = `${String(Math.floor(move.start / 60)).padStart(2, "0")}:${String(move.start % 60).padStart(2, "0")}`;
  const values = { doctor: move.doctor, date: day.dataset.date, time };
  await htmx.ajax("POST", `/visits/${move.card.dataset.id}/move`, { source: move.card, target: move.card, swap: "none", values });
  if (move.by === "keyboard") document.querySelector(`#${move.card.id} .hit`)?.focus({ preventScroll: true });
};

// ---- By keyboard: M lifts.
const step = (event) => {
  const list = columns().map((column) => column.dataset.doctor);
  const at = list.indexOf(moving.doctor);
  const steps = {
    ArrowDown: () => place(moving.doctor, moving.start + STEP),
    ArrowUp: () => place(moving.doctor, moving.start - STEP),
    ArrowRight: () => place(list[Math.min(at + 1, list.length - 1)], moving.start),
    ArrowLeft: () => place(list[Math.max(at - 1, 0)], moving.start),
    Enter: () => drop(true),
    " ": () => drop(true),
    Escape: () => drop(false),
  };
  if (!steps[event.key]) return;
  event.preventDefault();
  event.stopPropagation();
  steps[event.key]();
  if (moving) say(moving.ghost.lastElementChild.textContent);
};

board.addEventListener(
  "keydown",
  (event) => {
    if (moving) {
      step(event);
      return;
    }
    const card = event.target.closest(".appt[data-open]");
    if (!card || event.key.toLowerCase() !== "m" || event.metaKey || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    lift(card, "keyboard");
  },
  true,
);

// ---- By pointer; touch scrolls, so a finger uses the dialog.
board.addEventListener("pointerdown", (event) => {
  const card = event.target.closest(".appt[data-open]");
  if (!card || event.button || event.target.closest("button") || event.pointerType === "touch" || moving) return;
  const origin = { x: event.clientX, y: event.clientY };
  const grip = event.clientY - card.getBoundingClientRect().top;

  const follow = (move) => {
    if (!moving) {
      if (Math.hypot(move.clientX - origin.x, move.clientY - origin.y) < 6) return;
      lift(card, "pointer");
      document.body.classList.add("dragging");
    }
    move.preventDefault();
    const under = columns().find((column) => {
      const box = column.getBoundingClientRect();
      return move.clientX >= box.left && move.clientX < box.right;
    });
    const column = under ?? card.closest(".col");
    const box = column.getBoundingClientRect();
    const unit = box.height / ((closes - opens) / STEP);
    place(column.dataset.doctor, opens + Math.round((move.clientY - grip - box.top) / unit) * STEP);
  };

  const finish = (commit) => {
    removeEventListener("pointermove", follow);
    removeEventListener("pointerup", release);
    removeEventListener("keydown", cancel, true);
    document.body.classList.remove("dragging");
    if (!moving) return;
    const swallow = (click) => {
      click.stopPropagation();
      click.preventDefault();
    };
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }));
    drop(commit && !moving.clash);
  };
  const release = () => finish(true);
  const cancel = (key) => {
    if (key.key !== "Escape") return;
    key.stopPropagation();
    finish(false);
  };
  addEventListener("pointermove", follow);
  addEventListener("pointerup", release);
  addEventListener("keydown", cancel, true);
});
board.addEventListener("dragstart", (event) => event.preventDefault());
