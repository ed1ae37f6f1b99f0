"""Declaration of migration protocols (R1–R3; forms.md §2)."""

from django.utils.translation import gettext_lazy as _

from medithread.kernel.identity.roles import Role
from medithread.kernel.records.kinds import Kind, PartSpec, Section, View, register
from medithread.kernel.records.lifecycle import Lifecycle, Move, Slot, State, plan
from medithread.kernel.verbs.who import role

from .desk import KEEPERS
from .models import AdoptedVersion, Adoption, AdoptionFile
from .rules import all_is_written, clear_away, make_them_what_they_are, prepare, sample_is_checked, table_is_clean

ROWS = (
    "line", "number", "title", "type", "label", "was", "approved_on", "effective_from", "effective_to", "review_due", "no_review", "approvers", "owner",
    "source", "file", "sha256", "evidence", "former", "clauses", "unread", "document", "drawn", "same", "remark",
)

LIFECYCLE = Lifecycle[Adoption](
    start="staged",
    edit_by=KEEPERS,
    states=(
        State("staged", _("Being prepared"), "warn"),
        State("counted", _("Counted"), "ask"),
        State("sampled", _("Sample checked"), "ask"),
        State("adopted", _("Adopted"), "good", final=True),
        State("refused", _("Refused"), "bad", final=True, path=False),
    ),
    editable=frozenset(),
    moves=(
        Move("count", "staged", "counted", _("Count and write"), by=KEEPERS, needs=(table_is_clean,), consequences=(prepare,), after=_("The table is fixed, the sample is drawn, and every version is written as pending.")),
        Move("sample", "counted", "sampled", _("Sample is checked"), by=KEEPERS, needs=(all_is_written, sample_is_checked), after=_("Quality is asked to sign.")),
        Move(
            "adopt", "sampled", "adopted", _("Adopt as true copies"), needs=(all_is_written, sample_is_checked),
            signatures=plan(Slot("adopted_as_true_copy", role(Role.QA), label=_("Quality"))), consequences=(make_them_what_they_are,),
            after=_("Every version becomes what it is, in force or superseded, with its own number, label and dates."),
        ),
        Move("reopen", ("counted", "sampled"), "staged", _("Open again"), by=KEEPERS, reason=True, back=True, consequences=(clear_away,), after=_("What was written is given up; the table can be corrected.")),
        Move("refuse", ("staged", "counted", "sampled"), "refused", _("Refuse"), by=role(Role.QA), reason=True, back=True, consequences=(clear_away,), after=_("Nothing of it is adopted; what was written is given up.")),
    ),
)

ADOPTION = register(
    Kind(
        model=Adoption, shape="event", prefix="MIG", clause="4.2.4", wing="system", lifecycle=LIFECYCLE, create_by=KEEPERS,
        intro=_("What the company controlled before, on paper or in another system, comes in as what it is: with its numbers, versions, dates and approvers, signed once as a true copy."),
        columns=("number", "title", "state", "source", "owner", "changed_at"), filters=("state", "owner"), search=("title", "source", "remark"),
        required={"count": ("source", "listed")},
        parts=(
            PartSpec("versions", AdoptedVersion, ROWS, _("Versions")),
            PartSpec("files", AdoptionFile, ("path", "sha256", "size", "media_type", "trouble"), _("Files of the folder")),
        ),
        views=(View("open", _("Open"), {"state": "staged,counted,sampled"}), View("all", _("All"))),
        sections=(
            Section(_("What is adopted"), ("title", "source", "remark", "types", "listed", "unused_reason", "table_name", "table_sha256")),
            Section(_("Sample"), ("sample_size", "sample_seed")),
        ),
    )
)
