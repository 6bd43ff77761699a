// Move a visit, or change its length, by pointer or by keyboard: the same preview, the same request, the same undo. The
// dialogs of `R` and `L` do the same without this script.
import { bareTime, fill, isoTime, say } from "../ui/util.js";
import { board, closes, columns, day, lay, minuteAt, opens, spanOf } from "./grid.js";

const STEP = 15; // minutes: the raster for moving, and for its end by pointer
const FINE = Number(day.dataset.shortest); // minutes: the raster for its end by keyboard, and the shortest visit
const LONGEST = Number(day.dataset.longest);
const words = document.getElementById("move-words").dataset;

const clock = (minute) => {
  const bare = bareTime(minute, day.dataset.clock);
  return day.dataset.clock === "24h" ? bare : fill(minute < 720 ? words.am : words.pm, { time: bare });
};

let moving = null;

const overlaps = (start, end, from, to) => start < to && from < end;

const clashes = (column, card, start, end) =>
  [...column.querySelectorAll(".appt:not(.ghost):not(.is-cancelled):not(.is-no-show)")].some((other) => {
    const from = Number(other.dataset.start);
    return other !== card && overlaps(start, end, from, from + Number(other.dataset.dur));
  });

const isOff = (column, start, end) =>
  [...column.querySelectorAll(".block")].some((block) => overlaps(start, end, ...spanOf(block)));

const draw = () => {
  const { column, ghost, card, start, minutes } = moving;
  if (ghost.parentElement !== column) column.append(ghost);
  lay(ghost, start, minutes);
  const end = start + minutes;
  moving.clash = clashes(column, card, start, end);
  const off = !moving.clash && isOff(column, start, end);
  ghost.classList.toggle("clash", moving.clash);
  ghost.classList.toggle("outside", off);
  const where = moving.stretches ? fill(words.until, { minutes, time: clock(end) }) : clock(start);
  const sentence = moving.clash ? words.taken : off ? words.outside : "{where}";
  ghost.lastElementChild.textContent = fill(sentence, { where });
};

const place = (column, start) => {
  moving.column = column;
  moving.start = Math.max(opens, Math.min(closes - moving.minutes, start));
  draw();
};

const extend = (minutes) => {
  moving.minutes = Math.max(FINE, Math.min(LONGEST, closes - moving.start, minutes));
  draw();
};

const lift = (card, by, stretches) => {
  const ghost = document.createElement("li");
  ghost.className = "appt ghost";
  ghost.append(document.createElement("b"), document.createElement("span"));
  ghost.firstElementChild.textContent = card.querySelector(".name").textContent;
  ghost.lastElementChild.className = "when";
  const from = { column: card.closest(".col"), start: Number(card.dataset.start), minutes: Number(card.dataset.dur) };
  moving = { card, ghost, by, stretches, from, ...from };
  card.classList.add("lifted");
  draw();
  say(fill(stretches ? words.stretching : words.moving, { name: ghost.firstElementChild.textContent }));
};

const wish = (move) => {
  if (move.stretches) return ["stretch", { duration: move.minutes }];
  const { doctor, date } = move.column.dataset;
  return ["move", { doctor, date, time: isoTime(move.start) }];
};

const drop = async (commit) => {
  const move = moving;
  moving = null;
  move.ghost.remove();
  move.card.classList.remove("lifted");
  const same = ["column", "start", "minutes"].every((name) => move[name] === move.from[name]);
  if (!commit || same) {
    say(words.unchanged);
    return;
  }
  const [verb, values] = wish(move);
  const address = `/visits/${move.card.dataset.id}/${verb}`;
  await htmx.ajax("POST", address, { source: move.card, target: move.card, swap: "none", values });
  if (move.by === "keyboard") document.querySelector(`#${move.card.id} .hit`)?.focus({ preventScroll: true });
};

// ---- By keyboard: M moves the visit, S its end.
const step = (event) => {
  const list = columns();
  const at = list.indexOf(moving.column);
  const { stretches } = moving;
  const steps = {
    ArrowDown: () => (stretches ? extend(moving.minutes + FINE) : place(moving.column, moving.start + STEP)),
    ArrowUp: () => (stretches ? extend(moving.minutes - FINE) : place(moving.column, moving.start - STEP)),
    ArrowRight: () => stretches || place(list[Math.min(at + 1, list.length - 1)], moving.start),
    ArrowLeft: () => stretches || place(list[Math.max(at - 1, 0)], moving.start),
    Enter: () => drop(true),
    " ": () => drop(true),
    Escape: () => drop(false),
  };
  if (!steps[event.key]) return;
  event.preventDefault();
  event.stopPropagation();
  steps[event.key]();
  if (!moving) return;
  moving.ghost.scrollIntoView({ block: "nearest", inline: "nearest" });
  const { column, from, ghost } = moving;
  const other = column === from.column ? "" : `${column.getAttribute("aria-label").split(",")[0]}, `;
  say(other + ghost.lastElementChild.textContent);
};

board.addEventListener(
  "keydown",
  (event) => {
    if (moving) {
      step(event);
      return;
    }
    const card = event.target.closest(".appt[data-open]");
    const key = event.key.toLowerCase();
    if (!card || !"ms".includes(key) || event.metaKey || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    lift(card, "keyboard", key === "s");
  },
  true,
);

// ---- By pointer: drag the card, or its lower edge. A touch scrolls, so touch screens use the dialogs.
board.addEventListener("pointerdown", (event) => {
  const card = event.target.closest(".appt[data-open]");
  if (!card || event.button || event.target.closest("button") || event.pointerType === "touch" || moving) return;
  const origin = { x: event.clientX, y: event.clientY };
  const grip = event.clientY - card.getBoundingClientRect().top;
  const stretches = event.target.matches(".edge");

  const follow = (move) => {
    if (!moving) {
      if (Math.hypot(move.clientX - origin.x, move.clientY - origin.y) < 6) return;
      lift(card, "pointer", stretches);
      document.body.classList.add(stretches ? "stretching" : "dragging");
    }
    move.preventDefault();
    if (stretches) {
      extend(minuteAt(moving.column, move.clientY, STEP) - moving.start);
      return;
    }
    const under = columns().find((column) => {
      const box = column.getBoundingClientRect();
      return move.clientX >= box.left && move.clientX < box.right;
    });
    const column = under ?? moving.from.column;
    place(column, minuteAt(column, move.clientY - grip, STEP));
  };

  const finish = (commit) => {
    removeEventListener("pointermove", follow);
    removeEventListener("pointerup", release);
    removeEventListener("keydown", cancel, true);
    document.body.classList.remove("dragging", "stretching");
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
