"""Declaration of parameter sets."""

from django.utils.translation import gettext_lazy as _

from medithread.kernel.identity.roles import Role
from medithread.kernel.records.kinds import Kind, PartSpec, Section, View, register
from medithread.kernel.records.lifecycle import Derived, Lifecycle, Move, Slot, State, plan
from medithread.kernel.verbs.who import all_of, any_of, did, independent, not_, owner, role

from .models import ParameterSet, Setting
from .rules import (
    area_is_known,
    comes_into_force,
    draft_label,
    effective_query,
    is_effective,
    is_superseded,
    superseded_query,
    values_fit,
)

AUTHORS = role(Role.QA, Role.MR, Role.DOC)
NOT_AUTHOR = independent(
    "parameter.author-not-sole-approver",
    not_(any_of(did("create"), did("edit"), did("revise")), "parameter.author", _("Who changed the parameters does not approve them alone."), _("Another approver signs.")),
)

LIFECYCLE = Lifecycle[ParameterSet](
    start="draft",
    states=(State("draft", _("Draft"), "warn"), State("approved", _("Approved"), "ask"), State("void", _("Void"), "quiet", final=True, path=False)),
    derived=(
        Derived(State("superseded", _("Superseded"), "quiet"), "approved", is_superseded, superseded_query),
        Derived(State("effective", _("In force"), "good"), "approved", is_effective, effective_query),
    ),
    editable=frozenset({"draft"}),
    edit_by=any_of(owner(), AUTHORS),
    moves=(
        Move(
            "approve", "draft", "approved", _("Approve"), needs=(values_fit, area_is_known), consequences=(comes_into_force,),
            signatures=plan(Slot("approved", all_of(role(Role.QA, Role.MR), NOT_AUTHOR), label=_("Quality"))), after=_("In force at once; acts from then on carry this edition."),
        ),
        Move("void", "draft", "void", _("Void"), by=AUTHORS, reason=True, back=True),
    ),
)

PARAMETER_SET = register(
    Kind(
        model=ParameterSet, shape="controlled", prefix="PAR", clause="4.2.4", wing="system", lifecycle=LIFECYCLE, create_by=AUTHORS,
        intro=_("What the company sets for itself: number patterns, reminder times, intervals. Each change is approved like a document."),
        label_draft=draft_label, rules=(area_is_known,),
        columns=("number", "title", "label", "state", "area", "owner"),
        filters=("state", "area"),
        search=("title", "area", "why"),
        required={"approve": ("why",)},
        parts=(PartSpec("settings", Setting, ("key", "value"), _("Values")),),
        views=(View("force", _("In force"), {"state": "effective"}), View("work", _("Drafts"), {"state": "draft"}), View("all", _("All"))),
        sections=(Section(_("What it is"), ("title", "area", "why")),),
    )
)
