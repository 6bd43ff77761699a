// A notification was marked read, here or in the bell: refresh the page's list.
document.addEventListener("news:changed", () => {
  document.getElementById("news-page")?.dispatchEvent(new CustomEvent("live", { detail: {} }));
});
