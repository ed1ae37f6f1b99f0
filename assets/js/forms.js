// Forms: nothing typed is lost. Errors get the focus, drafts are kept, leaving unsaved is asked about, files can be dropped.
import { csrf, each, later, on, word } from "./page.js";

each("[data-errors]", (summary) => summary.focus());

/* unsaved changes */
const dirty = new Set();
on("input", "form[data-guard]", (_event, form) => dirty.add(form));
on("submit", "form", (_event, form) => dirty.delete(form));
window.addEventListener("beforeunload", (event) => {
  if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
});

/* private working copies */
const say = (form, text, good) => {
  const state = form.querySelector("[data-autosave-state]");
  if (!state) return;
  state.textContent = text;
  state.classList.toggle("saved", Boolean(good));
};

async function keep(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  const answer = await fetch(form.dataset.autosaveUrl, { method: "POST", body: data, headers: { "X-CSRFToken": csrf() } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return say(form, word("draft-not-kept", "The draft could not be kept. What you typed is still here."));
  const time = new Date().toISOString().slice(11, 16);
  dirty.delete(form);
  return say(form, word("draft-kept", "Draft kept {time} UTC", { time }), true);
}

const keepers = new WeakMap();
on("input", "form[data-autosave-url]", (_event, form) => {
  if (!keepers.has(form)) keepers.set(form, later(() => form.isConnected && keep(form), 1200));
  keepers.get(form)();
});

/* files dropped on a field */
for (const type of ["dragover", "dragleave", "drop"]) {
  on(type, "[data-drop]", (event, zone) => {
    event.preventDefault();
    zone.classList.toggle("over", type === "dragover");
    if (type !== "drop" || !event.dataTransfer.files.length) return;
    const input = zone.querySelector("input[type=file]");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

/* choosing a word for "no value" takes the person to the reason */
on("change", ".empties input[type=radio]", (_event, radio) => {
  if (radio.value) radio.closest("fieldset").querySelector(".reason input")?.focus();
});
