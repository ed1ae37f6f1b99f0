// Small helpers that all modules share.

/** The token the server expects with every POST; from <meta name="csrf-token">. */
export const csrf = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

/** Listen once for the whole document, for elements that match a selector now or later. */
export function on(type, selector, act) {
  document.addEventListener(type, (event) => {
    const found = event.target instanceof Element && event.target.closest(selector);
    if (found) act(event, found);
  });
}

/** Run for every element that matches, now and whenever a part of the page is replaced. */
export function each(selector, act) {
  const run = (root) => root.querySelectorAll?.(selector).forEach(act);
  run(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.target.matches?.(selector)) act(event.target);
    run(event.target);
  });
}

/** A sentence in the person's language: <script type="application/json" id="page-words"> overrules the English default. */
export function word(key, fallback, values = {}) {
  const table = document.querySelector("script#page-words");
  const text = (table && JSON.parse(table.textContent)[key]) || fallback;
  return text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

/** Wait until the person pauses. */
export function later(act, pause) {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...args), pause);
  };
}

export function remember(name, value) {
  const safe = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=31536000; SameSite=Lax${safe}`;
}

/** True while the person types into a field: single keys are letters then. */
export const typing = (event) =>
  event.ctrlKey || event.metaKey || event.altKey || event.target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName ?? "") && !/^(checkbox|radio)$/.test(event.target.type);

/** Single-key shortcuts can be switched off by the person: <html data-keys="off">. */
export const keys = () => document.documentElement.dataset.keys !== "off";
