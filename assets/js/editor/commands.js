// What can be done to the text: by keys, by typing and by the toolbar.
import { chainCommands, createParagraphNear, exitCode, joinBackward, lift, liftEmptyBlock, newlineInCode, setBlockType, splitBlock, toggleMark, wrapIn } from "prosemirror-commands";
import { redo, undo } from "prosemirror-history";
import { inputRules, textblockTypeInputRule, wrappingInputRule, InputRule } from "prosemirror-inputrules";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { addRowAfter, goToNextCell, isInTable } from "prosemirror-tables";
import { NodeSelection, TextSelection } from "prosemirror-state";
import { ask } from "./ask.js";
import { ADDRESS, schema } from "./schema.js";
import { say } from "./words.js";

const { nodes, marks } = schema;

export const mark = (name) => toggleMark(marks[name]);
export const heading = (level) => setBlockType(nodes.heading, { level });
export const paragraph = setBlockType(nodes.paragraph);
export const codeBlock = setBlockType(nodes.codeBlock);

/** The innermost list round the selection, or null. */
export function listAt(state) {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    const node = $from.node(depth);
    if (node.type === nodes.bulletList || node.type === nodes.orderedList) return { node, pos: $from.before(depth) };
  }
  return null;
}

/** Into a list, out of it, or from one kind of list to the other. */
export const list = (type) => (state, dispatch) => {
  const here = listAt(state);
  if (!here) return wrapInList(nodes[type])(state, dispatch);
  if (here.node.type === nodes[type]) return liftListItem(nodes.listItem)(state, dispatch);
  dispatch?.(state.tr.setNodeMarkup(here.pos, nodes[type]));
  return true;
};
export const indent = sinkListItem(nodes.listItem);
export const outdent = liftListItem(nodes.listItem);
export const quote = (state, dispatch) => (inside(state, nodes.blockquote) ? lift(state, dispatch) : wrapIn(nodes.blockquote)(state, dispatch));

export function inside(state, type) {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth -= 1) if ($from.node(depth).type === type) return true;
  return false;
}

export const put = (type) => (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(nodes[type].create()).scrollIntoView());
  return true;
};

export const hardBreak = chainCommands(exitCode, (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(nodes.hardBreak.create()).scrollIntoView());
  return true;
});

export function clear(state, dispatch) {
  const { from, to } = state.selection;
  dispatch?.(state.tr.removeMark(from, to).setStoredMarks([]));
  return true;
}

/** The stretch of the link at the cursor with its mark, or the selection. */
function reach(state) {
  const { from, to, $from } = state.selection;
  const around = [...$from.marks(), ...($from.nodeBefore?.marks ?? []), ...($from.nodeAfter?.marks ?? [])];
  state.doc.nodesBetween(from, to, (node) => { around.push(...node.marks); });
  const found = around.find((each) => each.type === marks.link);
  if (!found || !$from.parent.isTextblock) return { from, to, found };
  let [left, right] = [from, to];
  let at = $from.start();
  let run = null; // the present run of neighbours that carry this link
  $from.parent.forEach((child) => {
    run = found.isInSet(child.marks) ? { from: run?.from ?? at, to: at + child.nodeSize } : null;
    at += child.nodeSize;
    if (run && run.from <= from && run.to >= from) [left, right] = [Math.min(left, run.from), Math.max(right, run.to)];
  });
  return { from: left, to: right, found };
}

export async function askLink(view) {
  const { from, to, found } = reach(view.state);
  const check = ({ href }) => (!href || ADDRESS.test(href) ? null : ["href", say("hrefWrong")]);
  const answer = await ask(say("link"), [{ name: "href", label: say("href"), hint: say("hrefHint"), value: found?.attrs.href }], { ok: say("apply"), check });
  view.focus();
  if (!answer) return;
  const tr = view.state.tr.removeMark(from, to, marks.link);
  if (answer.href && from === to) tr.insert(from, schema.text(answer.href, [marks.link.create({ href: answer.href })]));
  else if (answer.href) tr.addMark(from, to, marks.link.create({ href: answer.href }));
  view.dispatch(tr);
}

export async function askRecord(view, url, cut = 0) {
  const list = async (words) => {
    const answer = await fetch(`${url}?q=${encodeURIComponent(words)}`).catch(() => null);
    return answer?.ok ? answer.json() : [];
  };
  const fields = [{ name: "number", label: say("number"), hint: say("numberHint"), list }, { name: "edition", label: say("edition"), hint: say("editionHint") }];
  const check = ({ number }) => (/^[^\s[\]|\\]{1,60}$/.test(number) ? null : ["number", say("numberHint")]);
  const answer = await ask(say("record"), fields, { check });
  view.focus();
  if (!answer) return;
  const { from, to } = view.state.selection;
  const link = nodes.recordLink.create({ number: answer.number, edition: answer.edition || null });
  view.dispatch(view.state.tr.replaceWith(from - cut, to, link).scrollIntoView());
}

export async function askPicture(view) {
  const { node, from } = view.state.selection;
  const fields = [{ name: "alt", label: say("alt"), hint: say("altHint"), value: node.attrs.alt }, { name: "width", label: say("width"), type: "number", min: 1, max: 100, value: node.attrs.width }];
  const answer = await ask(say("image"), fields, { ok: say("apply") });
  view.focus();
  if (!answer) return;
  view.dispatch(view.state.tr.setNodeMarkup(from, null, { ...node.attrs, alt: answer.alt, width: answer.width ? Number(answer.width) : null }));
}

export const pictureChosen = (state) => state.selection instanceof NodeSelection && state.selection.node.type === nodes.image;

export async function askTable(view) {
  const number = (name, value, max) => ({ name, label: say(name), type: "number", min: 1, max, value });
  const answer = await ask(say("table"), [number("rows", 3, 200), number("columns", 3, 40)]);
  view.focus();
  if (!answer) return;
  const bound = (text, most) => Math.min(most, Math.max(1, Number(text) || 1));
  const [height, width] = [bound(answer.rows, 200), bound(answer.columns, 40)];
  const row = (type) => nodes.tableRow.create(null, Array.from({ length: width }, () => nodes[type].createAndFill()));
  const made = nodes.table.create(null, Array.from({ length: height }, (_, at) => row(at === 0 && height > 1 ? "tableHeader" : "tableCell")));
  const at = view.state.selection.from;
  const tr = view.state.tr.replaceSelectionWith(made);
  view.dispatch(tr.setSelection(TextSelection.near(tr.doc.resolve(Math.max(at, 1)), 1)).scrollIntoView());
}

const nextCell = (state, dispatch, view) => {
  if (goToNextCell(1)(state, dispatch)) return true;
  if (!isInTable(state)) return false;
  if (!dispatch) return true;
  addRowAfter(state, dispatch);
  return goToNextCell(1)(view.state, dispatch);
};

const enter = chainCommands(splitListItem(nodes.listItem), newlineInCode, createParagraphNear, liftEmptyBlock, splitBlock);

/** Keys as in Word where Word has them. */
export const keys = {
  "Mod-z": undo, "Mod-y": redo, "Shift-Mod-z": redo,
  "Mod-b": mark("bold"), "Mod-i": mark("italic"), "Mod-u": mark("underline"), "Mod-Shift-x": mark("strike"),
  "Mod-=": mark("subscript"), "Mod-+": mark("superscript"), "Mod-Shift-=": mark("superscript"), "Mod-e": mark("code"), "Mod-Space": clear,
  "Mod-Shift-7": list("orderedList"), "Mod-Shift-8": list("bulletList"), "Mod-Shift-9": quote,
  "Mod-Alt-0": paragraph, ...Object.fromEntries([1, 2, 3, 4].map((level) => [`Mod-Alt-${level}`, heading(level)])),
  "Mod-Enter": put("pageBreak"), "Shift-Enter": hardBreak, Enter: enter,
  Tab: chainCommands(nextCell, indent), "Shift-Tab": chainCommands(goToNextCell(-1), outdent),
  Backspace: (state, dispatch, view) => atStartOfItem(state) && (outdent(state, dispatch) || joinBackward(state, dispatch, view)),
};

function atStartOfItem(state) {
  const { $cursor } = state.selection;
  return Boolean($cursor && $cursor.parentOffset === 0 && $cursor.depth > 1 && $cursor.node(-1).type === nodes.listItem && $cursor.index(-1) === 0);
}

/** Typing "# ", "- ", "1. ", "> " begins a heading, a list or a quotation; "[[" asks for a record. */
export const typed = (onRecord) => inputRules({ rules: [
  textblockTypeInputRule(/^(#{1,6})\s$/, nodes.heading, (match) => ({ level: match[1].length })),
  textblockTypeInputRule(/^```$/, nodes.codeBlock),
  wrappingInputRule(/^\s*([-*•])\s$/, nodes.bulletList),
  wrappingInputRule(/^(\d{1,4})[.)]\s$/, nodes.orderedList, (match) => ({ start: Number(match[1]) }), (match, node) => node.childCount + node.attrs.start === Number(match[1])),
  wrappingInputRule(/^\s*>\s$/, nodes.blockquote),
  new InputRule(/\[\[$/, () => { setTimeout(onRecord); return null; }),
] });
