"""Markdown of our dialect as canonical text, with a list of what could not be carried."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from markdown_it.token import Token

from medithread.kernel.text.errors import Loss, TextError, shortened
from medithread.kernel.text.html_tree import is_address
from medithread.kernel.text.inline import NUMBER, RANK, Node, printable
from medithread.kernel.text.markdown_rules import parser
from medithread.kernel.text.reading import plain_text
from medithread.kernel.text.schema import BYTES, FILE, LANGUAGE, Doc, normalise

CELL = re.compile(r"\{((?:header|colspan=\d{1,3}|rowspan=\d{1,6})(?: (?:header|colspan=\d{1,3}|rowspan=\d{1,6}))*|)\}(?:\s+|$)")
_WIDTH = re.compile(r"\{width=(\d{1,3})\}")
_TASK = re.compile(r"\[([ xX])\] ")
_BREAK: Node = {"type": "hardBreak"}

Resolve = Callable[[str], str | None]


@dataclass(slots=True)
class Tree:
    """A token with the tokens it encloses."""

    token: Token
    children: list[Tree] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.token.type.removesuffix("_open")


def from_markdown(text: str, *, images: Resolve | None = None, records: Resolve | None = None) -> tuple[Doc, list[Loss]]:
    """The document and what could not be carried; TextError when it is too large or nested too deeply.

    `images` gives the SHA-256 of a picture by the address in the source; `records` the number of the record that a
    relative address leads to. None from them, or no such function, lists a loss.
    """
    if len(text) > BYTES:
        raise TextError("text.large", f"The text is larger than {BYTES // 1_000_000} MB. Divide the document.")
    reader = Reader(images, records)
    content = reader.blocks(trees(parser().parse(printable(text.removeprefix("\ufeff")))))
    return normalise({"type": "doc", "content": content}), reader.losses


def trees(tokens: Iterable[Token]) -> list[Tree]:
    """The flat tokens of the parser as trees."""
    root: list[Tree] = []
    stack = [root]
    for token in tokens:
        if token.nesting < 0:
            stack.pop()
            continue
        tree = Tree(token)
        stack[-1].append(tree)
        if token.nesting > 0:
            stack.append(tree.children)
    return root


class Reader:
    """Builds nodes from the parser's trees."""

    def __init__(self, images: Resolve | None = None, records: Resolve | None = None) -> None:
        self.images = images
        self.records = records
        self.losses: list[Loss] = []

    def blocks(self, parts: list[Tree]) -> list[Node]:
        done: list[Node] = []
        list_type = ""
        for part in parts:
            if part.kind == "list_type":
                list_type = part.token.info
                continue
            done += self.block(part, list_type)
            list_type = ""
        return done

    def block(self, part: Tree, list_type: str = "") -> list[Node]:
        kind = part.kind
        if kind in ("paragraph", "heading", "inline"):
            return self.text_block(part)
        if kind in ("bullet_list", "ordered_list"):
            return [self.list_block(part, list_type)]
        if kind == "table":
            return self.simple_table(part)
        if kind == "container_table":
            return self.table(part)
        if kind == "blockquote":
            return [{"type": "blockquote", "content": self.blocks(part.children)}]
        return self.leaf(part)

    def leaf(self, part: Tree) -> list[Node]:
        kind, token = part.kind, part.token
        if kind in ("fence", "code_block"):
            language = token.info.strip().split(" ")[0]
            attrs = {"language": language if LANGUAGE.fullmatch(language) else None}
            return [{"type": "codeBlock", "attrs": attrs, "content": [{"type": "text", "text": token.content}]}]
        if kind == "comment":
            self.lose("comment", f"The comment {shortened(token.content, 60)!r} was left out.")
            return []
        return [{"type": {"hr": "horizontalRule", "page_break": "pageBreak"}.get(kind, "paragraph")}]

    def text_block(self, part: Tree) -> list[Node]:
        token = part.children[0].token if part.children else part.token
        content = self.inline(trees(token.children or []), ())
        if part.kind == "heading":
            return [{"type": "heading", "attrs": {"level": int(part.token.tag[1])}, "content": content}]
        return [{"type": "paragraph", "content": content}]

    def list_block(self, part: Tree, list_type: str) -> Node:
        items = [{"type": "listItem", "content": self.item(item)} for item in part.children]
        if part.kind == "bullet_list":
            return {"type": "bulletList", "content": items}
        start = min(int(part.token.attrs.get("start", 1)), 32_767)
        return {"type": "orderedList", "content": items, "attrs": {"start": start, "type": list_type or None}}

    def item(self, item: Tree) -> list[Node]:
        """The blocks of a list item; a task's box becomes a character."""
        blocks = self.blocks(item.children)
        if item.children and (task := _TASK.match(_source(item.children[0]))) and _TASK.match(blocks[0]["content"][0].get("text", "")):
            text = blocks[0]["content"][0]
            text["text"] = ("☐ " if task[1] == " " else "☑ ") + text["text"][4:]
        return blocks

    def simple_table(self, part: Tree) -> list[Node]:
        """A GFM table; an empty row of headings stands for none."""
        rows = [(row, section.kind == "thead") for section in part.children for row in section.children]
        nodes = [self.row([self.cell(cell, head) for cell in row.children]) for row, head in rows]
        blank = all(plain_text(cell) == "" and len(cell["content"]) == 1 for cell in nodes[0]["content"])
        return [{"type": "table", "content": nodes[1:] if blank else nodes}]

    def row(self, cells: list[Node]) -> Node:
        return {"type": "tableRow", "content": cells}

    def cell(self, cell: Tree, head: bool) -> Node:
        content = self.inline(trees(cell.children[0].token.children or []), ())
        return {"type": "tableHeader" if head else "tableCell", "content": [{"type": "paragraph", "content": content}]}

    def table(self, part: Tree) -> list[Node]:
        """The fenced form: a list of rows, each a list of cells. Other blocks between them are kept before the table."""
        rows: list[Node] = []
        others: list[Node] = []
        for child in part.children:
            if child.kind != "bullet_list":
                others += self.block(child)
                continue
            for row in child.children:
                lists = [inner for inner in row.children if inner.kind == "bullet_list"]
                rows.append(self.row([self.spanning(cell) for inner in lists for cell in inner.children]))
                others += [
                    block
                    for inner in row.children
                    if inner not in lists and not CELL.fullmatch(_source(inner))
                    for block in self.block(inner)
                ]
        return [*others, {"type": "table", "content": rows}]

    def spanning(self, cell: Tree) -> Node:
        match = CELL.match(_source(cell.children[0])) if cell.children else None
        words = match[1].split() if match else []
        attrs = {name: min(max(int(value), 1), 32_767) for name, _, value in (word.partition("=") for word in words) if value}
        content = self.blocks(cell.children)
        if match:
            inline = content[0]["content"]
            inline[0]["text"] = inline[0]["text"].lstrip()[len(match[0].rstrip()) :]
            if match.end() == len(_source(cell.children[0])):
                del content[0]
        return {"type": "tableHeader" if "header" in words else "tableCell", "attrs": attrs, "content": content}

    def inline(self, parts: list[Tree], marks: tuple[Node, ...]) -> list[Node]:
        done: list[Node] = []
        for part in parts:
            kind, token = part.kind, part.token
            if kind == "image":
                done += self.image(token)
            elif names := _marks(part):
                done += self.inline(part.children, (*marks, *({"type": name} for name in names)))
            elif kind == "link":
                done += self.link(part, marks)
            elif kind in ("text", "code_inline", "softbreak"):
                done += self.text(part, marks, done)
            elif kind == "hardbreak":
                done.append(_BREAK)
            elif kind == "record_link":
                done.append({"type": "recordLink", "attrs": token.meta})
            else:
                done += self.html(kind, token.content)
        return done

    def text(self, part: Tree, marks: tuple[Node, ...], before: list[Node]) -> list[Node]:
        text = part.token.content
        if part.kind == "softbreak":
            return [{"type": "text", "text": " ", "marks": list(marks)}]
        if part.kind == "code_inline":
            return [{"type": "text", "text": text, "marks": [*marks, {"type": "code"}]}]
        width = _WIDTH.match(text) if before and before[-1]["type"] == "image" else None
        if width and 1 <= int(width[1]) <= 100:
            before[-1]["attrs"]["width"] = int(width[1])
            text = text[width.end() :]
        return [{"type": "text", "text": text, "marks": list(marks)}]

    def link(self, part: Tree, marks: tuple[Node, ...]) -> list[Node]:
        href = str(part.token.attrs.get("href", ""))
        others = tuple(mark for mark in marks if mark["type"] != "link")
        if is_address(href):
            return self.inline(part.children, (*others, {"type": "link", "attrs": {"href": href}}))
        content = self.inline(part.children, marks)
        number = self.records(href) if self.records else None
        if number and NUMBER.fullmatch(number):
            target: Node = {"type": "recordLink", "attrs": {"number": number}}
            shown = plain_text({"type": "paragraph", "content": content}).strip()
            return [target] if shown in ("", number) else [*content, {"type": "text", "text": " ("}, target, {"type": "text", "text": ")"}]
        self.lose("link", f"The link to {shortened(href, 60)!r} was left out; its text stays.")
        return content

    def image(self, token: Token) -> list[Node]:
        source, alt = str(token.attrs.get("src", "")), shortened(_alt(token), 1000)
        file = source.removeprefix("sha256:")
        if not FILE.fullmatch(file) and self.images:
            file = self.images(source) or ""
        if FILE.fullmatch(file):
            return [{"type": "image", "attrs": {"file": file, "alt": alt}}]
        self.lose("image", f"The picture {shortened(source, 60)!r} was left out; insert it from its file.")
        return [{"type": "text", "text": f"[{alt}]"}] if alt else []

    def html(self, kind: str, content: str) -> list[Node]:
        if kind == "tag" and content.lower().startswith("<li"):
            return [_BREAK, {"type": "text", "text": "• "}]
        if kind == "comment":
            self.lose("comment", f"The comment {shortened(content, 60)!r} was left out.")
        elif not re.match(r"</|<(?:ul|ol|p|div|span)\b", content, re.IGNORECASE):
            self.lose("tag", f"The HTML {shortened(content, 60)!r} was left out.")
        return []

    def lose(self, code: str, message: str) -> None:
        self.losses.append(Loss(f"markdown.{code}", message))


def _marks(part: Tree) -> list[str]:
    names = {"strong": ["bold"], "em": ["italic"], "s": ["strike"]}.get(part.kind)
    found: list[str] = part.token.meta["marks"] if part.kind == "mark" else names or []
    return sorted(set(found), key=RANK.__getitem__)


def _source(part: Tree) -> str:
    """The raw inline source of a paragraph."""
    return part.children[0].token.content if part.kind == "paragraph" and part.children else ""


def _alt(token: Token) -> str:
    parts = (child.content if child.type != "softbreak" else " " for child in token.children or ())
    return "".join(parts)
