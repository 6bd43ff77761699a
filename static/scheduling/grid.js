// The grid of the day and week pages. Columns are doctors on a day and days on a week.
export const day = document.querySelector("main.day");
export const board = document.getElementById("board");
export const opens = Number(day.dataset.opens);
export const closes = Number(day.dataset.closes);
export const ROW = 5; // minutes of one row; STEP of the server's grid module

export const columns = () => [...board.querySelectorAll(".col:not([hidden])")];

// The minute of the day at the viewport height `y`, rounded to a multiple of `step` by `round`.
export const minuteAt = (column, y, step, round = Math.round) => {
  const box = column.getBoundingClientRect();
  return opens + round((y - box.top) / (box.height / ((closes - opens) / step))) * step;
};

// Position an element by the custom properties that the style sheet reads.
export const lay = (element, start, minutes) => {
  element.style.setProperty("--y", (start - opens) / ROW);
  if (minutes !== undefined) element.style.setProperty("--h", Math.max(2, Math.ceil(minutes / ROW)));
};

// The first and last minute of an element on the grid.
export const spanOf = (element) => {
  const style = getComputedStyle(element);
  const from = opens + Number(style.getPropertyValue("--y")) * ROW;
  return [from, from + Number(style.getPropertyValue("--h")) * ROW];
};
