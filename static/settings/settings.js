// Scroll the current tab into view; say when the form has unsaved changes.
document.querySelector(".tabbar [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

const form = document.querySelector("[data-settings-form]");
const word = form?.querySelector(".unsaved");
if (word) {
  const values = () => new URLSearchParams(new FormData(form)).toString();
  const before = values();
  const look = () => (word.hidden = values() === before);
  form.addEventListener("input", look);
  form.addEventListener("reset", () => setTimeout(look));
  form.addEventListener("submit", () => (word.hidden = true));
  // After a refusal the fields hold unsaved values.
  if (form.querySelector('[role="alert"]')) word.hidden = false;
  addEventListener("beforeunload", (event) => word.hidden || event.preventDefault());
}
