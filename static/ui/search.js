// Patient search: a combobox whose options the server renders. One per page, `#q` and `#hits`.
const field = document.getElementById("q");
const hits = document.getElementById("hits");
const options = () => [...hits.querySelectorAll("[role=option]")];
let at = -1;
let sent = ""; // the text of the latest request
let answered = ""; // the text that the hits on the page answer
let waiting = false; // Enter was pressed before the hits for the typed text were there

// The hits answer an earlier text while a request is under way. Enter must not open one of those patients.
const isCurrent = () => answered === field.value.trim();

const show = (on) => {
  hits.hidden = !on;
  field.setAttribute("aria-expanded", on);
  if (!on) field.removeAttribute("aria-activedescendant");
};

const mark = (index) => {
  const list = options();
  if (!list.length) return;
  at = (index + list.length) % list.length;
  list.forEach((option, position) => {
    option.classList.toggle("on", position === at);
    option.setAttribute("aria-selected", position === at);
  });
  field.setAttribute("aria-activedescendant", list[at].id);
  list[at].scrollIntoView({ block: "nearest" });
};

if (field) {
  const choose = () => options()[at]?.click();

  document.addEventListener("htmx:config:request", (event) => {
    if (event.detail.ctx.sourceElement === field) sent = field.value.trim();
  });

  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx?.sourceElement !== field) return;
    answered = sent;
    show(Boolean(field.value.trim()));
    at = -1;
    if (!isCurrent()) return;
    hits.removeAttribute("aria-busy");
    mark(0);
    if (waiting) choose();
  });

  field.addEventListener("input", () => {
    waiting = false;
    if (isCurrent()) return;
    at = -1;
    hits.setAttribute("aria-busy", "true");
    field.removeAttribute("aria-activedescendant");
    options().forEach((option) => option.classList.remove("on"));
  });

  field.addEventListener("keydown", (event) => {
    const keys = {
      ArrowDown: () => isCurrent() && mark(at + 1),
      ArrowUp: () => isCurrent() && mark(at - 1),
      Enter: () => {
        if (isCurrent()) choose();
        else waiting = true;
      },
      Escape: () => {
        field.value = "";
        waiting = false;
        show(false);
        field.blur();
      },
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  document.addEventListener("pointerdown", (event) => event.target.closest("#find") || show(false));
  hits.addEventListener("click", () => {
    show(false);
    waiting = false;
    field.value = "";
    answered = "";
  });
}

// `/` focuses the page's search: its own, or the one in the top bar.
document.addEventListener("keydown", (event) => {
  const search = document.querySelector("[data-slash]") ?? field;
  if (event.key !== "/" || !search || event.target.matches("input, textarea, select")) return;
  event.preventDefault();
  search.focus();
  search.select();
});
