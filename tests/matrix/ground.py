"""What the cast looks at: ideas at every site in every class, documents in force and in work, one record given."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.base.clock import now
from medithread.kernel.records.models import Confidentiality
from medithread.kernel.verbs.give import give
from medithread.system.documents.models import Document
from tests.company import Company, signed
from tests.system.documents.making import FIRST, doc

from .cast import GREN, LYON, Cast

CLASSES = tuple(Confidentiality.values)
SITES = (None, LYON, GREN)


@dataclass(frozen=True)
class Plot:
    """A record and all that decides who sees it."""

    record: Any
    site: str | None
    confidentiality: str
    force: bool = False
    given: frozenset[str] = frozenset()
    own: str = ""

    @property
    def facts(self) -> dict[str, Any]:
        return {"site": self.site, "confidentiality": self.confidentiality, "force": self.force}

    def facts_for(self, name: str) -> dict[str, Any]:
        return {**self.facts, "given": name in self.given, "own": self.own == name}


@dataclass
class Ground:
    """All plots by their names."""

    plots: dict[str, Plot] = field(default_factory=dict)

    def __iter__(self) -> Iterator[tuple[str, Plot]]:
        return iter(self.plots.items())


def ground(cast: Cast) -> Ground:
    """The whole of it."""
    company, sites, found = cast.company, cast.sites(), Ground()
    for site in SITES:
        for confidentiality in CLASSES:
            values = {"site": sites[site] if site else None, "confidentiality": confidentiality}
            idea = verbs.create(company.mara, Idea, title=f"Idea {site} {confidentiality}", description="Tools", owner=company.otto.uid, **values)
            found.plots[f"idea {site} {confidentiality}"] = Plot(idea, site, confidentiality)
    found.plots["document in force"] = Plot(in_force(company), None, "open", force=True)
    found.plots["document in force, confidential"] = Plot(in_force(company, confidentiality="confidential"), None, "confidential", force=True)
    found.plots["document in work"] = Plot(verbs.create(company.ada, Document, title="Draft", owner=company.otto.uid, **FIRST), None, "open")
    given = verbs.create(company.mara, Idea, title="Given", owner=company.otto.uid, confidentiality="confidential")
    for name in ("INSP", "XT", "MFG"):
        give(company.quinn, given, cast.people[name], until=now() + timedelta(days=3))
    found.plots["idea given"] = Plot(given, None, "confidential", given=frozenset({"INSP", "XT"}))
    owned = verbs.create(company.mara, Idea, title="Owned", owner=cast.people["MFG"].uid, confidentiality="personal")
    found.plots["idea owned"] = Plot(owned, None, "personal", own="MFG")
    return found


def in_force(company: Company, **more: Any) -> Any:
    """A document by Ada, owned by Otto, approved by both who must."""
    made = verbs.create(company.ada, Document, title="Control of documents", body=doc("Say who does what."), owner=company.otto.uid, **FIRST)
    verbs.move(company.otto, made, "submit", lock=made.lock)
    signed(company.quinn, made, "approve")
    made = signed(company.otto, made, "approve")
    return verbs.edit(company.quinn, made, lock=made.lock, reason="Class", **more) if more else made
