// The list of visits: its keyboard shortcuts.
import { isTyping } from "../ui/util.js";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || isTyping(event) || document.querySelector("dialog:modal")) return;
  const keys = { n: "new-visit", t: "day-today", arrowleft: "day-before", arrowright: "day-after" };
  const link = document.getElementById(keys[event.key.toLowerCase()]);
  if (!link) return;
  event.preventDefault();
  link.click();
});

// htmx sends the form; the browser must not navigate.
document.getElementById("narrow").addEventListener("submit", (event) => event.preventDefault());
