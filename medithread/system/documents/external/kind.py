"""Declaration of external documents (ISO 13485 4.2.4 f)."""

from django.utils.translation import gettext_lazy as _

from medithread.kernel.identity.roles import Role
from medithread.kernel.records.kinds import Kind, Section, View, register
from medithread.kernel.records.lifecycle import Derived, Lifecycle, Move, State
from medithread.kernel.verbs.who import any_of, anybody, owner, role

from .models import External
from .rules import (
    check_query,
    current_query,
    drop_next,
    end_use,
    gap_is_assessed,
    gap_plan,
    holds_now,
    is_current,
    is_past,
    issue_label,
    note_check,
    open_next,
    owner_is_named,
    past_query,
    put_in_use,
    transition_is_ahead,
)

KEEPERS = any_of(owner(), role(Role.RA, Role.QA, Role.DOC, Role.MR))

LIFECYCLE = Lifecycle[External](
    start="registered",
    edit_by=KEEPERS,
    states=(
        State("registered", _("Registered"), "warn"),
        State("accepted", _("Accepted"), "ask"),
        State("found", _("New edition found"), "ask"),
        State("withdrawn", _("Withdrawn"), "quiet", final=True),
        State("void", _("Void"), "quiet", final=True, path=False),
    ),
    derived=(
        Derived(State("superseded", _("Superseded"), "quiet"), "accepted", is_past, past_query),
        Derived(State("current", _("Current"), "good"), "accepted", holds_now, current_query),
    ),
    editable=frozenset({"registered"}),
    moves=(
        Move(
            "accept", "registered", "accepted", _("Accept as current"), by=KEEPERS, needs=(owner_is_named, gap_is_assessed, transition_is_ahead),
            signatures=gap_plan, consequences=(put_in_use,), after=_("We work by it from the transition day; the edition before ends then."),
        ),
        Move("confirm", "accepted", "accepted", _("Confirm it is current"), by=any_of(owner(), role(Role.RA)), needs=(is_current,), asks=("checked_where",), consequences=(note_check,), after=_("The next check is due one interval from today.")),
        Move("found", "accepted", "found", _("New edition found"), by=KEEPERS, needs=(is_current,), reason=True, consequences=(open_next,), after=_("The new edition is registered beside it and waits for its gap assessment.")),
        Move("dismiss", "found", "accepted", _("No new edition after all"), by=KEEPERS, reason=True, back=True, consequences=(drop_next,)),
        Move("withdraw", ("accepted", "found"), "withdrawn", _("Withdraw"), by=KEEPERS, reason=True, consequences=(end_use,), protective=True),
        Move("void", "registered", "void", _("Void"), by=KEEPERS, reason=True, back=True),
    ),
)

EXTERNAL = register(
    Kind(
        model=External, shape="controlled", prefix="EXT", clause="4.2.4", wing="system", lifecycle=LIFECYCLE, create_by=anybody(),
        intro=_("Standards, laws, guidance and documents of customers and suppliers: which edition we work by, and that it is still the current one."),
        label_draft=issue_label,
        columns=("number", "title", "label", "state", "issuer", "owner", "check_due"),
        filters=("state", "sort", "owner"), filter_by={"check": check_query},
        search=("title", "issuer", "identifier", "issue", "products", "markets"),
        handling=("checked_at", "checked_where", "check_due"),
        required={"accept": ("sort", "issuer", "identifier", "issue"), "confirm": ("checked_where",)},
        views=(
            View("current", _("Current"), {"state": "current,found"}),
            View("check", _("Check due"), {"check": "due"}),
            View("work", _("To be assessed"), {"state": "registered"}),
            View("gone", _("Superseded and withdrawn"), {"state": "superseded,withdrawn"}),
            View("all", _("All")),
        ),
        sections=(
            Section(_("What it is"), ("title", "sort", "issuer", "identifier", "issue", "products", "markets", "distribution", "check_months")),
            Section(_("New edition"), ("gap_assessment", "gap_actions", "transition_on")),
        ),
    )
)
