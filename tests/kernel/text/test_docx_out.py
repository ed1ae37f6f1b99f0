"""Word files with real styles, the same bytes each time, and readable again."""

import hashlib
import io
import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings

from medithread.kernel.text.docx_in import from_docx
from medithread.kernel.text.docx_out import to_docx
from medithread.kernel.text.markdown import from_markdown
from tests.kernel.text.samples import PNG, SHA, doc, marked, paragraph
from tests.kernel.text.strategies import documents

MARKDOWN = """# Inspection

All *lots* of **pumps** at 10^-3^ µm, H~2~O, ++twice++, ~~never~~, `code`, [here](https://example.org/ä?a=1&b=2), [above](#inspection),
[[SOP-0042]] and [[SOP-0042 v3]].\\
Second line.

## Steps

1. Take the lot
   - gently
     - very

   And note it.
2. Inspect

   | Step | Who |
   |---|---|
   | a | b |
3. Sign

{type=a}

3. third
4. fourth

- bullet
- other

> Quoted words
>
> - with a list
>   1. in a list
>
> and more

> Other words

```
x = 1
    y = 2
```

***

\\pagebreak

| Step | Who |
|---|---|
| **Check** the<br>lot | QA |

::: table
* - {header colspan=2} Merged
  - {header} C
* - {rowspan=2} down
  - x
  - y

    - list

    ::: table
    * - inner
    :::
* - z
  - {}
:::
"""


def written(document, **options):
    given_options = {"title": "Inspection", "properties": {}, "load_image": {SHA: PNG}.get, **options}
    return to_docx(document, **given_options)


def again(data):
    return from_docx(data, lambda picture, kind: hashlib.sha256(picture).hexdigest())


def sample():
    return from_markdown(MARKDOWN)[0]


def test_what_is_written_is_read_again():
    found = again(written(sample()))
    assert found.doc == sample()
    assert {loss.code for loss in found.losses} <= {"docx.blank"}
    assert found.title == "Inspection"


def test_the_same_content_gives_the_same_bytes():
    one, other = written(sample(), header="H {page}"), written(sample(), header="H {page}")
    assert hashlib.sha256(one).digest() == hashlib.sha256(other).digest()
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"


def test_styles_are_words_own():
    document = docx.Document(io.BytesIO(written(sample())))
    names = {one.style.name for one in document.paragraphs}
    assert {"Heading 1", "Heading 2", "List Number", "List Bullet 2", "List Bullet 3", "List Continue", "Quote", "Code"} <= names


def test_header_rows_repeat_and_tables_are_whole():
    document = docx.Document(io.BytesIO(written(sample())))
    table = document.tables[-1]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert table.cell(0, 0)._tc is table.cell(0, 1)._tc
    assert table.cell(1, 0)._tc is table.cell(2, 0)._tc


def test_header_and_footer_count_pages():
    document = docx.Document(io.BytesIO(written(sample(), header="SOP-1", footer="Page {page} of {pages}")))
    section = document.sections[0]
    assert section.header.paragraphs[0].text == "SOP-1"
    codes = [field.get(qn("w:instr")) for field in section.footer.paragraphs[0]._p.iter(qn("w:fldSimple"))]
    assert codes == ["PAGE", "NUMPAGES"]


def test_properties_are_words_own_or_custom():
    data = written(sample(), properties={"author": "Quinn", "subject": "Lots", "Number": 'SOP-"1" <&>', "Edition": "v3"})
    found = again(data).metadata
    assert found["creator"] == "Quinn"
    assert found["subject"] == "Lots"
    assert found["Number"] == 'SOP-"1" <&>'
    assert found["title"] == "Inspection"
    assert docx.Document(io.BytesIO(data)).core_properties.author == "Quinn"


def test_pictures_keep_description_and_share_of_the_width():
    image = {"type": "image", "attrs": {"file": SHA, "alt": "A pump", "width": 40}}
    assert again(written(doc(image))).doc["content"] == [image]


@pytest.mark.parametrize("data", [None, b"", b"RIFF\x00\x00\x00\x00WEBPVP8 ", b"\x89PNG\r\n\x1a\nbroken", b"GIF89a"])
def test_pictures_that_word_cannot_show_leave_their_description(data):
    image = {"type": "image", "attrs": {"file": SHA, "alt": "A pump"}}
    found = again(written(doc(paragraph("a"), image), load_image=lambda file: data))
    assert found.doc["content"] == [paragraph("a"), paragraph("[A pump]")]


def test_lists_keep_their_numbers_after_what_interrupts_them():
    text = "7. a\n\n   ```\n   x\n   ```\n8. b\n"
    blocks = again(written(from_markdown(text)[0])).doc["content"]
    assert [block.get("attrs") for block in blocks if block["type"] == "orderedList"] == [{"start": 7}, {"start": 8}]


def test_bold_over_a_whole_heading_says_nothing():
    made = doc({"type": "heading", "attrs": {"level": 1}, "content": [marked("Scope", "bold")]})
    assert again(written(made)).doc["content"][0]["content"] == [{"type": "text", "text": "Scope"}]


@settings(max_examples=20, deadline=None)
@given(documents())
def test_every_document_can_be_written_and_read(document):
    found = again(written(document))
    assert not {loss.code for loss in found.losses} & {"docx.unknown", "docx.picture", "docx.field"}
