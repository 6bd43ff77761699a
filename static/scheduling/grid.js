// The grid of a day's or a week's page. Columns are doctors on the one and days on the other.
export const day = document.querySelector("main.day");
export const board = document.getElementById("board");
export const opens = Number(day.dataset.opens);
export const closes = Number(day.dataset.closes);
export const ROW = 5; // minutes of one row, dashboards.grid.STEP

export const columns = () => [...board.querySelectorAll(".col:not([hidden])")];

// The minute at the height `y` of the window, at the lower or the nearest multiple of `step` as `round` has it.
export const minuteAt = (column, y, step, round = Math.round) => {
  const box = column.getBoundingClientRect();
  return opens + round((y - box.top) / (box.height / ((closes - opens) / step))) * step;
};

// Where an element lies on the grid, by the custom properties that the style sheet reads.
export const lay = (element, start, minutes) => {
  element.style.setProperty("--y", (start - opens) / ROW);
  if (minutes !== undefined) element.style.setProperty("--h", Math.max(2, Math.ceil(minutes / ROW)));
};

// The span that `lay` gave an element, or the page did, in minutes.
export const spanOf = (element) => {
  const style = getComputedStyle(element);
  const from = opens + Number(style.getPropertyValue("--y")) * ROW;
  return [from, from + Number(style.getPropertyValue("--h")) * ROW];
};
