// Apply the theme chosen in the app to Django's admin. Loaded before the body, so that nothing flashes.
const chosen = document.cookie.match(/(?:^|; )theme=(light|dark)/);
if (chosen) document.documentElement.dataset.theme = chosen[1];
