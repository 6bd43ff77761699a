// The tab that is open is in sight, however narrow the bar is.
document.querySelector(".tabbar [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
