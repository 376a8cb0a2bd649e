// Beside a translation's form: the panel follows the field that is written in, leads to it, and copies.
const root = document.querySelector("[data-beside]");
const panel = root?.closest("[data-side-panel]");
const pieces = [...(root?.querySelectorAll("[data-beside-for]") ?? [])];
const place = (piece) => document.getElementById(piece.dataset.besideFor);
const FIELDS = "input:not([type=hidden]), textarea, [contenteditable=true]";

function mark(piece) {
  for (const one of pieces) one.removeAttribute("aria-current");
  piece.setAttribute("aria-current", "true");
  const room = panel.getBoundingClientRect();
  const at = piece.getBoundingClientRect();
  // Not scrollIntoView: that would move the form as well.
  if (at.top < room.top || at.bottom > room.bottom) panel.scrollTop += at.top - room.top - 64;
}

document.addEventListener("focusin", ({ target }) => {
  if (panel?.hidden || root?.contains(target)) return;
  const piece = pieces.find((one) => place(one)?.contains(target));
  if (piece) mark(piece);
});

// The globe counts what is still to be done while it is being done. The server finds the same once the
// page is read anew: a part that was copied is done when no line of it has the words it was copied with,
// a part that changed there when it was changed here, too.
const todo = [...(root?.querySelectorAll("[data-beside-how]") ?? [])];
const globe = document.querySelector('[data-side-panel-toggle="beside"] [data-side-panel-toggle-counter]');
const UNTRANSLATED = 4;

function wordsHere(piece) {
  const found = place(piece);
  const fields = found?.matches(FIELDS) ? [found] : [...(found?.querySelectorAll(FIELDS) ?? [])];
  return fields.map((field) => field.value ?? field.innerText).join("\n");
}

const lines = (text) => text.split("\n").map((line) => line.trim());

function isUntranslated(piece) {
  const here = new Set(lines(wordsHere(piece)));
  const words = piece.querySelector("[data-beside-words]");
  for (const name of (words.dataset.besideNames ?? "").split("|")) here.delete(name);
  return lines(words.textContent).some((line) => line.split(/\s+/).length >= UNTRANSLATED && here.has(line));
}

// What the fields held when somebody first came to them: rich text is not there yet when the page is.
const before = new Map();

function isTouched(piece) {
  if (piece.dataset.besideHow === "same") return before.has(piece) && !isUntranslated(piece);
  return before.has(piece) && before.get(piece) !== wordsHere(piece);
}

function recount() {
  for (const piece of todo) piece.classList.toggle("ns-touched", isTouched(piece));
  if (!globe) return;
  const left = todo.filter((piece) => !piece.matches(".ns-touched, .ns-right")).length;
  globe.textContent = left;
  globe.hidden = !left;
}

function remember({ target }) {
  const piece = todo.find((one) => place(one)?.contains(target));
  if (piece && !before.has(piece)) before.set(piece, wordsHere(piece));
}

let soon;
function recountSoon({ target, key }) {
  if (key === "Tab" || root?.contains(target)) return;
  clearTimeout(soon);
  soon = setTimeout(recount, 150);
}

if (todo.length) {
  for (const kind of ["focusin", "pointerdown"]) document.addEventListener(kind, remember, true);
  for (const kind of ["input", "keyup", "paste", "click"]) document.addEventListener(kind, recountSoon);
}

// "Still right": the part has changed there, and what stands here is true all the same.
for (const button of root?.querySelectorAll("[data-beside-still]") ?? []) {
  const piece = button.closest("section");
  const words = button.querySelector("span").cloneNode(true);
  const [still, undo] = [button.firstChild.textContent, root.dataset.besideUndo];
  button.hidden = false;
  button.addEventListener("click", async () => {
    const isRight = piece.classList.contains("ns-right");
    const said = root.querySelector("[data-beside-said]");
    const form = new FormData();
    form.set("part", button.dataset.besideStill);
    form.set("seen", button.dataset.besideSeen);
    if (isRight) form.set("back", "1");
    form.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    let told = said.dataset.lost;
    try {
      const answer = await fetch(root.dataset.besideRight, { method: "POST", body: form });
      if (answer.ok) {
        piece.classList.toggle("ns-right", !isRight);
        button.replaceChildren(isRight ? still : undo, words.cloneNode(true));
        told = isRight ? said.dataset.back : said.dataset.right;
      } else if (answer.status === 409) {
        told = (await answer.json()).told;
      }
    } catch {
      // Told below: it was not kept.
    }
    said.textContent = told;
    const beside = button.parentElement.querySelector("[data-beside-told]");
    if (beside) beside.textContent = told;
    recount();
  });
}

function lead(piece) {
  const found = place(piece);
  if (!found) return;
  const tab = found.closest("[role=tabpanel]");
  if (tab?.hidden) document.querySelector(`[role=tab][aria-controls="${tab.id}"], [role=tab][href="#${tab.id}"]`)?.click();
  // On a phone the panel lies over the form.
  const side = panel.closest("[data-form-side]");
  if (side.offsetWidth > innerWidth * 0.7) side.querySelector("[data-form-side-close-button]").click();
  found.scrollIntoView({ block: "center" });
  (found.matches(FIELDS) ? found : found.querySelector(FIELDS))?.focus({ preventScroll: true });
  mark(piece);
}

for (const piece of pieces) {
  // After the browser has gone there itself, which unfolds what is folded.
  piece.querySelector("h3 a").addEventListener("click", () => setTimeout(lead, 50, piece));
}

for (const button of root?.querySelectorAll("[data-beside-copy]") ?? []) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const words = button.parentElement.querySelector("[data-beside-words]").cloneNode(true);
    for (const gone of words.querySelectorAll("del")) gone.remove();
    await navigator.clipboard.writeText(words.textContent);
    const said = root.querySelector("[data-beside-said]");
    said.textContent = said.dataset.words;
    button.dataset.done = said.dataset.words;
    setTimeout(() => {
      said.textContent = "";
      delete button.dataset.done;
    }, 2000);
  });
}

const less = root?.querySelector("[data-beside-less]");
if (less) {
  less.hidden = false;
  less.addEventListener("click", () => {
    const only = less.getAttribute("aria-pressed") === "false";
    less.setAttribute("aria-pressed", only);
    root.classList.toggle("ns-less", only);
  });
}
