// Functions that several scripts share. All sentences come from the page.

// Announce a sentence to screen readers; app.js handles the event.
export const say = (text) => document.dispatchEvent(new CustomEvent("ui:say", { detail: text }));

// Whether a key press belongs to a form field or to the browser.
export const isTyping = (event) =>
  event.target.matches("input, textarea, select") || event.metaKey || event.ctrlKey || event.altKey;

// Replace each `{name}` in a sentence by values.name.
export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

const twoDigits = (number) => String(Math.floor(number)).padStart(2, "0");

// A minute of the day as 24-hour time for the server, such as 09:05.
export const isoTime = (minute) => `${twoDigits(minute / 60)}:${twoDigits(minute % 60)}`;

// A minute of the day in the clinic's format without am or pm: 9:05, or 09:05 where `clock` is "24h".
export const bareTime = (minute, clock) =>
  clock === "24h" ? isoTime(minute) : `${((Math.floor(minute / 60) + 11) % 12) + 1}:${twoDigits(minute % 60)}`;
