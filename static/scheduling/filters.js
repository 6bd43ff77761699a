// The filters of the schedule, kept in the address: status, type, intake and attention fade the visits that do not
// match, doctors hide their column. Links to other days and views carry the filters along.
import { say } from "../ui/util.js";
import { board } from "./grid.js";

const NAMES = ["status", "visit_type", "intake_status", "needs_attention"];
const KEPT = [...NAMES, "doctor"];

const asked = () => {
  const address = new URLSearchParams(location.search);
  return Object.fromEntries(NAMES.map((name) => [name, address.getAll(name).filter(Boolean)]));
};

const carry = () => {
  const address = new URLSearchParams(location.search);
  document.querySelectorAll("a[data-keeps]").forEach((link) => {
    const own = new URLSearchParams(link.search);
    KEPT.forEach((name) => {
      own.delete(name);
      address.getAll(name).forEach((value) => own.append(name, value));
    });
    link.search = own;
  });
};

const remember = (names, pairs) => {
  const address = new URL(location.href);
  names.forEach((name) => address.searchParams.delete(name));
  pairs.forEach(([name, value]) => address.searchParams.append(name, value));
  history.replaceState(history.state, "", address);
  carry();
};

document.querySelectorAll("[data-submits]").forEach((field) => {
  field.addEventListener("change", () => {
    if (!field.value) return;
    const address = new URL(location.href);
    address.searchParams.set(field.name, field.value);
    location.assign(address);
  });
});

// ---- Visits that match
const form = document.getElementById("filters");
const count = document.getElementById("filter-count");

const facts = {
  status: (card) => card.dataset.state,
  visit_type: (card) => card.dataset.type,
  intake_status: (card) => card.dataset.intake,
  needs_attention: (card) => String("attention" in card.dataset),
};

const apply = () => {
  const wanted = asked();
  const names = NAMES.filter((name) => wanted[name].length);
  board.classList.toggle("filtered", names.length > 0);
  board.querySelectorAll(".appt").forEach((card) => {
    card.classList.toggle("dim", !names.every((name) => wanted[name].includes(facts[name](card))));
  });
  document.querySelectorAll(".hero").forEach((hero) => {
    const own = new URLSearchParams(hero.dataset.query);
    const same = NAMES.every((name) => String(own.getAll(name).sort()) === String([...wanted[name]].sort()));
    hero.setAttribute("aria-pressed", names.length > 0 && same);
  });
  form.querySelectorAll("input").forEach((box) => (box.checked = wanted[box.name].includes(box.value)));
  count.hidden = !names.length;
  count.textContent = names.reduce((sum, name) => sum + wanted[name].length, 0);
};

const choose = (pairs) => {
  remember(NAMES, pairs);
  apply();
  say(`${board.querySelectorAll(".appt:not(.dim)").length}`);
};

form.addEventListener("change", () => choose([...new FormData(form)]));
document.getElementById("filters-clear").addEventListener("click", () => choose([]));

// Key figures are filters; a second click clears them.
document.querySelector("main.day").addEventListener("click", (event) => {
  const hero = event.target.closest(".hero");
  if (hero) choose(hero.getAttribute("aria-pressed") === "true" ? [] : [...new URLSearchParams(hero.dataset.query)]);
});

// ---- Doctors shown
const chips = [...board.querySelectorAll(".chip")];
const counter = document.getElementById("doctor-count");
const isOn = (chip) => chip.getAttribute("aria-pressed") === "true";

const showDoctors = () => {
  const on = chips.filter(isOn);
  chips.forEach((chip) => {
    document.getElementById(`col-${chip.dataset.doctor}`).hidden = !on.includes(chip);
    document.getElementById(`head-${chip.dataset.doctor}`).hidden = !on.includes(chip);
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
  chip.setAttribute("aria-pressed", !isOn(chip));
  const on = chips.filter(isOn);
  remember(["doctor"], on.length === chips.length ? [] : on.map((other) => ["doctor", other.dataset.doctor]));
  showDoctors();
});

const wanted = new URLSearchParams(location.search).getAll("doctor");
if (chips.some((chip) => wanted.includes(chip.dataset.doctor))) {
  chips.forEach((chip) => chip.setAttribute("aria-pressed", wanted.includes(chip.dataset.doctor)));
  showDoctors();
}

apply();
document.addEventListener("htmx:after:swap", () => {
  apply();
  if (chips.some((chip) => !isOn(chip))) showDoctors();
});
