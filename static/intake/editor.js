// Drag questions to reorder them. The arrow buttons beside each do the same by keyboard.
let dragged = null;

const lists = () => document.querySelectorAll("[data-drop]");

const placeIn = (list, y) => {
  const others = [...list.querySelectorAll("[data-question]")].filter((item) => item !== dragged);
  const before = others.findIndex((item) => {
    const box = item.getBoundingClientRect();
    return y < box.top + box.height / 2;
  });
  return before < 0 ? others.length : before;
};

document.addEventListener("dragstart", (event) => {
  const item = event.target.closest?.("[data-question]");
  if (!item || event.target.closest("details[open] form")) return;
  dragged = item;
  item.classList.add("dragged");
  event.dataTransfer.effectAllowed = "move";
});

document.addEventListener("dragend", () => {
  dragged?.classList.remove("dragged");
  lists().forEach((list) => list.classList.remove("over"));
  dragged = null;
});

document.addEventListener("dragover", (event) => {
  const list = event.target.closest?.("[data-drop]");
  if (!dragged || !list) return;
  event.preventDefault();
  lists().forEach((other) => other.classList.toggle("over", other === list));
});

document.addEventListener("drop", (event) => {
  const list = event.target.closest?.("[data-drop]");
  if (!dragged || !list) return;
  event.preventDefault();
  const form = document.getElementById("drop");
  form.elements.question.value = dragged.dataset.question;
  form.elements.section.value = list.dataset.drop;
  form.elements.to.value = placeIn(list, event.clientY);
  form.dispatchEvent(new CustomEvent("dropped"));
});
