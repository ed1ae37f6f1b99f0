// Lists: select rows (with Shift a range), j and k to go down and up, x to select.
import { each, keys, on, typing, word } from "./page.js";

const boxes = (table) => [...table.querySelectorAll("tbody .pick input")];
let last = null;

function count(table) {
  const all = boxes(table);
  const picked = all.filter((box) => box.checked).length;
  const head = table.querySelector("[data-pick-all]");
  if (head) {
    head.checked = picked > 0 && picked === all.length;
    head.indeterminate = picked > 0 && picked < all.length;
  }
  const said = table.closest("form")?.querySelector("[data-picked]");
  if (said) said.textContent = word("selected", "{n} selected", { n: picked });
}

each("table[data-rows]", count);

on("click", "table[data-rows] tbody .pick input", (event, box) => {
  const table = box.closest("table");
  const all = boxes(table);
  if (event.shiftKey && last && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const between of all.slice(from, to + 1)) between.checked = box.checked;
  }
  last = box;
  count(table);
});
on("change", "[data-pick-all]", (_event, head) => {
  for (const box of boxes(head.closest("table"))) box.checked = head.checked;
  count(head.closest("table"));
});
on("click", "[data-pick-none]", (_event, button) => {
  const table = button.closest("form").querySelector("table[data-rows]");
  for (const box of boxes(table)) box.checked = false;
  count(table);
});

function go(rows, step) {
  const here = rows.indexOf(document.activeElement?.closest("tr"));
  const next = rows[Math.min(rows.length - 1, Math.max(0, here < 0 ? 0 : here + step))];
  next?.querySelector("a")?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  const table = document.querySelector("table[data-rows]");
  if (!table || !keys() || typing(event) || document.querySelector("dialog[open]")) return;
  const rows = [...table.tBodies[0].rows];
  if (event.key === "j") go(rows, 1);
  if (event.key === "k") go(rows, -1);
  if (event.key === "x") document.activeElement?.closest("tr")?.querySelector(".pick input")?.click();
});
