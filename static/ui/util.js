// What several scripts share. Sentences come from the page: a script only fills their gaps.

// Have a screen reader say a sentence; app.js listens.
export const say = (text) => document.dispatchEvent(new CustomEvent("ui:say", { detail: text }));

// A key that belongs to a field, or to the browser.
export const isTyping = (event) =>
  event.target.matches("input, textarea, select") || event.metaKey || event.ctrlKey || event.altKey;

// `{name}` in a sentence of the page becomes values.name.
export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

const twoDigits = (number) => String(Math.floor(number)).padStart(2, "0");

// A minute of the day as the server reads it, 09:05.
export const isoTime = (minute) => `${twoDigits(minute / 60)}:${twoDigits(minute % 60)}`;

// A minute of the day as the clinic writes it, without am or pm: 9:05, or 09:05 where `clock` is "24h".
export const bareTime = (minute, clock) =>
  clock === "24h" ? isoTime(minute) : `${((Math.floor(minute / 60) + 11) % 12) + 1}:${twoDigits(minute % 60)}`;
