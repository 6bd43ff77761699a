// The look that was chosen in the app holds in the back office too. Loaded before the body, so nothing flashes.
const chosen = document.cookie.match(/(?:^|; )theme=(light|dark)/);
if (chosen) document.documentElement.dataset.theme = chosen[1];
