// What every page shares: dialogs, toasts, menus, theme, announcements. Native elements and delegated listeners.
import { say } from "./util.js";

const root = document.documentElement;
const find = (selector, from = document) => from.querySelector(selector);

// Each tab has an id, so that live.js can skip the events that this tab caused itself.
root.dataset.tab = crypto.randomUUID();
document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  ctx.request.headers["X-Tab"] = root.dataset.tab;
  // Live updates and timers are not the user's activity and must not extend the session.
  if (ctx.sourceEvent?.type === "live") ctx.request.headers["X-Background"] = "1";
});

// A page that the browser kept in memory may show what its user may no longer see.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  root.hidden = true;
  location.reload();
});

// Announcements for screen readers: util.js dispatches `ui:say` with the sentence.
document.addEventListener("ui:say", (event) => {
  const voice = find("#say");
  voice.textContent = "";
  requestAnimationFrame(() => (voice.textContent = event.detail));
});

// The booking form selects the doctor of the patient who was chosen, unless a doctor is selected already.
document.addEventListener("patient:chosen", (event) => {
  const select = find("form.book select[name=doctor]");
  const own = event.detail.doctor;
  if (!select || select.value || ![...select.options].some((option) => option.value === own)) return;
  select.value = own;
  select.dispatchEvent(new Event("change", { bubbles: true }));
});

// ---- Dialogs: `data-opens` on the requesting element names the dialog that its response opens.
const unchoose = () => document.querySelectorAll(".chosen").forEach((node) => node.classList.remove("chosen"));
let opener = null;

const open = (dialog) => {
  if (dialog.open) return;
  opener = document.activeElement;
  if (dialog.id === "sheet" && innerWidth > 1180) dialog.show();
  else dialog.showModal();
};

document.addEventListener("htmx:after:swap", (event) => {
  const source = event.detail.ctx?.sourceElement;
  const dialog = source?.dataset?.opens && document.getElementById(source.dataset.opens);
  if (!dialog || !dialog.innerHTML.trim()) return;
  open(dialog);
  const first = ["[autofocus]", "h2[tabindex]", "button"].map((selector) => find(selector, dialog)).find(Boolean);
  first?.focus({ preventScroll: true });
  unchoose();
  source.closest(".appt")?.classList.add("chosen");
});

// A fragment with data-open-now opens the dialog that it is swapped into.
document.addEventListener("htmx:after:swap", () => {
  document.querySelectorAll("dialog [data-open-now]").forEach((node) => {
    node.removeAttribute("data-open-now");
    open(node.closest("dialog"));
    find("[autofocus]", node)?.focus();
  });
});

// On its own page a dialog's form has no dialog to swap into: it is submitted by the browser, and the response is a
// page.
document.addEventListener(
  "submit",
  (event) => {
    if (event.target.matches('main form[hx-target="#modal"]:not([data-opens], dialog *)')) event.stopPropagation();
  },
  true,
);

// A form returned with errors: focus the first invalid field.
document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail.ctx?.response?.status === 422) find('[aria-invalid="true"], .wrong input')?.focus();
});

// A response closes the dialogs that its X-Close-Dialog header names.
document.addEventListener("htmx:after:request", (event) => {
  const closes = event.detail.ctx?.response?.headers?.get("X-Close-Dialog");
  if (closes) closes.split(" ").forEach((id) => document.getElementById(id)?.close());
});

document.addEventListener(
  "close",
  (event) => {
    if (!event.target.matches?.("dialog")) return;
    // What a closed dialog shows must not be fetched again, least of all a visit that has been removed.
    if (event.target.matches("#sheet, #modal")) event.target.replaceChildren();
    unchoose();
    if (opener?.isConnected) opener.focus({ preventScroll: true });
    opener = null;
  },
  true,
);

// ---- Buttons with an action in the page
const remember = (name, value) => {
  document.cookie = `${name}=${value};path=/;max-age=31536000;samesite=lax`;
};

const actions = {
  close: (button) => (button.closest("dialog") ? button.closest("dialog").close() : history.back()),
  dismiss: (button) => button.closest(".toast").remove(),
  unhint: (button) => button.closest(".hints").replaceChildren(),
  print: () => print(),
  rail: () => {
    if (document.body.classList.toggle("railopen")) find("#rail button")?.focus();
  },
  theme: (button) => {
    root.dataset.theme = button.value;
    remember("theme", button.value);
    document.querySelectorAll('[data-do="theme"]').forEach((other) => {
      other.setAttribute("aria-pressed", other.value === button.value);
    });
  },
  density: (button) => {
    root.dataset.density = button.value;
    remember("density", button.value);
    document.querySelectorAll('[data-do="density"]').forEach((other) => {
      other.setAttribute("aria-pressed", other.value === button.value);
    });
  },
  pick: (button) => document.getElementById(button.dataset.field).showPicker(),
  shortcuts: () => open(find("#shortcuts")),
  copy: async (button) => {
    const field = find(button.dataset.from);
    await navigator.clipboard.writeText(field.value).catch(() => (field.select(), document.execCommand("copy")));
    say(button.dataset.said);
    button.classList.add("done");
  },
  fill: (button) => {
    const form = document.getElementById(button.dataset.form);
    Object.entries(JSON.parse(button.dataset.values)).forEach(([name, value]) => (form.elements[name].value = value));
    form.requestSubmit();
  },
};

// ---- A <details data-keep> stays open when a swap replaces it.
let kept = [];
document.addEventListener("htmx:before:swap", () => {
  kept = [...document.querySelectorAll("details[data-keep][open]")].map((details) => details.id);
});
document.addEventListener("htmx:after:swap", () => {
  kept.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
});

// A click on the backdrop closes a dialog, unless the press began inside it, such as while selecting text.
let pressed = null;
document.addEventListener("pointerdown", (event) => (pressed = event.target));

document.addEventListener("click", (event) => {
  if (event.target.matches("dialog.modal") && event.target === pressed) event.target.close();
  document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  const button = event.target.closest("[data-do]");
  if (button) actions[button.dataset.do]?.(button);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !find("dialog:modal")) {
    const menu = find("details.menu[open]");
    if (menu) {
      menu.open = false;
      find("summary", menu).focus();
    } else find("#sheet[open]:not(:modal)")?.close();
  }
  if (event.key === "?" && !event.target.matches("input, textarea, select") && find("#shortcuts")) actions.shortcuts();
});

// ---- Patients offered while typing: Enter and the arrow keys move into the list, Enter selects there.
document.addEventListener("keydown", (event) => {
  const field = event.target.closest(".field");
  if (!field?.querySelector(".picks") || !["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
  const searching = event.target.matches("[type=search]");
  if (event.key === "Enter" && !searching) return;
  event.preventDefault();
  const rows = [field.querySelector("[type=search]"), ...field.querySelectorAll(".picks .hitrow")];
  const step = event.key === "ArrowUp" ? -1 : 1;
  rows[Math.min(Math.max(rows.indexOf(event.target) + step, 0), rows.length - 1)].focus();
});

// ---- A free time and a typed time exclude each other.
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (event.target.name === "slot" && form?.elements.time) form.elements.time.value = "";
  if (event.target.name === "time" && event.target.value) {
    form.querySelectorAll('[name="slot"]:checked').forEach((chip) => (chip.checked = false));
  }
});

// ---- Toasts leave after eight seconds, but not while hovered or focused.
const toasts = find("#toasts");

const expire = (toast) => {
  let timer = setTimeout(() => toast.remove(), 8000);
  const stay = () => clearTimeout(timer);
  const go = () => (timer = setTimeout(() => toast.remove(), 3000));
  toast.addEventListener("pointerenter", stay);
  toast.addEventListener("focusin", stay);
  toast.addEventListener("pointerleave", go);
  toast.addEventListener("focusout", go);
  // Hidden at once, but in the document until the response arrives: htmx drops responses to removed elements.
  find(".undo", toast)?.addEventListener("click", () => setTimeout(() => (toast.hidden = true)));
  toast.addEventListener("htmx:finally:request", () => toast.remove());
};

toasts?.querySelectorAll(".toast").forEach(expire);
if (toasts) {
  new MutationObserver((changes) => {
    changes.forEach((change) => change.addedNodes.forEach((node) => node.classList?.contains("toast") && expire(node)));
    // An offer to undo makes room for others last.
    while (toasts.children.length > 3) (find(".toast:not(:has(.undo))", toasts) ?? toasts.firstElementChild).remove();
  }).observe(toasts, { childList: true });
}

// The request failed (network, or 5xx): the page stays as it is, and a toast says so.
const failed = (text) => {
  const toast = find("#failed-toast")?.content.firstElementChild.cloneNode(true);
  if (!toast) return;
  if (text) find("span", toast).textContent = text;
  toasts.append(toast);
};
document.addEventListener("htmx:response:error", (event) => event.detail.ctx.response.status >= 500 && failed());
document.addEventListener("htmx:error", () => failed());
