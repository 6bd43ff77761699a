// Patient search: a combobox whose options the server renders. One per page, `#q` and `#hits`.
const field = document.getElementById("q");
const hits = document.getElementById("hits");
const options = () => [...hits.querySelectorAll("[role=option]")];
let at = -1;

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
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx?.sourceElement !== field) return;
    show(Boolean(field.value.trim()));
    at = -1;
    mark(0);
  });

  field.addEventListener("keydown", (event) => {
    const keys = {
      ArrowDown: () => mark(at + 1),
      ArrowUp: () => mark(at - 1),
      Enter: () => {
        options()[at]?.click();
        show(false);
      },
      Escape: () => {
        field.value = "";
        show(false);
        field.blur();
      },
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  document.addEventListener("pointerdown", (event) => event.target.closest("#find") || show(false));
  hits.addEventListener("click", () => show(false));
}

// `/` focuses the page's search: its own, or the one in the top bar.
document.addEventListener("keydown", (event) => {
  const search = document.querySelector("[data-slash]") ?? field;
  if (event.key !== "/" || !search || event.target.matches("input, textarea, select")) return;
  event.preventDefault();
  search.focus();
});
