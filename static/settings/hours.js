// Working hours: add and remove ranges, copy a day's hours to the days below. Without this script each day has one
// spare range.
const fields = document.querySelectorAll("[data-hours-field]");
const filled = (range) => [...range.querySelectorAll("input")].some((input) => input.value);
const rangesOf = (day) => [...day.querySelectorAll(".hoursrange")];

// Show the filled and the newly added ranges of a day; a day without any is off.
const draw = (day) => {
  if (day.matches(".new")) return;
  const shown = rangesOf(day).filter((range) => filled(range) || range.matches(".asked"));
  rangesOf(day).forEach((range) => (range.hidden = !shown.includes(range)));
  day.classList.toggle("off", shown.length === 0);
};

const changed = (day) => {
  draw(day);
  day.dispatchEvent(new Event("input", { bubbles: true }));
};

const spare = (day) => {
  const empty = rangesOf(day).find((range) => !filled(range) && !range.matches(".asked"));
  if (empty) return empty;
  const last = rangesOf(day).at(-1);
  const copy = last.cloneNode(true);
  copy.classList.remove("asked");
  copy.querySelectorAll("input").forEach((input) => (input.value = ""));
  last.after(copy);
  return copy;
};

const acts = {
  add: (day) => {
    const range = spare(day);
    range.classList.add("asked");
    draw(day);
    range.querySelector("input").focus();
  },
  remove: (day, button) => {
    const range = button.closest(".hoursrange");
    range.classList.remove("asked");
    range.querySelectorAll("input").forEach((input) => (input.value = ""));
    changed(day);
    day.querySelector('[data-hours="add"]').focus();
  },
  copy: (day) => {
    const values = rangesOf(day)
      .filter(filled)
      .map((range) => [...range.querySelectorAll("input")].map((i) => i.value));
    for (let next = day.nextElementSibling; next; next = next.nextElementSibling) {
      // down to Friday; the weekend copies only from a Saturday
      if (next.dataset.weekend && !day.dataset.weekend) break;
      rangesOf(next).forEach((range) => {
        range.classList.remove("asked");
        range.querySelectorAll("input").forEach((input) => (input.value = ""));
      });
      values.forEach((pair) => {
        const range = spare(next);
        range.querySelectorAll("input").forEach((input, place) => (input.value = pair[place]));
      });
      draw(next);
    }
    changed(day);
  },
  forget: (day) => {
    const next = (day.nextElementSibling ?? day.previousElementSibling).querySelector(
      "input:not([type=hidden]), button",
    );
    const field = day.parentElement;
    day.remove();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    next?.focus();
  },
};

fields.forEach((field) => {
  field.classList.add("scripted");
  field.querySelectorAll(".hoursday").forEach(draw);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-hours]");
  if (button) acts[button.dataset.hours](button.closest(".hoursday"), button);
});

document.addEventListener("reset", (event) => {
  setTimeout(() => event.target.querySelectorAll(".hoursday").forEach(draw));
});
