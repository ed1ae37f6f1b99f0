"""The acceptance run must find what is lost: its measures and judgements, tried on losses made on purpose."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from acceptance import measure
from acceptance.bringing import Brought, judge
from acceptance.lives import choose
from acceptance.sets import Item, items

MARKDOWN = """---
title: not text
---
# Leak test

Each seal is *pressed* at 20 kPa for 5 s. ![jig](jig.png) See [the jig](https://example.org/no-text).

| Step | Limit |
|------|-------|
| Press | 0.3 ml |
| Hold | 5 s |
"""


def body(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "doc", "content": list(blocks)}


def paragraph(words: str) -> dict[str, Any]:
    return {"type": "paragraph", "content": [{"type": "text", "text": words}]}


def table(*rows: tuple[str, ...]) -> dict[str, Any]:
    return {"type": "table", "content": [{"type": "tableRow", "content": [{"type": "tableCell", "content": [paragraph(cell)]} for cell in row]} for row in rows]}


WHOLE = body(
    paragraph("Leak test"), paragraph("Each seal is pressed at 20 kPa for 5 s."), {"type": "image", "attrs": {"file": "0" * 64, "alt": "jig"}},
    paragraph("See the jig."), table(("Step", "Limit"), ("Press", "0.3 ml"), ("Hold", "5 s")),
)  # fmt: skip


@pytest.fixture
def item(tmp_path: Path) -> Item:
    path = tmp_path / "leak.md"
    path.write_text(MARKDOWN)
    return Item("set", path)


def verdict(item: Item, doc: dict[str, Any], told: list[str] | None = None) -> str:
    return judge(Brought(item, outcome="native", told=told or []), measure.of_file(item.path), measure.of_body(doc))


def test_nothing_is_said_where_nothing_is_missing(item: Item) -> None:
    assert verdict(item, WHOLE) == ""


def test_a_lost_number_a_lost_cell_and_a_lost_picture_are_found(item: Item) -> None:
    without = json.dumps(WHOLE)
    assert "words missing" in verdict(item, json.loads(without.replace("20 kPa", "kPa")))
    cells = body(*WHOLE["content"][:4], paragraph("Step Limit Press 0.3 ml Hold 5 s"))
    assert "cells missing" in verdict(item, cells)
    picture = body(*(block for block in WHOLE["content"] if block["type"] != "image"), paragraph("jig"))
    assert "pictures missing" in verdict(item, picture)


def test_another_order_is_found(tmp_path: Path) -> None:
    words = [f"word{n}" for n in range(200)]
    path = tmp_path / "long.md"
    path.write_text(" ".join(words))
    assert "another order" in verdict(Item("set", path), body(paragraph(" ".join(words[::-1]))))


def test_what_was_told_may_be_missing_but_not_much_of_it(item: Item, tmp_path: Path) -> None:
    without = json.loads(json.dumps(WHOLE).replace("20 kPa", "kPa"))
    assert verdict(item, without, ["A comment was left out."]) == ""
    path = tmp_path / "long.md"
    path.write_text(" ".join(f"word{n}" for n in range(200)))
    assert "words missing" in verdict(Item("set", path), body(paragraph("word1")), ["A comment was left out."])


def test_a_source_that_cannot_be_read_is_not_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "broken.docx"
    path.write_bytes(b"no package")
    assert "could not be read" in verdict(Item("set", path), WHOLE)


def test_word_is_read_with_its_text_boxes_notes_and_cells(tmp_path: Path) -> None:
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    inner = "<w:p><w:r><w:t>Main</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>0.3 ml</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    boxed = "<w:p><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>Boxed</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>"
    path = tmp_path / "made.docx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("word/document.xml", f"<w:document {w}><w:body>{inner}{boxed}</w:body></w:document>")
        package.writestr("word/footnotes.xml", f"<w:footnotes {w}><w:footnote><w:p><w:r><w:t>Below</w:t></w:r></w:p></w:footnote></w:footnotes>")
    found = measure.of_docx(path)
    assert (found.words, list(found.cells)) == (("main", "0", "3", "ml", "boxed", "below"), ["0 3 ml"])


def test_ten_are_chosen_from_every_set_and_sort_in_turn() -> None:
    kinds = [("a", "x.md"), ("a", "y.md"), ("a", "z.pdf"), ("b", "x.docx")]
    brought = [Brought(Item(name, Path(f"{n}{file}")), words=100, document=object()) for n in range(5) for name, file in kinds]  # type: ignore[arg-type]
    assert {(one.item.set, one.item.suffix) for one in choose(brought, 3)} == {("a", ".md"), ("a", ".pdf"), ("b", ".docx")}
    assert len(choose(brought, 10)) == 10


def test_sets_are_found_by_their_folders_and_no_file_by_its_name(tmp_path: Path) -> None:
    for place in ("qms-docs-other/deep/One.MD", "qms-docs-other/SOURCE.md", "word-documents/two.docx", "risk-tables/three.md", "word-documents/four.txt"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("x")
    assert [found.name for found in items(tmp_path)] == ["One.MD", "two.docx"]
