// The editor: takes the place of <textarea data-richtext> and sends the canonical document as JSON in its stead.
import { baseKeymap } from "prosemirror-commands";
import { dropCursor } from "prosemirror-dropcursor";
import { gapCursor } from "prosemirror-gapcursor";
import { history } from "prosemirror-history";
import { keymap } from "prosemirror-keymap";
import { EditorState, Plugin } from "prosemirror-state";
import { tableEditing } from "prosemirror-tables";
import { EditorView } from "prosemirror-view";
import * as commands from "./commands.js";
import { cleaned } from "./paste.js";
import { fromPlain, pictures, schema, toPlain } from "./schema.js";
import { toolbar } from "./toolbar.js";
import { imagesIn, insertPictures } from "./upload.js";
import { say } from "./words.js";

const EMPTY = { type: "doc", content: [{ type: "paragraph" }] };

function given(textarea) {
  const data = document.querySelector(`script[type="application/json"][data-doc-for="${CSS.escape(textarea.id)}"]`);
  return fromPlain(data ? JSON.parse(data.textContent) : EMPTY);
}

/** There is always a line to write on below the last table or picture; the server drops it when it stays empty. */
const lastLine = new Plugin({
  appendTransaction: (_changes, _before, { doc, tr }) =>
    doc.lastChild.type === schema.nodes.paragraph ? null : tr.insert(doc.content.size, schema.nodes.paragraph.create()),
});

/** Alt-F10 goes to the toolbar. */
const toToolbar = (focus) => new Plugin({
  props: {
    handleKeyDown(_view, event) {
      if (!event.altKey || event.key !== "F10") return false;
      focus();
      return true;
    },
  },
});

class Editor {
  constructor(textarea) {
    this.textarea = textarea;
    this.frame = Object.assign(document.createElement("div"), { className: "editor" });
    this.note = Object.assign(document.createElement("span"), { className: "note" });
    this.note.setAttribute("role", "status");
    this.count = document.createElement("span");
    const state = EditorState.create({ doc: given(textarea), plugins: this.plugins() });
    this.view = new EditorView(null, { state, attributes: this.attributes(), dispatchTransaction: (tr) => this.changed(tr), ...this.handlers() });
    this.bar = toolbar(this.view, this.acts());
    const foot = Object.assign(document.createElement("div"), { className: "editor-foot" });
    foot.append(this.count, Object.assign(document.createElement("span"), { textContent: say("leave") }), this.note);
    this.frame.append(this.bar.element, this.view.dom, foot);
    this.replace();
    this.bar.show(this.view.state);
    this.counted();
  }

  attributes() {
    const { id } = this.textarea;
    const label = document.querySelector(`label[for="${CSS.escape(id)}"]`);
    if (label) {
      label.id ||= `${id}_label`;
      label.addEventListener("click", () => this.view.focus());
    }
    const described = this.textarea.getAttribute("aria-describedby");
    return { class: "prose", role: "textbox", "aria-multiline": "true", ...(label && { "aria-labelledby": label.id }), ...(described && { "aria-describedby": described }) };
  }

  acts() {
    const { uploadUrl, recordsUrl } = this.textarea.dataset;
    const pick = () => {
      const input = Object.assign(document.createElement("input"), { type: "file", accept: "image/*", multiple: true });
      input.addEventListener("change", () => insertPictures(this.view, input.files, uploadUrl, this.tell));
      input.click();
    };
    return {
      link: () => commands.askLink(this.view),
      record: (cut) => commands.askRecord(this.view, recordsUrl, cut),
      table: () => commands.askTable(this.view),
      image: () => (commands.pictureChosen(this.view.state) ? commands.askPicture(this.view) : pick()),
    };
  }

  plugins() {
    const record = () => this.acts().record(this.view.state.doc.textBetween(this.view.state.selection.from - 2, this.view.state.selection.from) === "[[" ? 2 : 0);
    const asked = { "Mod-k": () => { this.acts().link(); return true; } };
    return [
      toToolbar(() => this.bar.focus()), commands.typed(record), keymap(asked), keymap(this.tabbed(commands.keys)), keymap(baseKeymap),
      history(), dropCursor(), gapCursor(), tableEditing(), lastLine,
    ];
  }

  /** Tab does its work in the text only until Escape was pressed. */
  tabbed(keys) {
    let free = false;
    const watch = (command) => (...given) => (free ? false : command(...given));
    this.escape = (event) => { free = event.key === "Escape" || (free && (event.key === "Tab" || event.key === "Shift")); };
    return { ...keys, Tab: watch(keys.Tab), "Shift-Tab": watch(keys["Shift-Tab"]) };
  }

  handlers() {
    const { uploadUrl } = this.textarea.dataset;
    const take = (transfer) => {
      const files = imagesIn(transfer);
      if (!files.length || !uploadUrl || transfer.getData("text/plain").trim()) return false;
      insertPictures(this.view, files, uploadUrl, this.tell);
      return true;
    };
    return {
      transformPastedHTML: (html) => {
        const { html: clean, lost } = cleaned(html);
        if (lost) this.tell(say("dropped", { n: lost }), true);
        return clean;
      },
      handlePaste: (_view, event) => take(event.clipboardData),
      handleDrop: (_view, event, _slice, moved) => !moved && take(event.dataTransfer),
      handleDOMEvents: { keydown: (_view, event) => { this.escape(event); return false; } },
    };
  }

  tell = (text, wrong = false) => {
    this.note.textContent = text;
    this.note.classList.toggle("late", wrong);
  };

  changed(tr) {
    this.view.updateState(this.view.state.apply(tr));
    this.bar?.show(this.view.state);
    if (!tr.docChanged) return;
    this.counted();
    this.textarea.dispatchEvent(new Event("input", { bubbles: true }));
  }

  counted() {
    clearTimeout(this.counting);
    this.counting = setTimeout(() => {
      const text = this.view.state.doc.textBetween(0, this.view.state.doc.content.size, " ", " ");
      this.count.textContent = say("count", { n: (text.match(/\S+/g) ?? []).length.toLocaleString(document.documentElement.lang || "en") });
    }, 300);
  }

  /** The textarea rests, disabled; whoever reads the form (sending, keeping a draft) gets the JSON. */
  replace() {
    const { textarea } = this;
    textarea.before(this.frame);
    textarea.classList.add("enhanced");
    textarea.disabled = true;
    const name = textarea.dataset.docJsonName || `${textarea.name}_json`;
    textarea.form.addEventListener("formdata", (event) => event.formData.set(name, JSON.stringify(toPlain(this.view.state.doc))));
  }
}

function enhance(textarea) {
  if (textarea.classList.contains("enhanced")) return;
  pictures.base = textarea.dataset.fileUrl ?? "";
  new Editor(textarea);
}

document.querySelectorAll("textarea[data-richtext]").forEach(enhance);
document.addEventListener("htmx:load", (event) => event.target.querySelectorAll?.("textarea[data-richtext]").forEach(enhance));
