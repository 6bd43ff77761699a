// A section of the patient's form: saves while typing, retries after a lost connection, shows dependent questions.
// Without this script only Continue saves.
const form = document.getElementById("section");
const status = document.getElementById("saved");
const PAUSE = 700; // ms after the last key
const RETRY = 3000;

let timer;
let saving = null; // the request under way
let dirty = false;

const say = (text, waiting) => {
  status.classList.toggle("waiting", waiting);
  status.replaceChildren();
  if (waiting) status.append(text);
  else status.innerHTML = text; // rendered by our own server
  raiseAlarm();
};

// An answer that sounds like an emergency brings the notice along, which leads the page from then on.
const raiseAlarm = () => {
  const alarm = document.getElementById("alarm");
  const notice = status.querySelector("template[data-alarm]");
  if (notice && !alarm.childElementCount) alarm.append(notice.content);
};

const save = async () => {
  clearTimeout(timer);
  if (saving) await saving;
  if (!dirty) return true;
  dirty = false;
  saving = fetch(location.pathname, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { "X-Save": "1" },
    keepalive: true,
  }).then(
    async (answer) => {
      if (answer.ok) say(await answer.text(), false);
      else if (answer.status === 401 || answer.status === 409) say(form.dataset.closed, true);
      return answer.status < 500; // Continue shows the reason of a 4xx
    },
    () => false,
  );
  const done = await saving;
  saving = null;
  if (!done) {
    dirty = true;
    say(navigator.onLine ? form.dataset.failed : form.dataset.offline, true);
    timer = setTimeout(save, RETRY);
  }
  return done;
};

const touch = (wait) => {
  dirty = true;
  clearTimeout(timer);
  timer = setTimeout(save, wait);
};

// ---- Dependent questions, and answers that exclude others
const values = (name) =>
  [...form.querySelectorAll(`[name="${name}"]:checked, [name="${name}.yes"]:checked`)].map((input) => input.value);

const showDependants = () => {
  form.querySelectorAll("[data-depends-on]").forEach((field) => {
    const wanted = field.dataset.dependsValue.split(" ");
    field.classList.toggle("off", !values(field.dataset.dependsOn).some((value) => wanted.includes(value)));
  });
};

const keepNoneAlone = (input) => {
  if (input.type !== "checkbox" || !input.checked || input.name.includes(".")) return;
  form.querySelectorAll(`input[name="${input.name}"]`).forEach((other) => {
    const clash = "exclusive" in input.dataset || "exclusive" in other.dataset;
    if (other !== input && clash) other.checked = false;
  });
};

form.addEventListener("input", () => touch(PAUSE));
form.addEventListener("change", (event) => {
  keepNoneAlone(event.target);
  showDependants();
  touch(0);
});

// ---- Lists: add and remove lines
const renumber = (list) => {
  list.querySelectorAll(".row").forEach((row, number) => {
    row.querySelectorAll("input").forEach((input) => {
      const name = input.name.replace(/\.\d+\./, `.${number}.`);
      row.querySelector(`label[for="${CSS.escape(input.id)}"]`).htmlFor = `a-${name}`;
      input.name = name;
      input.id = `a-${name}`;
    });
    row.setAttribute("aria-label", row.getAttribute("aria-label").replace(/\d+/, number + 1));
    const remove = row.querySelector(".remove");
    remove.setAttribute("aria-label", remove.getAttribute("aria-label").replace(/\d+/, number + 1));
    remove.hidden = list.querySelectorAll(".row").length === 1;
  });
};

form.querySelectorAll(".rows").forEach((list) => {
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    event.preventDefault();
    if (button.dataset.do === "add-row") {
      const row = list.querySelector(".row").cloneNode(true);
      row.querySelectorAll("input").forEach((input) => (input.value = ""));
      button.before(row);
      renumber(list);
      row.querySelector("input").focus();
    } else {
      button.closest(".row").remove();
      renumber(list);
      list.querySelector("input").focus();
      touch(0);
    }
  });
  renumber(list);
});

// ---- Suggestions for medicine names; the list on the page works without the network
let asked = "";
form.addEventListener("input", async (event) => {
  const [, part] = event.target.list?.id.match(/^suggest-(name|substance)$/) ?? [];
  const typed = event.target.value.trim().slice(0, 60);
  if (!part || typed.length < 3 || asked === part + typed) return;
  asked = part + typed;
  const answer = await fetch(`${form.dataset.names}?${new URLSearchParams({ part, q: typed })}`).catch(() => null);
  if (!answer?.ok || asked !== part + typed) return;
  const offered = document.getElementById(`suggest-${part}`);
  const there = new Set([...offered.options].map((option) => option.value.toLowerCase()));
  (await answer.json()).names.forEach((name) => {
    if (!there.has(name.toLowerCase())) offered.append(new Option("", name));
  });
});

// ---- Leaving: save first; a button pressed offline waits for the connection
let leaving = false;
form.addEventListener("submit", async (event) => {
  if (leaving) return;
  event.preventDefault();
  const button = event.submitter;
  dirty = true;
  while (!(await save())) await new Promise((again) => setTimeout(again, 500));
  leaving = true;
  form.requestSubmit(button);
});
addEventListener("online", save);
addEventListener("pagehide", () => dirty && !leaving && save());
addEventListener("pageshow", (event) => event.persisted && location.reload());
showDependants();
form.querySelector(".field.wrong :is(input, textarea)")?.focus();
