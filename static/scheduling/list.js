// The list of visits: keys, and a form whose fields follow when the address changes without it.
import { isTyping } from "../ui/util.js";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || isTyping(event) || document.querySelector("dialog:modal")) return;
  const keys = { n: "new-visit", t: "day-today", arrowleft: "day-before", arrowright: "day-after" };
  const link = document.getElementById(keys[event.key.toLowerCase()]);
  if (!link) return;
  event.preventDefault();
  link.click();
});

// Enter in the search asks at once; htmx has the answer, the browser need not.
document.getElementById("narrow").addEventListener("submit", (event) => event.preventDefault());
