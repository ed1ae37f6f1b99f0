"""Which column of a company's table means what, and what its cells say. Nothing is guessed here: what cannot be read is told."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from medithread.kernel.exchange.tables import DateOrder, Unclear, parse_date, settle_date_order
from medithread.kernel.identity.models import Person

from ..models import DocumentType
from .models import AdoptedVersion, WasState

NAMES = {
    "number": "number no nr documentnumber docnumber docno documentno documentid docid id nummer dokumentnummer numero reference",
    "title": "title name documenttitle documentname titel titre designation",
    "type": "type documenttype doctype kind category typ dokumentart",
    "label": "version versionlabel revision rev edition issue label indice",
    "was": "state status versionstatus etat zustand",
    "approved_on": "approvedon approvaldate dateapproved approved dateofapproval releasedon releasedate freigabedatum",
    "effective_from": "effectivefrom effectivedate effective validfrom inforcefrom inforce gultigab dateeffective",
    "effective_to": "effectiveto effectiveuntil validto validuntil inforceuntil supersededon obsoletesince enddate gultigbis",
    "review_due": "nextreview reviewdue nextreviewdate nextreviewdue reviewdate periodicreview",
    "approvers": "approvers approvedby approver approvals freigegebenvon approbateur",
    "owner": "owner documentowner processowner responsible verantwortlich",
    "source": "source system origin quelle",
    "file": "file filename filepath path datei fichier",
    "evidence": "evidence evidencefile evidencefiles proof scan nachweis",
    "former": "formernumber formernumbers former oldnumber previousnumber alias",
    "clauses": "clauses clause isoclause iso13485 normkapitel",
}
FIELD_OF = {word: name for name, words in NAMES.items() for word in words.split()}
DATES = ("approved_on", "effective_from", "effective_to", "review_due")
LISTS = ("evidence", "former", "clauses")
STATES = {
    WasState.EFFECTIVE: "effective inforce valid current released approved active gultig",
    WasState.SUPERSEDED: "superseded obsolete replaced old historic archived withdrawn expired ersetzt",
}
STATE_OF = {word: state.value for state, words in STATES.items() for word in words.split()}
NO_REVIEW = frozenset({"none", "no", "na", "notapplicable", "keine", "-", "–"})
UNKNOWN = frozenset({"unknown", "notknown", "unbekannt"})
# What companies call their types; a protocol's own words (QP=SOP) come first.
TYPES = {
    "QM": "qm qmh manual qualitymanual handbook", "POL": "pol policy",
    "SOP": "sop qp qsp qsop va procedure standardoperatingprocedure process",
    "WI": "wi aa workinstruction instruction", "FRM": "frm fb f form template tmp tpl checklist list",
    "SPEC": "spec specification", "DWG": "dwg drawing", "LBL": "lbl label", "PLN": "pln plan",
}
TYPE_OF = {word: code for code, words in TYPES.items() for word in words.split()}


def key(text: str) -> str:
    """Letters and figures alone, without accents and capitals: “Valid from:” → `validfrom`."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return "".join(char for char in plain if char.isalnum())


def fields_of(columns: Iterable[str]) -> tuple[dict[int, str], list[str]]:
    """Place of a column → our field; and the names of columns that mean nothing here."""
    found: dict[int, str] = {}
    unknown = []
    for place, name in enumerate(columns):
        known = FIELD_OF.get(key(name))
        if known is None or known in found.values():
            unknown.append(name)
        else:
            found[place] = known
    return found, unknown


def type_words(own: Iterable[str]) -> dict[str, str]:
    """`QP=SOP` and so on, laid over the words that are known anyway."""
    pairs = (entry.partition("=") for entry in own)
    mapped = {key(word): code.strip().upper() for word, _mark, code in pairs if code.strip().upper() in DocumentType.values}
    return {**TYPE_OF, **mapped}


def type_of(word: str, words: Mapping[str, str]) -> str:
    """The base type that a word or a number's prefix means; empty when it means none."""
    if word.strip().upper() in DocumentType.values:
        return word.strip().upper()
    return words.get(key(word)) or words.get(key(re.split(r"[\d\s]|[-._/]", word.strip(), maxsplit=1)[0]), "")


@dataclass
class People:
    """Finds a person by name or address as a table writes them."""

    by_word: dict[str, UUID] = field(default_factory=dict)

    @classmethod
    def here(cls) -> "People":
        found: dict[str, UUID] = {}
        for person in Person.objects.filter(left_on=None):
            words = {key(person.name), key(" ".join(reversed(person.name.split()))), (person.email or "").casefold()}
            for word in words - {""}:
                found[word] = person.uid if word not in found else UUID(int=0)
        return cls({word: uid for word, uid in found.items() if uid.int})

    def find(self, text: str) -> UUID | None:
        return self.by_word.get(text.strip().casefold()) or self.by_word.get(key(text))


@dataclass
class Reader:
    """Reads the cells of one table."""

    types: Mapping[str, str]
    people: People
    orders: dict[str, DateOrder | None] = field(default_factory=dict)

    def settle(self, cells: Iterable[Mapping[str, str]]) -> None:
        """Learn from all dates of a column whether day or month comes first."""
        rows = list(cells)
        for name in DATES:
            order = settle_date_order(row.get(name, "") for row in rows)
            self.orders[name] = order if isinstance(order, DateOrder) else None

    def read(self, cells: Mapping[str, str]) -> dict[str, Any]:
        """The values of a row; `unread` names each cell that could not be read, and why."""
        values: dict[str, Any] = {}
        unread: list[str] = []
        for name, raw in cells.items():
            text = unicodedata.normalize("NFC", raw).strip()
            if not text:
                continue
            try:
                values.update(self.cell(name, text))
            except ValueError as error:
                unread.append(f"{name}: {error}"[:400])
        return {**values, "unread": unread}

    def cell(self, name: str, text: str) -> dict[str, Any]:
        """One cell. Raises ValueError with a sentence."""
        if name in DATES:
            return self.date(name, text)
        if name in LISTS:
            return {name: [part.strip() for part in re.split(r"[;\n]" if name == "evidence" else r"[;,\n]", text) if part.strip()]}
        if name == "was":
            return {name: _known(STATE_OF.get(key(text)), _("“%(text)s” is neither in force nor superseded.") % {"text": text[:60]})}
        if name == "type":
            return {name: _known(type_of(text, self.types), _("“%(text)s” is no type here; say which base type it means, such as %(text)s=SOP.") % {"text": text[:40]})}
        if name == "owner":
            return {name: _known(self.people.find(text), _("“%(text)s” is nobody here; write the name or the e-mail address as in the list of people.") % {"text": text[:80]})}
        limit = _limit(name)
        if limit and len(text) > limit:
            raise ValueError(_("more than %(n)d characters.") % {"n": limit})
        return {name: text.replace("\\", "/") if name == "file" else text}

    def date(self, name: str, text: str) -> dict[str, Any]:
        if name == "review_due" and (key(text) in NO_REVIEW or text in NO_REVIEW):
            return {"no_review": True}
        if key(text) in UNKNOWN:
            return {}
        found: date | Unclear = parse_date(text, order=self.orders.get(name))
        if isinstance(found, Unclear):
            raise ValueError(found.message)
        return {name: found}


def _known(value: Any, why: str) -> Any:
    if not value:
        raise ValueError(why)
    return value


def _limit(name: str) -> int:
    column = AdoptedVersion._meta.get_field(name)
    return column.max_length or 0 if isinstance(column, models.CharField) else 10_000


@dataclass(frozen=True)
class Approver:
    """Who approved elsewhere: name, function, and on which day where it is told."""

    name: str
    function: str = ""
    on: date | None = None


def approvers_of(text: str | None) -> list[Approver]:
    """`Jane Doe (Head of quality) 2024-05-01; John Roe, Process owner` as people with their functions."""
    return [_approver(part) for part in re.split(r"[;\n]", text or "") if part.strip()]


def _approver(text: str) -> Approver:
    day, rest = None, " ".join(text.split())
    for found in re.finditer(r"\S*\d{4}\S*", rest):
        parsed = parse_date(found[0].strip("(),"))
        if isinstance(parsed, date):
            day, rest = parsed, rest.replace(found[0], "").strip()
            break
    match = re.fullmatch(r"(.+?)\s*(?:\((.+?)\)|[,–—/]\s*(.+?)|\s-\s(.+?))?[\s,;()]*", rest)
    if match is None:
        return Approver(rest[:120], "", day)
    function = next((part for part in match.groups()[1:] if part), "")
    return Approver(match[1].strip(" ,")[:120], function.strip(" ,")[:120], day)
