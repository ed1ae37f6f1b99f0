"""Declaration of improvement ideas and actions (8.5.1)."""

from django.utils.translation import gettext_lazy as _

from medithread.kernel.identity.roles import Role
from medithread.kernel.records.kinds import Kind, Section, View, register
from medithread.kernel.records.lifecycle import Lifecycle, Move, Slot, State, plan
from medithread.kernel.verbs.who import all_of, any_of, anybody, not_, owner, role

from .models import Action, Idea
from .rules import actions_are_done, has_an_action, has_owner_and_due

QA = role(Role.QA, Role.MR)
NOT_THE_OWNER = not_(owner(), "who.not-owner", _("The owner of the idea does not close it alone."), _("Ask another person with this role."))

IDEA_LIFE = Lifecycle[Idea](
    start="new",
    states=(
        State("new", _("New"), "ask"),
        State("accepted", _("Accepted"), "warn"),
        State("done", _("Done, watching"), "warn"),
        State("closed", _("Closed"), "good", final=True),
        State("declined", _("Declined"), "quiet", final=True, path=False),
        State("void", _("Void"), "quiet", final=True, path=False),
    ),
    editable=frozenset({"new", "accepted", "done"}),
    moves=(
        Move("accept", "new", "accepted", _("Accept"), by=QA, asks=("decision",), after=_("The owner plans actions.")),
        Move("decline", "new", "declined", _("Decline"), by=QA, reason=True, back=True),
        Move("finish", "accepted", "done", _("All actions done"), by=any_of(owner(), QA), needs=(has_an_action, actions_are_done)),
        Move("reopen", "done", "accepted", _("More to do"), by=any_of(owner(), QA), reason=True, back=True),
        Move(
            "close", "done", "closed", _("Close"), needs=(actions_are_done,),
            signatures=plan(Slot("closed", all_of(QA, NOT_THE_OWNER), label=_("Closed by quality"))),
        ),
        Move("void", "new", "void", _("Void"), by=QA, reason=True, back=True),
    ),
)

ACTION_LIFE = Lifecycle[Action](
    start="open",
    states=(State("open", _("Open"), "warn"), State("done", _("Done"), "good", final=True), State("dropped", _("Dropped"), "quiet", final=True, path=False)),
    editable=frozenset({"open"}),
    moves=(
        Move("finish", "open", "done", _("Done"), by=any_of(owner(), QA), asks=("evidence",)),
        Move("drop", "open", "dropped", _("Drop"), by=QA, reason=True, back=True),
    ),
)

IDEA = register(
    Kind(
        model=Idea, shape="event", prefix="IMP", clause="8.5.1", wing="improvement", lifecycle=IDEA_LIFE, create_by=anybody(),
        intro=_("Ideas that make the quality system or the product better, what was decided on them and what came of it."),
        columns=("number", "title", "state", "source", "owner", "due"),
        filters=("state", "owner", "site", "source"),
        search=("title", "description", "benefit", "decision", "result"),
        required={"accept": ("description",), "close": ("outcome", "result")},
        views=(View("open", _("Open"), {"state": "new,accepted,done"}), View("mine", _("Mine"), {"owner": "me"}), View("all", _("All"))),
        sections=(
            Section(_("Idea"), ("title", "source", "description", "benefit")),
            Section(_("Decision"), ("decision",)),
            Section(_("Outcome"), ("outcome", "result")),
        ),
    )
)

ACTION = register(
    Kind(
        model=Action, shape="event", prefix="ACT", clause="8.5.1", wing="improvement", lifecycle=ACTION_LIFE, child_of=Idea, child_mark="A",
        create_by=any_of(owner(), QA), rules=(has_owner_and_due,),
        columns=("number", "title", "state", "owner", "due"),
        filters=("state", "owner"),
        search=("title", "task", "evidence"),
        required={"finish": ("evidence",)},
        sections=(Section(_("Action"), ("title", "task")), Section(_("Evidence"), ("evidence",))),
    )
)
