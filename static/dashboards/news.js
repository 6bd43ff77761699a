// Something was read in the bell or here: the page shows it anew.
document.addEventListener("news:changed", () => {
  document.getElementById("news-page")?.dispatchEvent(new CustomEvent("live", { detail: {} }));
});
