"""The fixed words of a print, translated into the language of the report."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .report import Absent

WORDS: dict[str, Promise] = {
    "edition": _("Version"),
    "state": _("State"),
    "contents": _("Contents"),
    "page": _("Page {page} of {pages}"),
    "uncontrolled": _("Without a print line below, this copy is uncontrolled"),
    "demo": _("DEMO"),
    "demo_text": _("Made in a demonstration system with simulated time and signatures. It proves nothing about a real product or company."),
    "change_record": _("Change record"),
    "in_force": _("In force"),
    "change_class": _("Class"),
    "summary": _("What changed"),
    "signatures": _("Signatures"),
    "signatures_text": _("Electronic signatures of this version. Each is bound to the content digest beside it."),
    "no_signatures": _("This version carries no electronic signature."),
    "on_behalf_of": _("on behalf of {person}"),
    "utc": _("UTC"),
    "signed": _("Signed"),
    "method": _("Method"),
    "served": _("Was served"),
    "digest": _("Content digest"),
    "valid": _("What was signed is still what is here"),
    "invalid": _("Was signed on an earlier text"),
    "decisions": _("Decisions"),
    "decisions_text": _("Named, timed and reasoned acts. They are not signatures."),
    "decision": _("Decision"),
    "by": _("By"),
    "when": _("When"),
    "reason": _("Reason"),
    "elsewhere": _("Approved elsewhere, evidence attached"),
    "elsewhere_text": _("Given on paper or in another system before this record came here. They are not signatures of this system."),
    "meaning": _("Meaning"),
    "source": _("Source"),
    "evidence": _("Evidence"),
    "links": _("Thread"),
    "files": _("Attached files"),
    "file": _("File"),
    "size": _("Size"),
    "sha256": _("SHA-256"),
    "history": _("History"),
    "what": _("What"),
    "why": _("Why"),
    "entry": _("Entry"),
    "proof": _("How to check this print"),
    "proof_text": _(
        "The digest identifies the content, the ledger head the chain of entries that it was printed under. An export of the system verifies both."
    ),
    "proof_list": _("The ledger head names the chain of entries that this list was made under."),
    "ledger_head": _("Ledger head"),
    "rendition_of": _("Rendition of"),
    "made_at": _("Rendition made"),
    "not_yet": _("not yet looked at"),
    "legend": _("– not yet looked at"),
    "no_alt": _("Picture without a description"),
    "no_picture": _("This picture could not be shown"),
    "missing": _("Some characters have no shape in the fonts installed here. Their Unicode numbers are printed in boxes in their place."),
    "filters": _("Shown"),
    "as_of": _("As of"),
    "rows": _("Rows"),
    "rows_all": _("{count} rows"),
    "row_one": _("1 row"),
    "rows_some": _("{count} of {total} rows"),
    "no_rows": _("There is no row."),
    "end": _("End of the list"),
    "printed": _("Printed by {person}, {at}"),
    "until": _("valid until {until}"),
    "uncontrolled_print": _("uncontrolled when printed"),
    "ledger_short": _("ledger {head}"),
}
ABSENT: dict[str, tuple[Promise, Promise]] = {
    "unknown": (_("unknown"), _("unknown, because {reason}")),
    "not_applicable": (_("not applicable"), _("not applicable, because {reason}")),
    "asked_unknown": (_("asked, unknown"), _("asked, unknown: {reason}")),
    "withheld": (_("withheld"), _("withheld: {reason}")),
    "not_yet": (_("not yet looked at"), _("not yet looked at: {reason}")),
}
_LANGUAGE = re.compile(r"^([a-z]{2,3})(?:[-_](?:[A-Za-z]{4}[-_])?([A-Za-z]{2}))?$", re.IGNORECASE)


def words() -> dict[str, str]:
    """All words in the language that is active now."""
    return {key: str(text) for key, text in WORDS.items()}


def absent_words(absent: Absent) -> str:
    """An absence in words, with its reason where one was given; a reason written as a sentence keeps its case."""
    bare, reasoned = ABSENT.get(absent.code, ABSENT["unknown"])
    reason = str(absent.reason).strip()
    return str(reasoned).replace("{reason}", reason) if reason else str(bare)


def language_tag(language: str) -> tuple[str, str | None]:
    """A language code as the typesetter takes it: language and region; English where the code is not one."""
    match = _LANGUAGE.match(language)
    return (match[1].lower(), match[2].upper() if match[2] else None) if match else ("en", None)
