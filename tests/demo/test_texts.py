"""The demo company's documents are complete, consistent and written in plain short sentences."""

from __future__ import annotations

import csv
import difflib
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import medithread
from medithread.kernel.text.front_matter import split_front_matter
from medithread.kernel.text.markdown_in import from_markdown

DEMO = Path(medithread.__file__).parent / "demo"
DOCUMENTS = DEMO / "documents"


def split(words: str) -> set[str]:
    return set(words.split())


ROLES = split("TM MR QA RA PRRC CLI DOC AUT OWN ENG MFG QC REL PUR SQ MET CMP VIG AUD TRN IT INSP XT")
CLASSES = {"editorial", "notify", "read the changes", "retrain"}
FIELDS = [
    "number",
    "title",
    "type",
    "owner",
    "clauses",
    "fulfils",
    "audience",
    "purpose",
    "scope",
    "review_months",
    "class",
    "change",
    "site",
]
LISTS = {"clauses", "fulfils", "audience"}
EARLIER = {"SOP-0001.v1", "SOP-0012.v1", "SOP-0015.v1", "WI-0001.v1"}
DRAFTS = {"SOP-0008.draft"}
OBSOLETE = {"FRM-0001"}
NUMBERS = (
    {f"SOP-{n:04}" for n in range(1, 21)} | {"QM-0001", "POL-0001", "PLN-0001", "FRM-0001", "FRM-0002"} | {f"WI-{n:04}" for n in (1, 2, 3)}
)

# ISO 13485:2016: all clauses with requirements, and those that expressly ask for a documented procedure.
CLAUSES = split(
    "4.1.1 4.1.2 4.1.3 4.1.4 4.1.5 4.1.6 4.2.1 4.2.2 4.2.3 4.2.4 4.2.5 5.1 5.2 5.3 5.4.1 5.4.2 5.5.1 5.5.2 5.5.3 5.6.1 5.6.2 5.6.3 "
    "6.1 6.2 6.3 6.4.1 6.4.2 7.1 7.2.1 7.2.2 7.2.3 7.3.1 7.3.2 7.3.3 7.3.4 7.3.5 7.3.6 7.3.7 7.3.8 7.3.9 7.3.10 7.4.1 7.4.2 7.4.3 "
    "7.5.1 7.5.2 7.5.3 7.5.4 7.5.5 7.5.6 7.5.7 7.5.8 7.5.9.1 7.5.9.2 7.5.10 7.5.11 7.6 "
    "8.1 8.2.1 8.2.2 8.2.3 8.2.4 8.2.5 8.2.6 8.3.1 8.3.2 8.3.3 8.3.4 8.4 8.5.1 8.5.2 8.5.3"
)
PROCEDURE_ASKED = split(
    "4.1.6 4.2.4 4.2.5 5.6.1 6.4.1 7.3.1 7.3.8 7.3.9 7.4.1 7.5.1 7.5.4 7.5.6 7.5.7 7.5.8 7.5.9.1 7.5.11 7.6 "
    "8.2.1 8.2.2 8.2.3 8.2.4 8.2.6 8.3.1 8.3.3 8.3.4 8.4 8.5.2 8.5.3"
)
# A documented process, or other documented arrangements, are asked for here.
DOCUMENT_ASKED = {"4.2.2", "5.3", "6.2", "6.4.2", "7.1", "7.2.3"}

WORDS = {"QM": (1000, 2200), "POL": (250, 600), "SOP": (700, 1500), "WI": (400, 800), "FRM": (150, 600), "PLN": (700, 1500)}
LONGEST_SENTENCE = 45
FORBIDDEN = [
    r"\bshall\b", r"\bshould\b", r"\bensur(?:e|es|ed|ing)\b", r"\bappropriate(?:ly)?\b", r"\bas (?:needed|necessary|applicable|required)\b",
    r"\b(?:where|if|when) applicable\b", r"\band/or\b", r"\betc\b", r"\btimely\b", r"\brobust\b", r"\butili[sz]e", r"\bleverage", r"\bin order to\b",
    r"\bin a .{3,12} manner\b", r"\bvarious\b", r"\bbest practices?\b", r"\bTBD\b", r"\bTODO\b", r"\bTBC\b", r"lorem", r"\bXX+\b", r"\?\?",
]  # fmt: skip
BASIS = re.compile(
    r"company (?:target|rule)|MDR Art\.|21 CFR \d|GDPR Art\.|ISO (?:13485 clause|11\d{3})|Decision \(EU\)|law as named|Contract|Design"
)


class Text(NamedTuple):
    """One file: its name without ending, its front matter and its body."""

    name: str
    fields: dict[str, str | list[str]]
    body: str

    def list(self, field: str) -> list[str]:
        value = self.fields[field]
        assert isinstance(value, list)
        return value


@cache
def texts() -> dict[str, Text]:
    files = sorted(DOCUMENTS.iterdir())
    return {
        file.name.removesuffix(".md"): Text(file.name.removesuffix(".md"), *split_front_matter(file.read_text("utf-8"))) for file in files
    }


def names() -> list[str]:
    return sorted(NUMBERS | EARLIER | DRAFTS)


def people() -> list[dict[str, str]]:
    with (DEMO / "people.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def tables(body: str) -> list[list[list[str]]]:
    """Each table as rows of cells; the line of dashes is left out."""
    found: list[list[list[str]]] = []
    inside = False
    for line in body.splitlines():
        if line.startswith("|"):
            found += [] if inside else [[]]
            found[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        inside = line.startswith("|")
    return [[row for row in table if not re.fullmatch(r"-+", row[0])] for table in found]


def headings(body: str) -> list[str]:
    return re.findall(r"^#+ (.*)$", body, re.MULTILINE)


def words(text: str) -> list[str]:
    return re.findall(r"[\w][\w.,'’/-]*", re.sub(r"\[\[|\]\]|[*`#|]", " ", text))


def sentences(text: Text) -> list[str]:
    """Sentences of body, purpose, scope and change; a list item and a table cell stand for themselves."""
    lines = [line.lstrip("#-*0123456789. ") for line in text.body.splitlines() if not line.startswith("|")]
    cells = [cell for table in tables(text.body) for row in table for cell in row]
    parts = [*lines, *cells, *(str(text.fields[field]) for field in ("purpose", "scope", "change"))]
    return [sentence for part in parts for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z*\[\"])", part)]


def test_the_folder_holds_exactly_these_files() -> None:
    assert sorted(texts()) == names()
    assert all(file.suffix == ".md" for file in DOCUMENTS.iterdir())


@pytest.mark.parametrize("name", names())
def test_front_matter_is_complete_and_uses_known_words(name: str) -> None:
    text = texts()[name]
    assert list(text.fields) == FIELDS
    assert {field for field, value in text.fields.items() if isinstance(value, list)} == LISTS
    assert text.fields["number"] == name.split(".")[0]
    assert text.fields["type"] == name.split("-")[0]
    assert {text.fields["owner"], *text.list("audience")} <= ROLES
    assert "INSP" not in text.list("audience")
    assert text.list("audience")
    assert text.list("clauses")
    assert set(text.list("fulfils")) <= set(text.list("clauses")) <= CLAUSES
    assert text.fields["class"] in CLASSES
    assert text.fields["site"] in ("", "LYO", "GRE")
    assert 6 <= int(str(text.fields["review_months"])) <= 36


@pytest.mark.parametrize("name", names())
def test_purpose_scope_and_change_are_one_or_two_sentences(name: str) -> None:
    for field in ("purpose", "scope"):
        value = str(texts()[name].fields[field])
        assert value.endswith("."), field
        assert 1 <= len(re.findall(r"[.!?](?=\s+[A-Z]|$)", value)) <= 2, field
    assert len(re.findall(r"\.(?=\s+[A-Z]|$)", str(texts()[name].fields["change"]))) == 1


@pytest.mark.parametrize("name", names())
def test_the_body_is_carried_whole_into_a_document(name: str) -> None:
    doc, losses = from_markdown(texts()[name].body)
    assert losses == []
    assert any(block["type"] == "table" for block in doc["content"])
    assert not re.search(r"^# ", texts()[name].body, re.MULTILINE), "the title comes from the front matter"


@pytest.mark.parametrize("name", names())
def test_links_lead_to_documents_that_exist_and_can_be_used(name: str) -> None:
    targets = re.findall(r"\[\[([^\]]*)\]\]", texts()[name].body)
    assert set(targets) <= NUMBERS
    assert name.split(".")[0] not in targets
    bare = re.findall(r"(?<!\[\[)(?<![`\w-])(?:QM|POL|SOP|WI|FRM|PLN)-\d{4}\b(?!/)(?!\]\])", re.sub(r"`[^`]*`", "", texts()[name].body))
    assert bare == [] or name.startswith("FRM")
    if name not in EARLIER:
        assert not OBSOLETE & set(targets)


@pytest.mark.parametrize("name", names())
def test_tables_have_no_ragged_rows(name: str) -> None:
    for table in tables(texts()[name].body):
        assert len(table) > 1
        assert {len(row) for row in table} == {len(table[0])}, table[0]
        assert all(table[0])


def test_every_clause_that_asks_for_a_procedure_has_one() -> None:
    current = [text for name, text in texts().items() if name not in EARLIER | DRAFTS | OBSOLETE]
    fulfilled = {clause for text in current for clause in text.list("fulfils")}
    assert fulfilled >= PROCEDURE_ASKED | DOCUMENT_ASKED
    assert {clause for text in current for clause in text.list("clauses")} == CLAUSES
    assert all(text.list("fulfils") for text in current if text.fields["type"] == "SOP")


def test_the_manual_lists_every_procedure_and_says_what_does_not_apply() -> None:
    body = texts()["QM-0001"].body
    listed = set(re.findall(r"\[\[(SOP-\d{4})\]\]", body.split("## Procedures and plans")[1]))
    assert listed == {number for number in NUMBERS if number.startswith("SOP")}
    applicability = next(table for table in tables(body) if table[0] == ["Clause", "Status", "Reason"])
    assert [row[0].split()[0] for row in applicability[1:]] == ["7.5.9.2"]
    assert all(row[2] for row in applicability)


@pytest.mark.parametrize("name", [name for name in names() if name.startswith("SOP")])
def test_a_procedure_says_who_until_when_with_which_record_and_what_if(name: str) -> None:
    text = texts()[name]
    heads = [table[0] for table in tables(text.body)]
    assert any(head[:2] == ["Role", "Does"] for head in heads)
    assert ["What happened", "What to do", "Who"] in heads
    assert ["Record", "Number or place", "Retention"] in heads
    assert any("Limit" in head and "Basis" in head for head in heads)
    for table in tables(text.body):
        if table[0][0] in ("Role", "Record", "What happened"):
            assert all(all(row) for row in table)


@pytest.mark.parametrize("name", names())
def test_every_limit_names_its_basis(name: str) -> None:
    for table in tables(texts()[name].body):
        if "Basis" in table[0]:
            column = table[0].index("Basis")
            assert [row for row in table[1:] if not BASIS.search(row[column])] == [], table[0]


@pytest.mark.parametrize(
    ("number", "limits"),
    [
        ("SOP-0013", ["at most 2 days", "at most 10 days", "at most 15 days", "30 calendar days", "5 work days", "10 working days"]),
        ("SOP-0013", ["MDR Art. 87(4)", "MDR Art. 87(5)", "MDR Art. 87(3)", "21 CFR 803.50(a)", "21 CFR 803.53", "21 CFR 806.10"]),
        ("SOP-0002", ["MDR Art. 10(8)", "72 hours", "2 years from release"]),
        ("SOP-0019", ["2026-05-28", "2026-11-28", "10 business days"]),
        ("SOP-0003", ["12 months"]),
    ],
)
def test_limits_of_law_stand_in_the_procedure(number: str, limits: list[str]) -> None:
    assert [limit for limit in limits if limit not in texts()[number].body] == []


def test_management_review_has_twelve_inputs_and_four_outputs() -> None:
    inputs = next(table for table in tables(texts()["SOP-0003"].body) if "Input" in table[0])
    outputs = next(table for table in tables(texts()["SOP-0003"].body) if "Output" in table[0])
    assert [row[0] for row in inputs[1:]] == [str(n) for n in range(1, 13)]
    assert len(outputs) == 1 + 4


def test_review_intervals_follow_the_risk_stated_in_the_manual() -> None:
    processes = next(table for table in tables(texts()["QM-0001"].body) if table[0][0] == "Process" and "Risk" in table[0])
    risk = {number: row[4] for row in processes[1:] for number in re.findall(r"SOP-\d{4}", row[-1])}
    assert set(risk) == {number for number in NUMBERS if number.startswith("SOP")}
    assert {number: texts()[number].fields["review_months"] for number in risk} == {
        number: "24" if rating == "High" else "36" for number, rating in risk.items()
    }


@pytest.mark.parametrize(("size", "conforming"), [(29, 0.90), (59, 0.95), (125, 0.976), (299, 0.99)])
def test_sample_sizes_give_the_confidence_they_claim(size: int, conforming: float) -> None:
    """Without a failure in n units, a share q is shown with 95 % confidence when q to the power n is at most 0.05."""
    assert conforming**size <= 0.05 < (conforming + 0.003) ** size
    assert any(re.search(rf"\b{size}\b", text.body) for text in texts().values())


@pytest.mark.parametrize(
    ("limit", "numbers"),
    [
        ("at most 0.20 kPa", ["WI-0001"]),
        ("0.20 kPa in 10 s at 60 kPa", ["PLN-0001"]),
        ("48 hours", ["SOP-0018", "WI-0001"]),
        ("75 µg per seal", ["SOP-0018", "PLN-0001"]),
        ("5 to 35 °C", ["SOP-0009", "PLN-0001"]),
        ("0.2 %", ["SOP-0009", "SOP-0019", "WI-0001"]),
        ("1.0 per 1,000 pump-years", ["SOP-0016", "PLN-0001"]),
        ("DWG-0107", ["WI-0001", "WI-0003", "PLN-0001"]),
        ("2 working days", ["SOP-0012", "SOP-0017", "SOP-0020"]),
    ],
)
def test_the_same_limit_stands_in_every_document_that_uses_it(limit: str, numbers: list[str]) -> None:
    assert [number for number in numbers if limit not in texts()[number].body] == []


def test_texts_of_the_former_system_do_not_speak_of_medithread() -> None:
    adopted = [text for text in texts().values() if str(text.fields["change"]).startswith("Adopted from the former system")]
    assert {text.name for text in adopted} == {"SOP-0011", "SOP-0014", "SOP-0015.v1", "SOP-0018", "WI-0001.v1", "FRM-0001"}
    assert [text.name for text in adopted if "Medithread" in text.body] == []


@pytest.mark.parametrize("name", [name for name in names() if name.startswith("WI")])
def test_work_instructions_have_steps_and_limits_with_units(name: str) -> None:
    numbered = [table for table in tables(texts()[name].body) if table[0][0] == "No."]
    assert any(len(table) >= 8 for table in numbered)
    assert len(re.findall(r"\d (?:N|kPa|mm|g|ml|J|s|V|A|°C|%|kg|h|mg|dB)\b|\d °C|\d %", texts()[name].body)) >= 15


@pytest.mark.parametrize("name", names())
def test_length_is_in_the_range_of_its_type(name: str) -> None:
    low, high = WORDS[str(texts()[name].fields["type"])]
    assert (low if name not in EARLIER else low * 0.8) <= len(words(texts()[name].body)) <= high


@pytest.mark.parametrize("name", names())
def test_no_sentence_is_too_long(name: str) -> None:
    assert [sentence for sentence in sentences(texts()[name]) if len(words(sentence)) > LONGEST_SENTENCE] == []


@pytest.mark.parametrize("name", [*names(), "README"])
def test_no_filler_and_no_empty_promises(name: str) -> None:
    file = DEMO / "README.md" if name == "README" else DOCUMENTS / f"{name}.md"
    text = file.read_text("utf-8")
    assert [found[0] for pattern in FORBIDDEN for found in re.finditer(pattern, text, re.IGNORECASE)] == []


@pytest.mark.parametrize("name", sorted(EARLIER | DRAFTS))
def test_versions_differ_in_wording_in_a_table_row_and_in_a_section(name: str) -> None:
    other, base = texts()[name].body, texts()[name.split(".")[0]].body
    assert 0.2 < difflib.SequenceMatcher(None, other.splitlines(), base.splitlines(), autojunk=False).ratio() < 0.95
    assert set(headings(other)) - set(headings(base)) or name == "WI-0001.v1"
    removed = set(other.splitlines()) - set(base.splitlines())
    assert sum(line.startswith("|") for line in removed) >= 3
    assert sum(bool(line) and not line.startswith(("|", "#")) for line in removed) >= 3
    assert texts()[name].fields["change"] != texts()[name.split(".")[0]].fields["change"]


def test_every_role_is_held_and_the_split_of_duties_is_possible() -> None:
    rows = people()
    held = {role: [row["name"] for row in rows if role in row["roles"].split()] for role in ROLES}
    assert all(held.values())
    assert (len(rows), len(held["TM"]), len(held["QA"])) == (24, 2, 2)
    assert all(len(held[role]) >= 2 for role in ("RA", "REL", "AUD", "MFG", "QC", "ENG"))
    assert {role for row in rows for role in row["roles"].split()} == ROLES
    assert [row["roles"] for row in rows if row["name"] in held["IT"]] == ["IT"]
    assert [row["roles"] for row in rows if row["name"] in held["INSP"]] == ["INSP"]
    assert [row["roles"].split()[0] for row in rows if row["name"] in held["XT"]] == ["XT"]
    owners = {str(text.fields["owner"]) for text in texts().values()}
    assert all(any("OWN" in row["roles"].split() for row in rows if row["name"] in held[owner]) for owner in owners)


def test_people_are_told_apart_and_live_at_the_example_domain() -> None:
    rows = people()
    assert list(rows[0]) == ["name", "function", "roles", "site", "email"]
    assert len({row["name"] for row in rows}) == len({row["email"] for row in rows}) == 24
    assert all(re.fullmatch(r"[a-z-]+\.[a-z-]+@aria\.example", row["email"]) for row in rows)
    assert all(row["email"].split("@")[0] == row["name"].lower().replace(" ", ".") for row in rows)
    assert {row["site"] for row in rows} == {"LYO", "GRE"}


def test_the_story_has_fifteen_dated_steps_and_uses_every_document() -> None:
    readme = (DEMO / "README.md").read_text("utf-8")
    steps = re.findall(r"^(\d+)\. (20\d\d-\d\d-\d\d): (.*)$", readme, re.MULTILINE)
    assert [int(step[0]) for step in steps] == list(range(1, 16))
    dates = [step[1] for step in steps]
    assert dates == sorted(dates)
    assert dates[0].startswith("2025-05")
    assert dates[-1].startswith("2026-11")
    told = set(re.findall(r"\b(?:QM|POL|SOP|WI|FRM|PLN)-\d{4}\b", " ".join(step[2] for step in steps)))
    assert told == NUMBERS
    assert {name for name in EARLIER | DRAFTS if name in readme} == EARLIER | DRAFTS
    named = set(re.findall(r"[A-Z][a-z]+ [A-Z][a-z]+(?:-[A-Z][a-z]+)?", readme)) & {row["name"] for row in people()}
    assert len(named) >= 8
