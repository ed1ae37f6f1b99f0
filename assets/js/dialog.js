// Opens a page's form in a dialog: <a href="…" data-dialog>; the same address works as a whole page.
// The page marks what belongs into the dialog with [data-dialog-part]. A success answers with HX-Redirect.
import htmx from "htmx.org/dist/htmx.esm.js";
import { on, word } from "./page.js";

let dialog;

function made() {
  if (dialog) return dialog;
  dialog = document.createElement("dialog");
  dialog.innerHTML = '<div class="dialog-bar"><button type="button" data-dialog-close><span class="vh"></span><svg class="lucide" viewBox="0 0 24 24" fill="none" stroke="currentColor" aria-hidden="true"><path d="M18 6 6 18M6 6l12 12"/></svg></button></div><div class="dialog-body" id="dialog-body"></div>';
  dialog.querySelector(".vh").textContent = word("close", "Close");
  dialog.addEventListener("close", () => body().replaceChildren());
  document.body.append(dialog);
  return dialog;
}

const body = () => made().querySelector(".dialog-body");

function wire() {
  const title = body().querySelector("h1");
  if (title) {
    title.id ||= "dialog-title";
    dialog.setAttribute("aria-labelledby", title.id);
    title.tabIndex = -1;
  }
  for (const form of body().querySelectorAll("form:not([hx-post]):not([data-plain])")) adopt(form);
  (body().querySelector("[data-errors]") ?? body().querySelector("[autofocus]") ?? title)?.focus();
}

function adopt(form) {
  const attributes = { "hx-post": form.getAttribute("action") || dialog.dataset.url, "hx-target": "#dialog-body", "hx-select": "[data-dialog-part]", "hx-disabled-elt": "find .btn.go" };
  if (form.enctype === "multipart/form-data") attributes["hx-encoding"] = form.enctype;
  for (const [name, value] of Object.entries(attributes)) form.setAttribute(name, value);
  htmx.process(form);
}

async function open(url, wide) {
  made().dataset.url = url;
  dialog.classList.toggle("wide", wide);
  await htmx.ajax("GET", url, { target: "#dialog-body", select: "[data-dialog-part]", swap: "innerHTML" });
}

on("click", "a[data-dialog]", (event, link) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  open(link.href, link.dataset.dialog === "wide");
});
on("click", "[data-dialog-close]", (event) => {
  if (!event.target.closest("dialog")) return;
  event.preventDefault();
  dialog.close();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, serverResponse, xhr } = event.detail;
  if (target?.id !== "dialog-body" || serverResponse.includes("data-dialog-part")) return;
  event.preventDefault();
  location.assign(xhr.responseURL || dialog.dataset.url);
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "dialog-body") return;
  if (!dialog.open) dialog.showModal();
  wire();
});
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.target?.id === "dialog-body" && !dialog.open) location.assign(dialog.dataset.url);
});
