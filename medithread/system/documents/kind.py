"""Declaration of controlled documents (ISO 13485 4.2.4, 4.2.5)."""

from django.utils.translation import gettext_lazy as _

from medithread.kernel.identity.roles import Role
from medithread.kernel.records.kinds import Kind, Meaning, PartSpec, Section, View, register
from medithread.kernel.records.lifecycle import Derived, Lifecycle, Move, Slot, State, plan
from medithread.kernel.verbs.who import agent, all_of, any_of, anybody, owner, role

from .labels import version_label
from .models import Document, HistoricApproval, Reviewer
from .rules import (
    answer_editorial,
    approval_plan,
    claims_nothing_adopted,
    confirm_unchanged,
    effective_query,
    end_now,
    impact_is_answered,
    is_effective,
    is_filled,
    is_in_force,
    is_not_superseded,
    is_superseded,
    move_review,
    owner_is_there,
    planned_date_is_ahead,
    put_in_force,
    review_is_planned,
    review_query,
    reviewers_are_named,
    shed,
    superseded_query,
    type_prefix,
)
from .who import CONTROL, RETURNERS, WRITERS, opened

READY = (is_filled, review_is_planned, reviewers_are_named, impact_is_answered, owner_is_there, planned_date_is_ahead)

LIFECYCLE = Lifecycle[Document](
    start="draft",
    edit_by=WRITERS,
    states=(
        State("draft", _("Draft"), "warn"),
        State("in_review", _("In review"), "ask"),
        State("approved", _("Approved"), "ask"),
        State("obsolete", _("Obsolete"), "quiet", final=True),
        State("staged", _("Staged, not adopted"), "warn", path=False),
        State("rejected", _("Rejected"), "bad", final=True, path=False),
        State("void", _("Void"), "quiet", final=True, path=False),
    ),
    derived=(
        Derived(State("superseded", _("Superseded"), "quiet"), "approved", is_superseded, superseded_query),
        Derived(State("effective", _("In force"), "good"), "approved", is_effective, effective_query),
    ),
    editable=frozenset({"draft"}),
    moves=(
        Move("submit", "draft", "in_review", _("Send to review"), by=WRITERS, needs=(claims_nothing_adopted, *READY), consequences=(shed, answer_editorial), after=_("The reviewers are asked to sign.")),
        Move(
            "approve", "in_review", "approved", _("Approve"), needs=READY, signatures=approval_plan,
            consequences=(put_in_force,), after=_("In force from the planned instant; the version before it ends then."),
        ),
        Move("return", "in_review", "draft", _("Return with comments"), by=RETURNERS, reason=True, back=True, after=_("The author corrects it. Reviews that were signed stay on their own text.")),
        Move("recall", "in_review", "draft", _("Take back"), by=WRITERS, reason=True, back=True, after=_("It is a draft again; nobody is asked to sign.")),
        Move("reject", "in_review", "rejected", _("Reject for good"), signatures=plan(Slot("rejected", role(Role.QA), label=_("Quality"))), back=True),
        Move("confirm", "approved", "approved", _("Confirm unchanged"), by=all_of(any_of(owner(), CONTROL), opened()), needs=(is_in_force,), consequences=(confirm_unchanged,), after=_("The next review is due one interval from today; nobody is trained again.")),
        Move("reschedule", "approved", "approved", _("Move the review"), by=any_of(owner(), CONTROL), needs=(is_in_force,), asks=("review_due",), reason=True, consequences=(move_review,), after=_("The document stays in force; the old day stays in the history.")),
        Move("withdraw", "approved", "obsolete", _("Make obsolete"), by=CONTROL, needs=(is_not_superseded,), reason=True, consequences=(end_now,), protective=True, after=_("From this instant nobody may work by it.")),
        Move("void", ("draft", "staged"), "void", _("Void"), by=any_of(CONTROL, agent()), reason=True, back=True, after=_("It is given up; its number is never used again.")),
    ),
)

DOCUMENT = register(
    Kind(
        model=Document, shape="controlled", prefix="SOP", clause="4.2.4", wing="system", lifecycle=LIFECYCLE, create_by=anybody(),
        intro=_("What the company has written down to work by: manual, policies, procedures, instructions, forms, specifications."),
        number_name=type_prefix, label_draft=version_label, files_are_content=True,
        columns=("number", "title", "label", "state", "type", "owner", "review_due"),
        filters=("state", "type", "owner", "site"), filter_by={"review": review_query},
        search=("title", "purpose", "applies_to", "clauses", "process", "body", "change_reason"),
        handling=("review_due", "confirmed_at"),
        required={"submit": ("type", "change_reason", "change_class", "audience"), "reschedule": ("review_due",)},
        parts=(
            PartSpec("reviewers", Reviewer, ("person", "role", "round"), _("Reviewers")),
            PartSpec("historic_approvals", HistoricApproval, ("name", "function", "on"), _("Approved elsewhere by")),
        ),
        links=(
            Meaning("produces", _("produces"), _("form of")),
            Meaning("refers", _("refers to"), _("referred to by")),
            Meaning("supersedes", _("supersedes"), _("superseded by"), pinned=True, content=True),
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
            Section(_("This version"), ("change_reason", "change_class", "change_request", "planned_from", "limited_to", "review_months")),
            Section(_("Impact"), ("impact_product", "impact_process", "impact_regulatory", "impact_supplier", "impact_risk", "impact_training")),
            Section(_("Brought or adopted"), ("import_note", "source", "approved_on", "protocol")),
        ),
    )
)
