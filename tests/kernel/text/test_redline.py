"""What changed: words, blocks, moves, tables; and nothing that did not."""

import random
import re
import time

import pytest
from hypothesis import given, settings

from medithread.kernel.text import plain_text
from medithread.kernel.text.markdown import from_markdown
from medithread.kernel.text.redline import redline, summary
from medithread.kernel.text.redline_html import Words, redline_html
from medithread.kernel.text.redline_words import pair, segments, stretches
from tests.kernel.text.samples import SHA, doc, marked, paragraph
from tests.kernel.text.strategies import documents


def md(text):
    return from_markdown(text)[0]


def shown(old, new, **options):
    return redline_html(md(old), md(new), file_url=lambda file: f"/f/{file}", record_url=lambda number, edition: None, **options)


def bare(html):
    """The HTML without the words for those who do not see the colours."""
    return re.sub(r'<span class="visually-hidden">.*?</span>', "", html)


def kinds(old, new):
    return [change.kind for change in redline(md(old), md(new))]


def test_words_are_compared_inside_a_paragraph():
    html = bare(shown("Use 0.5 mm wire for SOP-0042.", "Use 0.6 mm wire for SOP-0042 always."))
    assert html == (
        '<p>Use <del class="redline-removed">0.5 </del><ins class="redline-added">0.6 </ins>mm wire for SOP-0042 <ins class="redline-added">always</ins>.</p>'
    )


def test_changes_are_named_for_those_who_do_not_see_them():
    html = shown("old words stay", "new words stay")
    assert '<span class="visually-hidden">deleted: </span>old <span class="visually-hidden"> end of deletion</span></del>' in html
    assert '<span class="visually-hidden">inserted: </span>new <span class="visually-hidden"> end of insertion</span></ins>' in html
    german = Words(added="eingefügt:", added_end="Ende der Einfügung")
    assert "eingefügt: " in shown("a b c", "a b x c", words=german)


def test_formatting_alone_is_shown_as_such():
    old, new = "all lots of pumps", "all **lots** of pumps"
    [change] = redline(md(old), md(new))
    assert change.kind == "formatted"
    assert [segment.kind for segment in change.segments] == ["same", "formatted", "same"]
    assert bare(shown(old, new)) == '<p>all <span class="redline-formatted"><strong>lots</strong> </span>of pumps</p>'
    assert kinds("# Scope of this", "## Scope of this") == ["formatted"]
    assert kinds("- point one", "point one") == ["formatted"]
    assert kinds("1. point", "3. point") == ["formatted"]


def test_added_removed_and_changed_blocks():
    old = "# Scope\n\nOne is here.\n\nTwo is there now.\n\nThree."
    new = "# Scope\n\nTwo is there today.\n\nThree.\n\nFour is new."
    assert kinds(old, new) == ["same", "removed", "changed", "same", "added"]
    found = summary(md(old), md(new))
    assert (found.added, found.removed, found.changed, found.words_added, found.words_removed) == (1, 1, 1, 4, 4)


def test_moved_blocks_are_told_from_new_ones():
    old = "# Scope\n\nA paragraph that moves.\n\n# Duties\n\nOther words.\n\n# End"
    new = "# Scope\n\n# End\n\n# Duties\n\nOther words.\n\nA paragraph that moves."
    assert sorted(kinds(old, new)) == ["moved_from", "moved_from", "moved_to", "moved_to", "same", "same", "same"]
    assert summary(md(old), md(new)).moved == 2
    assert 'class="redline-moved-to"' in shown(old, new)


def test_lists_stay_lists():
    html = bare(shown("1. a\n2. b\n   - c", "1. a\n2. new one\n3. b\n   - c\n   - d"))
    assert html == (
        '<ol><li value="1"><p>a</p></li><li value="2"><p><ins class="redline-added">new one</ins></p></li>'
        '<li value="3"><p>b</p><ul><li><p>c</p></li><li><p><ins class="redline-added">d</ins></p></li></ul></li></ol>'
    )


TABLE = "| Step | Who |\n|---|---|\n| Check the lot | QA |\n| Sign the sheet | Lead |\n"


def cells(html):
    return re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", bare(html))


def test_a_changed_cell_shows_its_words():
    html = shown(TABLE, TABLE.replace("QA", "QA or Lead"))
    assert '<td class="redline-cell-changed"><p>QA <ins class="redline-added">or Lead</ins></p></td>' in bare(html)
    assert bare(html).count("redline-") == 2
    assert summary(md(TABLE), md(TABLE.replace("QA", "QA or Lead"))).changed == 1


def test_added_and_removed_rows():
    new = "| Step | Who |\n|---|---|\n| Check the lot | QA |\n| Weigh it twice | Operator |\n"
    html = bare(shown(TABLE, new))
    assert html.count('<tr class="redline-row-removed">') == 1 or "redline-cell-changed" in html
    longer = TABLE + "| Archive all papers | Office |\n"
    assert (
        '<tr class="redline-row-added"><td class="redline-cell-added"><p><ins class="redline-added">Archive all papers</ins></p></td>'
        in bare(shown(TABLE, longer))
    )
    assert '<tr class="redline-row-removed">' in bare(shown(longer, TABLE))


def test_added_and_removed_columns():
    wider = "| Step | When | Who |\n|---|---|---|\n| Check the lot | daily | QA |\n| Sign the sheet | weekly | Lead |\n"
    added = bare(shown(TABLE, wider))
    assert added.count("redline-cell-added") == 3
    assert "redline-cell-changed" not in added
    assert bare(shown(wider, TABLE)).count("redline-cell-removed") == 3


def test_merged_cells_are_shown_merged_while_the_shape_stays():
    old = "::: table\n* - {colspan=2} all of it\n* - left\n  - right\n:::\n"
    same = bare(shown(old, old.replace("left", "left side")))
    assert '<td colspan="2"><p>all of it</p></td>' in same
    split = bare(shown(old, "::: table\n* - all of it\n  - new here\n* - left\n  - right\n:::\n"))
    assert "new here" in split
    assert "all of it" in split


def test_no_word_of_either_table_is_lost_when_cells_are_merged():
    old = "::: table\n* - alpha\n  - beta\n* - gamma\n  - delta\n:::\n"
    new = "::: table\n* - {colspan=2} alpha\n* - gamma\n  - delta\n:::\n"
    assert '<del class="redline-removed">beta</del>' in bare(shown(old, new))


def test_images_change_when_their_file_changes():
    other = "b" * 64
    image = {"type": "image", "attrs": {"file": SHA, "alt": "a"}}
    assert [c.kind for c in redline(doc(image), doc({"type": "image", "attrs": {"file": SHA, "alt": "b"}}))] == ["formatted"]
    assert sorted(c.kind for c in redline(doc(image), doc({"type": "image", "attrs": {"file": other, "alt": "a"}}))) == ["added", "removed"]


def test_code_is_compared_with_its_spaces():
    assert kinds("```\na  b\n```", "```\na b\n```") == ["changed"]


def test_unchanged_stretches_are_counted():
    blocks = [f"Paragraph number {n} stays." for n in range(20)]
    old, new = "\n\n".join(blocks), "\n\n".join([*blocks[:10], "A new one here.", *blocks[10:]])
    html = shown(old, new, context=1)
    assert re.findall(r'<p class="redline-gap">(.*?)</p>', html) == ["9 unchanged paragraphs", "9 unchanged paragraphs"]
    assert shown(old, old, context=0) == '<p class="redline-gap">20 unchanged paragraphs</p>'
    assert "gap" not in shown(old, new)


def test_a_single_hidden_block_is_shown():
    assert "redline-gap" not in shown("a one\n\nb two\n\nc three", "A one x y\n\nb two\n\nC three x y", context=0)


def test_only_the_grouping_may_differ_and_is_still_a_change():
    assert "formatted" in kinds("> one\n\n> two", "> one\n>\n> two")


def test_what_is_compared_is_escaped():
    html = shown("a \\<script>alert(1)\\</script>", "b \\<script>alert(2)\\</script>")
    assert "<script" not in html


def words_of(nodes):
    return plain_text({"type": "paragraph", "content": nodes})


@settings(max_examples=150, deadline=None)
@given(documents(), documents())
def test_both_documents_can_be_read_off_the_comparison(old, new):
    changes = redline(old, new)
    assert (old == new) == all(change.kind == "same" for change in changes)
    olds = [change.old.key for change in changes if change.old and change.kind != "moved_to"]
    news = [change.new.key for change in changes if change.new and change.kind != "moved_from"]
    assert olds == [change.old.key for change in redline(old, old)]
    assert news == [change.new.key for change in redline(new, new)]
    redline_html(old, new, file_url=str, record_url=lambda number, edition: None, context=1)


@settings(max_examples=150, deadline=None)
@given(documents(), documents())
def test_the_segments_of_a_line_hold_both_lines(old, new):
    for one, other in zip(old["content"], new["content"], strict=False):
        if one["type"] == other["type"] == "paragraph":
            found = segments(one.get("content", []), other.get("content", []))
            kept = "".join(words_of(segment.nodes) for segment in found if segment.kind != "removed")
            gone = "".join(words_of(segment.nodes) for segment in found if segment.kind != "added")
            assert kept.split() == words_of(other.get("content", [])).split()
            assert "".join(gone.split()) == "".join(words_of(one.get("content", [])).split())


@pytest.mark.parametrize(("old", "new"), [("", ""), ("a", ""), ("abcd", "abxd"), ("aaaa", "aa"), ("xay", "xby")])
def test_stretches_cover_both_sequences(old, new):
    found = list(stretches(list(old), list(new)))
    assert [i for _, i, k, _, _ in found for i in range(i, k)] == list(range(len(old)))
    assert [j for _, _, _, j, k in found for j in range(j, k)] == list(range(len(new)))
    assert all(old[i:k] == new[j:m] for same, i, k, j, m in found if same)


def test_pairs_keep_the_order_and_use_everything_once():
    found = pair(300, 280, lambda i, j: float(i == j), 0.5)
    assert [i for i, _ in found if i is not None] == list(range(300))
    assert [j for _, j in found if j is not None] == list(range(280))
    assert sum(1 for i, j in found if i is not None and i == j) > 200


def prose(chance, paragraphs, words):
    names = [f"word{n}" for n in range(800)]
    return [" ".join(chance.choices(names, k=words)) for _ in range(paragraphs)]


def altered(chance, text):
    return " ".join("changed" if chance.random() < 0.1 else word for word in text.split())


@pytest.mark.parametrize(("paragraphs", "words"), [(300, 50), (1500, 10), (1, 15_000)])
def test_fifteen_thousand_words_take_less_than_half_a_second(paragraphs, words):
    chance = random.Random(7)
    old = prose(chance, paragraphs, words)
    one, other = doc(*map(paragraph, old)), doc(*(paragraph(altered(chance, text)) for text in old))
    took = []
    for _ in range(3):
        start = time.process_time()
        redline(one, other)
        took.append(time.process_time() - start)
    assert min(took) < 0.5


@pytest.mark.parametrize("count", [20_000])
def test_endless_repetition_is_compared_in_time(count):
    start = time.process_time()
    old, new = doc(paragraph("a b " * count + "end")), doc(paragraph("b a x " * count))
    assert redline(old, new)[0].kind in ("changed", "removed")
    assert time.process_time() - start < 5


def test_marks_of_a_link_are_formatting():
    old = doc({"type": "paragraph", "content": [marked("see here", "link:https://a.example")]})
    new = doc({"type": "paragraph", "content": [marked("see here", "link:https://b.example")]})
    assert [change.kind for change in redline(old, new)] == ["formatted"]
