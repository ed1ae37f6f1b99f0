"""Declaration of controlled documents (ISO 13485 4.2.4, 4.2.5)."""

from django.utils.translation import gettext_lazy as _

from medithread.kernel.identity.roles import Role
from medithread.kernel.records.kinds import Kind, Meaning, PartSpec, Section, View, register
from medithread.kernel.records.lifecycle import Derived, Lifecycle, Move, Slot, State, plan
from medithread.kernel.verbs.who import any_of, anybody, owner, role

from .models import Document, HistoricApproval, Reviewer
from .rules import (
    approval_plan,
    confirm_unchanged,
    effective_query,
    end_now,
    impact_is_answered,
    is_effective,
    is_filled,
    is_superseded,
    planned_date_is_ahead,
    put_in_force,
    review_is_planned,
    reviewers_are_named,
    superseded_query,
    type_prefix,
    version_label,
)

CONTROL = role(Role.QA, Role.DOC, Role.MR)
READY = (is_filled, review_is_planned, reviewers_are_named, impact_is_answered)

LIFECYCLE = Lifecycle[Document](
    start="draft",
    states=(
        State("draft", _("Draft"), "warn"),
        State("in_review", _("In review"), "ask"),
        State("approved", _("Approved"), "ask"),
        State("obsolete", _("Obsolete"), "quiet", final=True),
        State("rejected", _("Rejected"), "bad", final=True, path=False),
        State("void", _("Void"), "quiet", final=True, path=False),
    ),
    derived=(
        Derived(State("superseded", _("Superseded"), "quiet"), "approved", is_superseded, superseded_query),
        Derived(State("effective", _("In force"), "good"), "approved", is_effective, effective_query),
    ),
    editable=frozenset({"draft"}),
    moves=(
        Move("submit", "draft", "in_review", _("Send to review"), by=any_of(owner(), CONTROL), needs=(*READY, planned_date_is_ahead), after=_("The reviewers are asked to sign.")),
        Move(
            "approve", "in_review", "approved", _("Approve"), needs=(*READY, planned_date_is_ahead), signatures=approval_plan,
            consequences=(put_in_force,), after=_("In force from the planned instant; the version before it ends then."),
        ),
        Move("return", "in_review", "draft", _("Return with comments"), by=any_of(owner(), anybody()), reason=True, back=True),
        Move("reject", "in_review", "rejected", _("Reject for good"), signatures=plan(Slot("rejected", role(Role.QA), label=_("Quality"))), back=True),
        Move("confirm", "approved", "approved", _("Confirm unchanged"), by=any_of(owner(), CONTROL), consequences=(confirm_unchanged,)),
        Move("withdraw", "approved", "obsolete", _("Make obsolete"), by=CONTROL, reason=True, consequences=(end_now,), protective=True),
        Move("void", "draft", "void", _("Void"), by=CONTROL, reason=True, back=True),
    ),
)

DOCUMENT = register(
    Kind(
        model=Document, shape="controlled", prefix="SOP", clause="4.2.4", wing="system", lifecycle=LIFECYCLE, create_by=anybody(),
        intro=_("What the company has written down to work by: manual, policies, procedures, instructions, forms, specifications."),
        number_name=type_prefix, label_draft=version_label, files_are_content=True,
        columns=("number", "title", "label", "state", "type", "owner", "review_due"),
        filters=("state", "type", "owner", "site"),
        search=("title", "purpose", "applies_to", "clauses", "process", "body", "change_reason"),
        handling=("review_due", "confirmed_at"),
        required={"submit": ("type", "change_reason", "change_class", "audience")},
        parts=(
            PartSpec("reviewers", Reviewer, ("person", "role", "round"), _("Reviewers")),
            PartSpec("historic_approvals", HistoricApproval, ("name", "function", "on"), _("Approved elsewhere by")),
        ),
        links=(
            Meaning("produces", _("produces"), _("form of")),
            Meaning("refers", _("refers to"), _("referred to by")),
        ),
        views=(
            View("force", _("All in force"), {"state": "effective"}),
            View("waiting", _("Waiting for me"), {"waiting": "me"}),
            View("review", _("Review due"), {"review": "due"}),
            View("work", _("Drafts and reviews"), {"state": "draft,in_review"}),
            View("gone", _("Superseded and obsolete"), {"state": "superseded,obsolete"}),
            View("all", _("All")),
        ),
        sections=(
            Section(_("What it is"), ("title", "type", "purpose", "applies_to", "clauses", "fulfils", "process", "audience", "language")),
            Section(_("This version"), ("change_reason", "change_class", "planned_from", "review_months")),
            Section(_("Impact"), ("impact_product", "impact_process", "impact_regulatory", "impact_supplier", "impact_risk", "impact_training")),
            Section(_("Adopted"), ("source", "approved_on")),
        ),
    )
)
