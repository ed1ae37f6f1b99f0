// Colours, folded menu and single-key shortcuts: kept in cookies, so that the server renders them without a flash.
import { each, on, remember } from "./page.js";

const root = document.documentElement;

function mark(form) {
  for (const button of form.querySelectorAll("[name=theme]")) {
    button.setAttribute("aria-pressed", String(button.value === (root.dataset.theme ?? "auto")));
  }
}

each("[data-themes]", mark);
on("click", "[data-themes] [name=theme]", (event, button) => {
  event.preventDefault();
  if (button.value === "auto") delete root.dataset.theme;
  else root.dataset.theme = button.value;
  remember("theme", button.value);
  document.querySelectorAll("[data-themes]").forEach(mark);
});

const folded = () => document.querySelector(".wings").offsetWidth < 100;
each("[data-fold]", (button) => button.setAttribute("aria-pressed", String(folded())));
on("click", "[data-fold]", (_event, button) => {
  root.dataset.nav = folded() ? "full" : "icons";
  button.setAttribute("aria-pressed", String(folded()));
  remember("nav", root.dataset.nav);
});

each("[data-keys-toggle]", (box) => { box.checked = root.dataset.keys !== "off"; });
on("change", "[data-keys-toggle]", (_event, box) => {
  root.dataset.keys = box.checked ? "on" : "off";
  remember("keys", root.dataset.keys);
});
