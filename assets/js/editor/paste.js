// What is pasted from Word and other programs, brought to plain structure: headings, lists, marks and tables stay, looks go.

const HEADING = /Mso(?:Heading(\d)|(Title))|^Heading(\d)/i;
const css = (element, name) => new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([^;]+)`, "i").exec(element.getAttribute("data-style") ?? "")?.[1].trim() ?? "";

function rename(element, tag) {
  const made = element.ownerDocument.createElement(tag);
  made.append(...element.childNodes);
  element.replaceWith(made);
  return made;
}

function wrap(element, tag) {
  const made = element.ownerDocument.createElement(tag);
  made.append(...element.childNodes);
  element.append(made);
}

/** Inline looks become marks: <span style="font-weight:700"> is bold. */
function marks(root) {
  for (const span of root.querySelectorAll("span[data-style], font[data-style]")) {
    if (/^(bold|[6-9]00)$/i.test(css(span, "font-weight"))) wrap(span, "strong");
    if (/italic/i.test(css(span, "font-style"))) wrap(span, "em");
    const line = css(span, "text-decoration") + css(span, "text-decoration-line");
    if (/underline/i.test(line)) wrap(span, "u");
    if (/line-through/i.test(line)) wrap(span, "s");
    if (/sub/i.test(css(span, "vertical-align"))) wrap(span, "sub");
    if (/super/i.test(css(span, "vertical-align"))) wrap(span, "sup");
  }
  for (const bold of root.querySelectorAll("b[data-style]")) if (/normal|400/.test(css(bold, "font-weight"))) bold.replaceWith(...bold.childNodes);
}

/** Word's list paragraphs carry their level and marker in styles; they become real lists. */
function lists(root) {
  const isItem = (element) => /mso-list:\s*l\d+ level\d/i.test(element?.getAttribute?.("data-style") ?? "");
  for (const first of root.querySelectorAll("p, h1, h2, h3, h4, h5, h6")) {
    if (!first.isConnected || !isItem(first) || first.tagName !== "P") continue;
    const stack = [];
    let item = first;
    while (isItem(item)) {
      const next = item.nextElementSibling;
      add(stack, item);
      item = next;
    }
  }
}

function add(stack, paragraph) {
  const level = Number(/level(\d)/i.exec(paragraph.getAttribute("data-style"))[1]);
  const marker = [...paragraph.querySelectorAll("span[data-style]")].find((span) => /mso-list:\s*Ignore/i.test(span.getAttribute("data-style")));
  const ordered = /^\s*\(?([0-9]+|[a-z]{1,3}|[ivxlc]+)[.)]/i.test(marker?.textContent ?? "");
  marker?.remove();
  while (stack.length && stack.at(-1).level > level) stack.pop();
  if (!stack.length || stack.at(-1).level < level) {
    const list = paragraph.ownerDocument.createElement(ordered ? "ol" : "ul");
    const parent = stack.at(-1)?.list.lastElementChild;
    if (parent) parent.append(list);
    else paragraph.before(list);
    stack.push({ level, list });
  }
  paragraph.removeAttribute("data-style"); // done with: it must not be taken for the first of another list
  const item = paragraph.ownerDocument.createElement("li");
  stack.at(-1).list.append(item);
  item.append(paragraph);
}

function headings(root) {
  for (const element of root.querySelectorAll("p[class]")) {
    const found = HEADING.exec(element.className);
    if (found) rename(element, `h${Math.min(6, Number(found[1] ?? found[3] ?? 1))}`);
  }
}

/** Clean HTML for the editor's parser, and how many pictures had to be left out. */
export function cleaned(html) {
  const quiet = html.replace(/<(style|script|xml)\b[\s\S]*?<\/\1>/gi, "").replace(/<!--[\s\S]*?-->|<!\[[^\]]*\]>/g, "").replace(/(<[^>]*?)\sstyle=/gi, "$1 data-style=");
  const root = new DOMParser().parseFromString(quiet, "text/html").body;
  root.querySelectorAll("style, script, meta, link, title, xml, o\\:p, colgroup, iframe, object").forEach((element) => element.remove());
  headings(root);
  lists(root);
  marks(root);
  const lost = [...root.querySelectorAll("img:not([data-file])")];
  lost.forEach((image) => image.remove());
  root.querySelectorAll("[data-style], [class]").forEach((element) => {
    element.removeAttribute("data-style");
    if (!element.matches("hr.page-break, code")) element.removeAttribute("class");
  });
  return { html: root.innerHTML, lost: lost.length };
}
