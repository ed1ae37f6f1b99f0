// The frame: drawer on the phone, small menus, toasts, copying a hash.
import { on, word } from "./page.js";

const wings = () => document.getElementById("wings");
let opener = null;

function shut() {
  wings()?.classList.remove("open");
  opener?.focus();
  opener = null;
}

on("click", "[data-drawer]", (event, link) => {
  event.preventDefault();
  opener = link;
  wings().classList.add("open");
  wings().querySelector("[data-drawer-shut]").focus();
});
on("click", "[data-drawer-shut]", (event) => {
  event.preventDefault();
  shut();
});
document.addEventListener("click", (event) => {
  if (opener && !event.target.closest("#wings, [data-drawer]")) shut();
});
document.addEventListener("focusin", (event) => {
  if (opener && !event.target.closest("#wings")) wings().querySelector("[data-drawer-shut]").focus();
});

/* one small menu at a time */
const menus = () => document.querySelectorAll("details.menu-box[open]");
document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (opener) shut();
  for (const menu of menus()) {
    if (menu.contains(event.target)) menu.querySelector("summary").focus();
    menu.open = false;
  }
});

on("click", ".toast .close", (_event, button) => button.closest(".toast").remove());

on("click", "[data-copy]", async (_event, button) => {
  await navigator.clipboard.writeText(button.dataset.copy);
  const label = button.querySelector(".vh");
  const before = label.textContent;
  label.textContent = word("copied", "Copied");
  button.classList.add("did");
  setTimeout(() => { label.textContent = before; button.classList.remove("did"); }, 1600);
});
