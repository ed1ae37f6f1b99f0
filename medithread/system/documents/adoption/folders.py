"""One call for a folder with its table: used by the desk, the command line and the acceptance run."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.verbs import create, move

from .desk import change, mark
from .models import Adoption
from .problems import Findings, find_problems
from .stage import Tell, quiet, take_folder
from .write import write


def adopt_folder(
    who: Actor | Person, folder_or_zip: Path | Any, table: Path | bytes | None = None, *, table_name: str = "table.csv", title: str, source: str,
    types: Iterable[str] = (), listed: int | None = None, unused_reason: str = "", tell: Tell = quiet,
) -> tuple[Adoption, Findings]:
    """Open a protocol and take a folder (or ZIP) with its table into it. Answers it with what stands against it.

    Nothing is adopted: `count_and_write`, the sample and quality's signature follow. Raises FileRefused, TableError, Refusal, NotAllowed.
    """
    adoption = create(who, Adoption, title=title, source=source, types=list(types) or None, listed=listed, unused_reason=unused_reason or None)
    if isinstance(table, Path):
        table_name = table.name
    adoption = take_folder(who, adoption, folder_or_zip, table, table_name=table_name, tell=tell)
    return adoption, find_problems(adoption)


def count_and_write(who: Actor | Person, adoption: Adoption, *, tell: Tell = quiet) -> Adoption:
    """Fix the table, draw the sample, and write every version as pending, in this process. Raises Refusal, NotAllowed."""
    adoption = move(who, adoption, "count")
    write(who, adoption, tell=tell)
    adoption.refresh_from_db()
    return adoption


__all__ = ["adopt_folder", "change", "count_and_write", "mark"]
