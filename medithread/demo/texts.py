"""The texts and people of the demo company, read from the files beside this one (README.md)."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from medithread.kernel.text.markdown import from_markdown, split_front_matter
from medithread.kernel.text.schema import canonical_bytes

HERE = Path(__file__).parent
CLASSES = {"editorial": "editorial", "notify": "notify", "read the changes": "read", "retrain": "retrain"}


@dataclass(frozen=True)
class Described:
    """One person of people.csv. `key` is the first name in small letters: the sign-in name, and how the story calls her."""

    key: str
    name: str
    function: str
    roles: tuple[str, ...]
    site: str
    email: str


@cache
def people() -> dict[str, Described]:
    """Everybody of people.csv by key."""
    with (HERE / "people.csv").open(encoding="utf-8", newline="") as file:
        found = [_described(row) for row in csv.DictReader(file)]
    return {one.key: one for one in found}


def _described(row: dict[str, str]) -> Described:
    return Described(row["name"].split()[0].lower(), row["name"], row["function"], tuple(row["roles"].split()), row["site"], row["email"])


@dataclass(frozen=True)
class Text:
    """One file of documents/: the fields of its front matter and its Markdown."""

    name: str
    fields: dict[str, Any]
    markdown: str

    @property
    def number(self) -> str:
        return str(self.fields["number"])

    @property
    def owner(self) -> str:
        """The key of the process owner who holds the role that the text names; the first of people.csv."""
        role = self.fields["owner"]
        return next(one.key for one in people().values() if role in one.roles and "OWN" in one.roles)

    def values(self) -> dict[str, Any]:
        """The fields of a document; its text is apart, see `body`."""
        fields = self.fields
        return {
            "title": fields["title"], "type": fields["type"], "purpose": fields["purpose"], "applies_to": fields["scope"], "clauses": fields["clauses"],
            "fulfils": fields["fulfils"] or None, "audience": fields["audience"], "language": "en", "change_reason": fields["change"],
            "change_class": CLASSES[fields["class"]], "review_months": int(fields["review_months"]),
        }  # fmt: skip


@cache
def text(name: str) -> Text:
    """A text by the name of its file without ending: `SOP-0012.v1`."""
    fields, markdown = split_front_matter((HERE / "documents" / f"{name}.md").read_text("utf-8"))
    return Text(name, fields, markdown)


def body(markdown: str) -> str:
    """Markdown as the canonical text of a document."""
    doc, _losses = from_markdown(markdown)
    return canonical_bytes(doc).decode()
