// The doctor's day refreshes itself; its answers are morphed, so that what is being typed stays.
document.addEventListener("visits:changed", () => {
  document.getElementById("my-day")?.dispatchEvent(new CustomEvent("live", { detail: {} }));
});
