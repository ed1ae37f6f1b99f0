// The one search box: "/" or Ctrl-K goes there, suggestions come while typing, Enter opens the chosen one.
import { csrf, each, keys, later, on, typing, word } from "./page.js";

const box = () => document.querySelector("[data-search]");
const list = () => document.getElementById("suggest");
const options = () => [...list().querySelectorAll('[role="option"]')];
let at = -1;

function show(open) {
  list().hidden = !open;
  box().setAttribute("aria-expanded", String(open));
  if (!open) choose(-1);
}

function choose(index) {
  const all = options();
  at = all.length ? (index + all.length) % all.length : -1;
  if (index < 0) at = -1;
  all.forEach((option, n) => option.setAttribute("aria-selected", String(n === at)));
  if (at < 0) return box().removeAttribute("aria-activedescendant");
  box().setAttribute("aria-activedescendant", all[at].id);
  all[at].scrollIntoView({ block: "nearest" });
}

function fill(html) {
  list().innerHTML = html;
  options().forEach((option, n) => { option.id ||= `suggest-${n}`; option.tabIndex = -1; });
  show(options().length > 0 || list().textContent.trim() !== "");
}

const suggest = later(async () => {
  const words = box().value.trim();
  const url = box().form.dataset.suggestUrl;
  if (!url || !words) return show(false);
  const answer = await fetch(`${url}?q=${encodeURIComponent(words)}`, { headers: { "X-CSRFToken": csrf(), "HX-Request": "true" } }).catch(() => null);
  if (answer?.ok && !answer.redirected && box().value.trim() === words) fill(await answer.text());
}, 140);

function arrow(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && !list().hidden) {
    event.preventDefault();
    choose(at < 0 && step < 0 ? options().length - 1 : at + step);
  } else if (event.key === "Enter" && at >= 0) {
    event.preventDefault();
    options()[at].click();
  } else if (event.key === "Escape" && !list().hidden) {
    event.preventDefault(); // the first Escape closes the list, only the next one empties the field
    show(false);
  }
}

each("[data-search]", (input) => {
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": "suggest", "aria-autocomplete": "list" })) input.setAttribute(name, value);
  list().setAttribute("role", "listbox");
  list().setAttribute("aria-label", word("suggestions", "Suggestions"));
  input.addEventListener("input", suggest);
  input.addEventListener("focus", suggest);
  input.addEventListener("keydown", arrow);
  input.form.addEventListener("focusout", (event) => { if (!input.form.contains(event.relatedTarget)) show(false); });
});
on("mousedown", "#suggest", (event) => event.preventDefault());

document.addEventListener("keydown", (event) => {
  const slash = event.key === "/" && keys() && !typing(event);
  const control = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.target.closest?.(".ProseMirror");
  if (!box() || !(slash || control)) return;
  event.preventDefault();
  box().focus();
  box().select();
});
