"""Finding the sets: every folder that holds documents; nothing here knows the name of a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCUMENTS = (".md", ".docx", ".pdf", ".odt")
DESCRIPTION = "SOURCE.md"
WANTED = ("qms-docs-", "word-documents")


@dataclass(frozen=True)
class Item:
    """One file of a set."""

    set: str
    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def suffix(self) -> str:
        return self.path.suffix.lower()


def items(data: Path) -> Iterator[Item]:
    """Documents of every wanted set below `data`, in a fixed order; the set's own description is left out."""
    for folder in sorted(path for path in data.iterdir() if path.is_dir() and path.name.startswith(WANTED)):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix.lower() in DOCUMENTS and path.name != DESCRIPTION:
                yield Item(folder.name, path)
