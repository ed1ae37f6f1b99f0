// How htmx behaves under our content security policy, and the token it sends.
import htmx from "htmx.org/dist/htmx.esm.js";
import { csrf } from "./page.js";

// No inline styles, no eval, no copy of pages in browser storage (records may be confidential).
Object.assign(htmx.config, { includeIndicatorStyles: false, allowEval: false, historyCacheSize: 0, refreshOnHistoryMiss: true });
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "409|422", swap: true },
  { code: "[45]..", swap: false, error: true },
];
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = csrf();
});
document.documentElement.classList.add("js");
