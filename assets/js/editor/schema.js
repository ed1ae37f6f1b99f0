// What a document may hold: the same names as the canonical text on the server, nothing more.
import { Schema } from "prosemirror-model";

const span = (dom, name) => Math.max(1, Number(dom.getAttribute(name)) || 1);
const cellAttrs = { colspan: { default: 1 }, rowspan: { default: 1 }, colwidth: { default: null } };
const cell = (tag, role) => ({
  content: "block+",
  attrs: cellAttrs,
  tableRole: role,
  isolating: true,
  parseDOM: [{ tag, getAttrs: (dom) => ({ colspan: span(dom, "colspan"), rowspan: span(dom, "rowspan") }) }],
  toDOM: ({ attrs }) => [tag, { ...(attrs.colspan > 1 && { colspan: attrs.colspan }), ...(attrs.rowspan > 1 && { rowspan: attrs.rowspan }) }, 0],
});
const percent = (text) => (/^\d{1,3}%$/.test(text ?? "") ? Math.min(100, Math.max(1, parseInt(text, 10))) : null);
const LIST_TYPES = ["a", "A", "i", "I"];

/** Where pictures are shown from; set once by the page. */
export const pictures = { base: "", urls: new Map() };
export const pictureUrl = (file) => pictures.urls.get(file) ?? pictures.base + file;

const nodes = {
  doc: { content: "block+" },
  paragraph: { content: "inline*", group: "block", parseDOM: [{ tag: "p" }], toDOM: () => ["p", 0] },
  heading: {
    attrs: { level: { default: 1 } }, content: "inline*", group: "block", defining: true,
    parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({ tag: `h${level}`, attrs: { level } })),
    toDOM: ({ attrs }) => [`h${attrs.level}`, 0],
  },
  blockquote: { content: "block+", group: "block", defining: true, parseDOM: [{ tag: "blockquote" }], toDOM: () => ["blockquote", 0] },
  bulletList: { content: "listItem+", group: "block", parseDOM: [{ tag: "ul" }], toDOM: () => ["ul", 0] },
  orderedList: {
    attrs: { start: { default: 1 }, type: { default: null } }, content: "listItem+", group: "block",
    parseDOM: [{ tag: "ol", getAttrs: (dom) => ({ start: dom.start >= 0 ? dom.start : 1, type: LIST_TYPES.includes(dom.getAttribute("type")) ? dom.getAttribute("type") : null }) }],
    toDOM: ({ attrs }) => ["ol", { ...(attrs.start !== 1 && { start: attrs.start }), ...(attrs.type && { type: attrs.type }) }, 0],
  },
  listItem: { content: "paragraph block*", defining: true, parseDOM: [{ tag: "li" }], toDOM: () => ["li", 0] },
  codeBlock: {
    attrs: { language: { default: null } }, content: "text*", marks: "", group: "block", code: true, defining: true,
    parseDOM: [{ tag: "pre", preserveWhitespace: "full", getAttrs: (dom) => ({ language: /language-([\w+#.-]{1,40})/.exec(dom.querySelector("code")?.className ?? "")?.[1] ?? null }) }],
    toDOM: () => ["pre", { spellcheck: "false" }, ["code", 0]],
  },
  table: { content: "tableRow+", tableRole: "table", isolating: true, group: "block", parseDOM: [{ tag: "table" }], toDOM: () => ["table", ["tbody", 0]] },
  tableRow: { content: "(tableCell | tableHeader)*", tableRole: "row", parseDOM: [{ tag: "tr" }], toDOM: () => ["tr", 0] },
  tableCell: cell("td", "cell"),
  tableHeader: cell("th", "header_cell"),
  image: {
    attrs: { file: {}, alt: { default: "" }, width: { default: null } }, group: "block", draggable: true,
    parseDOM: [{ tag: "img[data-file]", getAttrs: (dom) => ({ file: dom.dataset.file, alt: dom.alt, width: percent(dom.getAttribute("width")) }) }],
    toDOM: ({ attrs }) => ["figure", ["img", { src: pictureUrl(attrs.file), alt: attrs.alt, "data-file": attrs.file, ...(attrs.width && { width: `${attrs.width}%` }) }]],
  },
  horizontalRule: { group: "block", parseDOM: [{ tag: "hr", priority: 40 }], toDOM: () => ["hr"] },
  pageBreak: { group: "block", parseDOM: [{ tag: "hr.page-break" }, { tag: "br[clear=all]" }], toDOM: () => ["hr", { class: "page-break" }] },
  text: { group: "inline" },
  hardBreak: { inline: true, group: "inline", selectable: false, parseDOM: [{ tag: "br" }], toDOM: () => ["br"] },
  recordLink: {
    attrs: { number: {}, edition: { default: null } }, inline: true, group: "inline", atom: true,
    parseDOM: [{ tag: "[data-record]", priority: 60, getAttrs: (dom) => ({ number: dom.dataset.record, edition: dom.dataset.edition || null }) }],
    toDOM: ({ attrs }) => ["span", { class: "record-link", "data-record": attrs.number, ...(attrs.edition && { "data-edition": attrs.edition }) }, attrs.number + (attrs.edition ? ` v${attrs.edition}` : "")],
    leafText: ({ attrs }) => attrs.number,
  },
};

const tag = (name, ...others) => ({ parseDOM: [name, ...others].map((each) => ({ tag: each })), toDOM: () => [name, 0] });
export const ADDRESS = /^(https?:\/\/[^/]|mailto:[^:]|#)/i;
const marks = {
  link: {
    attrs: { href: {} }, inclusive: false,
    parseDOM: [{ tag: "a[href]:not([data-record])", getAttrs: (dom) => ADDRESS.test(dom.getAttribute("href")) && { href: dom.getAttribute("href") } }],
    toDOM: ({ attrs }) => ["a", { href: attrs.href, rel: "noopener noreferrer" }, 0],
  },
  bold: tag("strong", "b"),
  italic: tag("em", "i"),
  underline: tag("u"),
  strike: tag("s", "del", "strike"),
  superscript: { ...tag("sup"), excludes: "superscript subscript" },
  subscript: { ...tag("sub"), excludes: "superscript subscript" },
  code: { ...tag("code", "tt"), code: true },
};

export const schema = new Schema({ nodes, marks });

/** The document as the server's plain JSON: nothing empty, nothing of mere presentation. */
export function toPlain(node) {
  const plain = node.toJSON();
  const strip = (part) => {
    const attrs = Object.fromEntries(Object.entries(part.attrs ?? {}).filter(([, value]) => value !== null && value !== ""));
    delete part.attrs;
    if (Object.keys(attrs).length) part.attrs = attrs;
    part.content?.forEach(strip);
    return part;
  };
  return strip(plain);
}

/** The server's plain JSON as a document; throws where it does not fit. */
export function fromPlain(plain) {
  const doc = schema.nodeFromJSON(plain);
  doc.check();
  return doc;
}
