// The toolbar: one stop for Tab, arrows move inside (roving tabindex), pressed states are told.
import Code from "lucide/dist/esm/icons/code.mjs";
import Image from "lucide/dist/esm/icons/image.mjs";
import Italic from "lucide/dist/esm/icons/italic.mjs";
import Link from "lucide/dist/esm/icons/link.mjs";
import List from "lucide/dist/esm/icons/list.mjs";
import ListIndentDecrease from "lucide/dist/esm/icons/list-indent-decrease.mjs";
import ListIndentIncrease from "lucide/dist/esm/icons/list-indent-increase.mjs";
import ListOrdered from "lucide/dist/esm/icons/list-ordered.mjs";
import Minus from "lucide/dist/esm/icons/minus.mjs";
import Quote from "lucide/dist/esm/icons/quote.mjs";
import Record from "lucide/dist/esm/icons/file-symlink.mjs";
import Redo from "lucide/dist/esm/icons/redo-2.mjs";
import Clear from "lucide/dist/esm/icons/remove-formatting.mjs";
import PageBreak from "lucide/dist/esm/icons/separator-horizontal.mjs";
import Strike from "lucide/dist/esm/icons/strikethrough.mjs";
import Sub from "lucide/dist/esm/icons/subscript.mjs";
import Super from "lucide/dist/esm/icons/superscript.mjs";
import Table from "lucide/dist/esm/icons/table.mjs";
import Underline from "lucide/dist/esm/icons/underline.mjs";
import Undo from "lucide/dist/esm/icons/undo-2.mjs";
import { redo, undo } from "prosemirror-history";
import { addColumnAfter, addColumnBefore, addRowAfter, addRowBefore, deleteColumn, deleteRow, deleteTable, isInTable, mergeCells, splitCell, toggleHeaderColumn, toggleHeaderRow } from "prosemirror-tables";
import * as commands from "./commands.js";
import { schema } from "./schema.js";
import { say } from "./words.js";

const Bold = [["path", { d: "M7 5h6a3.5 3.5 0 0 1 0 7H7z" }], ["path", { d: "M7 12h7a3.5 3.5 0 0 1 0 7H7z" }]];
const NS = "http://www.w3.org/2000/svg";

function icon(parts) {
  const svg = document.createElementNS(NS, "svg");
  for (const [name, value] of Object.entries({ class: "lucide", viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" })) svg.setAttribute(name, value);
  for (const [tag, attrs] of parts) {
    const part = svg.appendChild(document.createElementNS(NS, tag));
    for (const [name, value] of Object.entries(attrs)) part.setAttribute(name, value);
  }
  return svg;
}

const marked = (name) => (state) => {
  const { from, to, empty, $from } = state.selection;
  const type = schema.marks[name];
  return empty ? Boolean(type.isInSet(state.storedMarks ?? $from.marks())) : state.doc.rangeHasMark(from, to, type);
};
const listed = (name) => (state) => commands.listAt(state)?.node.type === schema.nodes[name];
const mark = (name, parts, keys) => ({ name, parts, keys, run: commands.mark(name), on: marked(name) });

/** What stands in the toolbar, in order; null is a gap. `run` is a command, `ask` opens a question. */
const ITEMS = (act) => [
  { name: "undo", parts: Undo, keys: "Ctrl+Z", run: undo },
  { name: "redo", parts: Redo, keys: "Ctrl+Y", run: redo },
  null, "style", null,
  mark("bold", Bold, "Ctrl+B"), mark("italic", Italic, "Ctrl+I"), mark("underline", Underline, "Ctrl+U"), mark("strike", Strike, "Ctrl+Shift+X"),
  mark("subscript", Sub, "Ctrl+="), mark("superscript", Super, "Ctrl+Shift+="), mark("code", Code, "Ctrl+E"),
  { name: "clear", parts: Clear, keys: "Ctrl+Space", run: commands.clear },
  null,
  { name: "bulletList", parts: List, keys: "Ctrl+Shift+8", run: commands.list("bulletList"), on: listed("bulletList") },
  { name: "orderedList", parts: ListOrdered, keys: "Ctrl+Shift+7", run: commands.list("orderedList"), on: listed("orderedList") },
  { name: "outdent", parts: ListIndentDecrease, keys: "Shift+Tab", run: commands.outdent },
  { name: "indent", parts: ListIndentIncrease, keys: "Tab", run: commands.indent },
  { name: "quote", parts: Quote, keys: "Ctrl+Shift+9", run: commands.quote, on: (state) => commands.inside(state, schema.nodes.blockquote) },
  null,
  { name: "link", parts: Link, keys: "Ctrl+K", ask: act.link, on: marked("link") },
  { name: "record", parts: Record, keys: "[[", ask: act.record },
  { name: "image", parts: Image, ask: act.image, on: commands.pictureChosen },
  { name: "table", parts: Table, ask: act.table },
  { name: "rule", parts: Minus, run: commands.put("horizontalRule") },
  { name: "pageBreak", parts: PageBreak, keys: "Ctrl+Enter", run: commands.put("pageBreak") },
];

const TABLE = [
  ["rowBefore", addRowBefore], ["rowAfter", addRowAfter], ["columnBefore", addColumnBefore], ["columnAfter", addColumnAfter], ["merge", mergeCells], ["split", splitCell],
  ["headerRow", toggleHeaderRow], ["headerColumn", toggleHeaderColumn], ["deleteRow", deleteRow], ["deleteColumn", deleteColumn], ["deleteTable", deleteTable],
].map(([name, run]) => ({ name, run }));

function button(item, view) {
  const made = document.createElement("button");
  made.type = "button";
  const label = say(item.name);
  if (item.parts) {
    made.append(icon(item.parts));
    made.setAttribute("aria-label", label);
    made.title = item.keys ? `${label} (${item.keys})` : label;
  } else {
    made.textContent = label;
  }
  made.addEventListener("mousedown", (event) => event.preventDefault());
  made.addEventListener("click", () => {
    if (item.ask) return item.ask();
    item.run(view.state, view.dispatch, view);
    return view.focus();
  });
  item.button = made;
  return made;
}

function styles(view) {
  const select = document.createElement("select");
  select.setAttribute("aria-label", say("style"));
  select.append(new Option(say("paragraph"), "0"), ...[1, 2, 3, 4].map((level) => new Option(say("heading", { level }), level)), new Option(say("codeBlock"), "code"));
  select.addEventListener("change", () => {
    const run = { 0: commands.paragraph, code: commands.codeBlock }[select.value] ?? commands.heading(Number(select.value));
    run(view.state, view.dispatch, view);
    view.focus();
  });
  return select;
}

function styleOf({ selection: { $from } }) {
  if ($from.parent.type === schema.nodes.codeBlock) return "code";
  return $from.parent.type === schema.nodes.heading ? String(Math.min(4, $from.parent.attrs.level)) : "0";
}

function rove(bar, view) {
  const stops = () => [...bar.querySelectorAll("button, select")].filter((stop) => !stop.disabled && stop.offsetParent);
  const reset = () => {
    const all = stops();
    const chosen = all.find((stop) => stop.tabIndex === 0) ?? all[0];
    bar.querySelectorAll("button, select").forEach((stop) => { stop.tabIndex = stop === chosen ? 0 : -1; });
  };
  bar.addEventListener("focusin", (event) => {
    bar.querySelectorAll("button, select").forEach((stop) => { stop.tabIndex = stop === event.target ? 0 : -1; });
  });
  bar.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return view.focus();
    const all = stops();
    const here = all.indexOf(document.activeElement);
    const to = { ArrowRight: (here + 1) % all.length, ArrowLeft: (here - 1 + all.length) % all.length, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return undefined;
    event.preventDefault();
    return all[to].focus();
  });
  return { reset, focus: () => (stops().find((stop) => stop.tabIndex === 0) ?? stops()[0]).focus() };
}

/** Build the bar; returns what the editor needs: the element, `show(state)` after each change, `focus()`. */
export function toolbar(view, act) {
  const bar = document.createElement("div");
  bar.className = "toolbar";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", say("toolbar"));
  const select = styles(view);
  const items = ITEMS(act);
  for (const item of items) {
    if (item === null) bar.append(Object.assign(document.createElement("span"), { className: "gap" }));
    else bar.append(item === "style" ? select : button(item, view));
  }
  const tools = Object.assign(document.createElement("div"), { className: "table-tools", hidden: true });
  tools.setAttribute("role", "group");
  tools.setAttribute("aria-label", say("tableTools"));
  tools.append(...TABLE.map((item) => button(item, view)));
  bar.append(tools);
  const roving = rove(bar, view);
  const all = [...items.filter((item) => item?.button), ...TABLE];
  const show = (state) => {
    select.value = styleOf(state);
    tools.hidden = !isInTable(state);
    for (const item of all) {
      if (item.on) item.button.setAttribute("aria-pressed", String(item.on(state)));
      if (item.run) item.button.disabled = !item.run(state);
    }
    roving.reset();
  };
  return { element: bar, show, focus: roving.focus };
}
