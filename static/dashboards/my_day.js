// Refresh the doctor's day after a change; the response is morphed in, so that text being typed stays.
document.addEventListener("visits:changed", () => {
  document.getElementById("my-day")?.dispatchEvent(new CustomEvent("live", { detail: {} }));
});
