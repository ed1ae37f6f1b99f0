"""Rewrites the XML of a Word document so that the reader behind it sees only what it understands; what it drops is listed.

Tracked changes are accepted, text boxes follow their paragraph, formulas become text, pictures are stored, and every paragraph and
run carries its facts (heading level, list label, marks) where its style stood.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element, SubElement

from mammoth.docx.dingbats import dingbats

from medithread.kernel.text.docx_facts import Facts, paragraph_properties, wml
from medithread.kernel.text.docx_losses import Losses, text_of
from medithread.kernel.text.docx_package import MC, A, M, O, R, V, W
from medithread.kernel.text.docx_pictures import Pictures
from medithread.kernel.text.docx_styles import switched_on, value
from medithread.kernel.text.docx_tables import add_skipped_cells, mark_indented, merge_cells
from medithread.kernel.text.errors import shortened

_KEPT = frozenset(("t", "tab", "br", "noBreakHyphen", "softHyphen", "bookmarkStart"))
_DROPPED_NAMES = """
bookmarkEnd proofErr lastRenderedPageBreak commentRangeStart commentRangeEnd annotationRef footnoteRef endnoteRef separator
continuationSeparator background permStart permEnd delText delInstrText moveFromRangeStart moveFromRangeEnd moveToRangeStart moveToRangeEnd
tblGrid sdtPr sdtEndPr smartTagPr customXmlPr rubyPr rt rPr pPr sectPr tblPrEx customXmlInsRangeStart customXmlInsRangeEnd
"""
_DROPPED = frozenset(_DROPPED_NAMES.split())
_PROPERTIES = frozenset(f"{W}{name}" for name in ("tblPr", "trPr", "tcPr"))
_WALKED = frozenset(f"{W}{name}" for name in ("body", "sdtContent", "customXml", "smartTag"))
_LOUD_FIELDS = frozenset({"HYPERLINK", "FORMCHECKBOX", "TOC", "PAGEREF", "NOTEREF", "TC", "XE", "RD", ""})


class Preparer:
    """Walks one part in reading order and rewrites it in place."""

    def __init__(self, facts: Facts, pictures: Pictures, losses: Losses) -> None:
        self.facts, self.pictures, self.losses = facts, pictures, losses
        self.comments: dict[str, str] = {}
        self.paragraphs = 0
        self.heading = ""
        self.story = ""
        self.cells: list[list[int]] = []
        self.tables = 0
        self.lifted: list[Element] = []
        self.fields: list[list[str]] = []
        self.contents = 0
        self.rule = False
        self.in_link = False
        self.style = ""
        handlers: dict[str, Callable[[Element], list[Element]]] = {
            **dict.fromkeys(("ins", "moveTo"), self.inserted),
            **dict.fromkeys(("del", "moveFrom"), self.deleted),
            **dict.fromkeys(("drawing", "pict", "object"), self.drawing),
            **dict.fromkeys(("altChunk", "subDoc"), self.foreign),
            **dict.fromkeys(("footnoteReference", "endnoteReference", "footnote", "endnote"), self.note),
            **dict.fromkeys(("dir", "bdo"), self.children),
            **{"p": self.paragraph, "r": self.run, "sdt": self.control, "tbl": self.table, "tr": self.row, "tc": self.cell},
            **{
                "fldSimple": self.simple_field,
                "fldChar": self.field_sign,
                "instrText": self.field_code,
                "ruby": self.ruby,
                "sym": self.symbol,
            },
            **{"commentReference": self.comment, "hyperlink": self.link},
            **{"cr": lambda _: [wml("br")], "ptab": lambda _: [wml("tab")]},
        }
        self.handlers = {f"{W}{name}": handle for name, handle in handlers.items()}
        self.handlers.update({f"{M}oMath": self.formula, f"{M}oMathPara": self.formula, f"{MC}AlternateContent": self.alternative})

    def prepare(self, root: Element, story: str = "") -> None:
        """Rewrites a whole part; `story` names it in places ("footnotes")."""
        self.story = story
        self.replace(root)

    @property
    def place(self) -> str:
        """Where the walk is, in words."""
        if self.story:
            return self.story
        under = f" under {self.heading!r}" if self.heading else ""
        if self.cells:
            table, row, cell = self.cells[-1]
            return f"table {table}, row {row}, cell {cell}{under}"
        return f"paragraph {self.paragraphs}{under}"

    def lose(self, code: str, message: str) -> None:
        self.losses.add(code, message, self.place)

    def replace(self, element: Element) -> None:
        """Rewrites the children of an element."""
        children = [new for child in list(element) for new in self.rewritten(child)]
        element[:] = children

    def rewritten(self, element: Element) -> list[Element]:
        """What stands in place of an element."""
        handle = self.handlers.get(element.tag)
        if handle:
            return handle(element)
        name = element.tag.rpartition("}")[2]
        if element.tag in _PROPERTIES or (element.tag.startswith(W) and name in _KEPT):
            return [element]
        if element.tag in _WALKED:
            self.replace(element)
            return [element]
        if element.tag.startswith(W) and name in _DROPPED:
            return []
        return self.unknown(element, name)

    def unknown(self, element: Element, name: str) -> list[Element]:
        text = text_of(element)
        self.lose("unknown", f"The Word element {name} is not known here" + (f"; its text {shortened(text, 60)!r} stays." if text else "."))
        return self.children(element)

    def children(self, element: Element) -> list[Element]:
        return [new for child in list(element) for new in self.rewritten(child)]

    # Paragraphs and runs

    def paragraph(self, element: Element) -> list[Element]:
        """The paragraph with its facts, followed by what was lifted out of it."""
        self.paragraphs += 1
        listed = self.contents > 0
        outer, self.lifted = self.lifted, []
        facts = self.facts.paragraph(element)
        if facts.get("kind") == "heading":
            self.heading = shortened(text_of(element), 60) or self.heading
        if facts.get("number"):
            self.lose("numbers", "The automatic number is now part of the text.")
        before, self.style, self.rule = self.style, self.facts.style(element), False
        old = element.find(f"{W}pPr")
        self.replace(element)
        self.style = before
        lifted, self.lifted = self.lifted, outer
        if listed or self.contents or facts["kind"] == "contents":
            self.losses.add("contents", "The table of contents was left out; the application makes its own.", self.place)
            return []
        element.insert(0, paragraph_properties(old, {"kind": "rule"} if self.rule and not text_of(element) else facts))
        return [element, *lifted]

    def run(self, element: Element) -> list[Element]:
        """The run with the marks it has by itself or by its styles."""
        properties = element.find(f"{W}rPr")
        if switched_on(properties, "vanish"):
            if text := text_of(element):
                self.lose("hidden", f"Hidden text was left out: {shortened(text, 200)!r}.")
            return []
        self.colours(properties)
        if self.fields:
            self.fields[-1][1] += text_of(element)
        self.replace(element)
        element.insert(0, self.facts.run(properties, self.style, self.in_link))
        return [element]

    def colours(self, properties: Element | None) -> None:
        if value(properties, f"{W}highlight") not in (None, "none"):
            self.lose("highlight", "Highlighting was left out; the text stays.")
        if (value(properties, f"{W}color") or "auto").lower() not in ("auto", "000000", "windowtext") and not self.in_link:
            self.lose("colour", "The colour of text was left out; the text stays.")

    def link(self, element: Element) -> list[Element]:
        relation = self.pictures.relations.get(element.get(f"{R}id", ""))
        if relation is None or relation.kind != "hyperlink":
            element.attrib.pop(f"{R}id", None)
        before, self.in_link = self.in_link, True
        self.replace(element)
        self.in_link = before
        return [element]

    # Changes, comments, fields, controls

    def inserted(self, element: Element) -> list[Element]:
        self.changed("inserted", "The tracked insertion of {author} was accepted", element, text_of(element))
        return self.children(element)

    def deleted(self, element: Element) -> list[Element]:
        text = text_of(element, deleted=True) or text_of(element)
        self.changed("deleted", "The tracked deletion of {author} was carried out", element, text)
        return []

    def changed(self, code: str, message: str, element: Element, text: str) -> None:
        author = shortened(element.get(f"{W}author", "somebody"), 40)
        if text:
            self.lose(code, f"{message.format(author=author)}: {shortened(text, 200)!r}.")

    def comment(self, element: Element) -> list[Element]:
        self.comments[element.get(f"{W}id", "")] = self.place
        return []

    def note(self, element: Element) -> list[Element]:
        """A note or the reference to it; without a number nothing leads from one to the other."""
        if element.get(f"{W}id") is None:
            return []
        self.replace(element)
        return [element]

    def simple_field(self, element: Element) -> list[Element]:
        self.plain_field(element.get(f"{W}instr", ""), text_of(element))
        return self.children(element)

    def field_sign(self, element: Element) -> list[Element]:
        """Follows the begin and end of fields; a table of contents swallows its paragraphs."""
        kind = element.get(f"{W}fldCharType")
        if kind == "begin":
            self.fields.append(["", "", _chosen(element)])
        elif kind == "separate" and self.fields and _code(self.fields[-1][0]) == "TOC":
            self.contents += 1
        elif kind == "end" and self.fields:
            return self.field_end(element, *self.fields.pop())
        return [element]

    def field_end(self, element: Element, code: str, result: str, chosen: str) -> list[Element]:
        if _code(code) == "TOC":
            self.contents = max(self.contents - 1, 0)
        self.plain_field(code, chosen or result)
        if not chosen:
            return [element]
        text = wml("t")
        text.text = chosen
        return [element, text]

    def field_code(self, element: Element) -> list[Element]:
        if self.fields:
            self.fields[-1][0] += element.text or ""
        return [element]

    def plain_field(self, code: str, result: str) -> None:
        if _code(code) not in _LOUD_FIELDS and not self.contents:
            self.lose("field", f"The field {_code(code)} is now plain text: {shortened(result, 60)!r}.")

    def control(self, element: Element) -> list[Element]:
        """A content control becomes its content; a table of contents is left out."""
        properties = element.find(f"{W}sdtPr")
        gallery = value(properties, f"{W}docPartObj/{W}docPartGallery") or ""
        if gallery.lower() == "table of contents":
            self.lose("contents", "The table of contents was left out; the application makes its own.")
            return []
        name = value(properties, f"{W}alias") or ""
        self.lose("control", f"The content control {name!r} became its content." if name else "A content control became its content.")
        content = element.find(f"{W}sdtContent")
        if content is not None:
            self.replace(content)
        return [element]

    # Objects

    def alternative(self, element: Element) -> list[Element]:
        """Of several forms of one thing the first that holds a picture or text box, else the last resort."""
        forms = list(element)
        rich = [form for form in forms if form.find(f".//{A}blip") is not None or form.find(f".//{W}txbxContent") is not None]
        chosen = (rich or [form for form in forms if form.tag == f"{MC}Fallback"] or forms)[:1]
        return [new for form in chosen for new in self.children(form)]

    def drawing(self, element: Element) -> list[Element]:
        """Pictures stay; the text of boxes follows the paragraph; everything else is listed."""
        if any(found.get(f"{O}hr") in ("t", "true") for found in element.iter(f"{V}rect")):
            self.rule = True
            return []
        for box in element.iter(f"{W}txbxContent"):
            if text := text_of(box):
                self.lose("text-box", f"A text box became paragraphs after its place: {shortened(text, 120)!r}.")
            for child in list(box):
                self.lifted += self.rewritten(child)
        return self.pictures.found_in(element, self.lose)

    def formula(self, element: Element) -> list[Element]:
        text = "".join(found.text or "" for found in element.iter(f"{M}t"))
        self.lose("formula", f"A formula became plain text: {shortened(text, 120)!r}. Check it.")
        run = wml("r")
        SubElement(run, f"{W}t").text = text
        return self.run(run)

    def foreign(self, element: Element) -> list[Element]:
        kind = "document" if element.tag == f"{W}subDoc" else "part in another format"
        self.lose("foreign", f"An inserted {kind} was left out.")
        return []

    def ruby(self, element: Element) -> list[Element]:
        base = element.find(f"{W}rubyBase")
        text = text_of(base) if base is not None else ""
        self.lose("ruby", f"The pronunciation above {shortened(text, 40)!r} was left out.")
        return self.children(base) if base is not None else []

    def symbol(self, element: Element) -> list[Element]:
        """A sign of a symbol font stays when it is known as a character."""
        font, code = element.get(f"{W}font", ""), element.get(f"{W}char", "")
        if re.fullmatch("[0-9A-Fa-f]{4}", code) and {(font, int(code, 16)), (font, int(code[2:], 16))} & dingbats.keys():
            return [element]
        self.lose("symbol", f"The sign {code} of the font {font} was left out.")
        return []

    # Tables

    def table(self, element: Element) -> list[Element]:
        self.tables += 1
        mark_indented(element)
        self.cells.append([self.tables, 0, 0])
        self.replace(element)
        self.cells.pop()
        return [element]

    def row(self, element: Element) -> list[Element]:
        """A row; cells skipped before and after it become empty ones, horizontally merged ones one."""
        if self.cells:
            self.cells[-1][1:] = [self.cells[-1][1] + 1, 0]
        properties = element.find(f"{W}trPr")
        if properties is not None and properties.find(f"{W}ins") is not None:
            self.changed("inserted", "The tracked insertion of a row by {author} was accepted", properties, text_of(element))
        if properties is not None and properties.find(f"{W}del") is not None:
            self.changed(
                "deleted",
                "The tracked deletion of a row by {author} was carried out",
                properties,
                text_of(element, True) or text_of(element),
            )
            return []
        self.replace(element)
        merge_cells(element)
        add_skipped_cells(element, properties)
        if properties is not None and switched_on(properties, "tblHeader") is False:
            properties.remove(properties.find(f"{W}tblHeader"))  # type: ignore[arg-type]  # it was just found
        return [element]

    def cell(self, element: Element) -> list[Element]:
        if self.cells:
            self.cells[-1][2] += 1
        self.replace(element)
        return [element]


def _code(instruction: str) -> str:
    words = instruction.split()
    return words[0].upper() if words else ""


def _chosen(element: Element) -> str:
    """The entry chosen in a drop-down form field."""
    choices = element.find(f"{W}ffData/{W}ddList")
    if choices is None:
        return ""
    entries = [found.get(f"{W}val", "") for found in choices.iter(f"{W}listEntry")]
    at = value(choices, f"{W}result") or value(choices, f"{W}default") or "0"
    return entries[int(at)] if at.isdigit() and int(at) < len(entries) else ""
