"""Declaration of the founding act, identities, accountability, role proposals, access reviews and exceptions (5.5.1)."""

from django.utils.translation import gettext_lazy as _

from medithread.kernel.identity.roles import GRANTERS, Role
from medithread.kernel.records.kinds import Kind, PartSpec, Section, View, register
from medithread.kernel.records.lifecycle import Derived, Lifecycle, Move, Slot, State, plan
from medithread.kernel.verbs.who import all_of, any_of, did, not_, owner, role

from . import independence  # noqa: F401  (declares the rules)
from .models import Acceptance, AccessLine, AccessReview, Founding, IdentityCheck, IndependenceException, RoleProposal
from .rules import (
    check_is_not_ahead,
    dates_make_sense,
    end_exception,
    ends_within_a_year,
    every_line_is_judged,
    for_oneself,
    founder,
    founders_differ,
    give_each_other_roles,
    give_the_role,
    holds_role_there,
    is_over,
    not_founded,
    over_query,
    put_exception_in_force,
    remarks_say_what,
    roles_suffice,
    rule_can_be_compensated,
    sanction_signature,
    signer_to_be,
    subject,
    verified_in_time,
)

GRANTER = role(*GRANTERS)
KEEPER = role(Role.IT, *GRANTERS)
ONE_OF_TWO = any_of(founder("first"), founder("second"))
NOT_THE_SUBJECT = not_(subject(), "who.not-subject", _("Nobody does this for themselves."), _("Ask another person with this role."))
NOT_THE_PROPOSER = not_(any_of(owner(), did("create")), "who.not-proposer", _("Who proposed it does not confirm it."), _("A second authorised person confirms."))
VOID = State("void", _("Void"), "quiet", final=True, path=False)

FOUNDING = register(
    Kind(
        model=Founding, shape="event", prefix="FND", clause="5.5.1", wing="system", create_by=all_of(role(Role.IT), not_founded()),
        intro=_("The act by which two people brought the company to life here: each verified the identity of the other and appointed the other."),
        lifecycle=Lifecycle[Founding](
            start="open", editable=frozenset({"open"}), edit_by=ONE_OF_TWO,
            states=(State("open", _("Open"), "ask"), State("complete", _("Complete, for ever"), "good", final=True), VOID),
            moves=(
                Move(
                    "found", "open", "complete", _("Found the company"), needs=(founders_differ, roles_suffice, verified_in_time),
                    signatures=plan(
                        *(
                            Slot(meaning, founder(which), key=f"{meaning}_{which}", label=label)
                            for meaning, label in (("identity_verified", _("Identity of the other")), ("acknowledged", _("Own statement")), ("appointed", _("The other")))
                            for which in ("first", "second")
                        )
                    ),
                    consequences=(give_each_other_roles,), after=_("Both can sign; roles can be given to others."),
                ),
                Move("void", "open", "void", _("Void"), by=ONE_OF_TWO, reason=True, back=True),
            ),
        ),
        columns=("number", "title", "state", "company", "owner"), search=("title", "company"), handling=("letter_sent_on",),
        required={
            "found": (
                "company", "first", "second", "first_verified_how", "first_verified_on", "second_verified_how", "second_verified_on",
                "first_roles", "second_roles", "statement", "statement_version", "letter", "in_scope_from",
            )
        },
        sections=(
            Section(_("Company"), ("title", "company", "in_scope_from", "letter", "letter_sent_on")),
            Section(_("First person"), ("first", "first_verified_how", "first_verified_on", "first_roles")),
            Section(_("Second person"), ("second", "second_verified_how", "second_verified_on", "second_roles")),
            Section(_("Accountability"), ("statement_version", "statement")),
        ),
    )
)  # fmt: skip

IDENTITY_CHECK = register(
    Kind(
        model=IdentityCheck, shape="event", prefix="IDV", clause="5.5.1", wing="system", create_by=KEEPER, rules=(check_is_not_ahead,),
        intro=_("Whose identity was verified, by whom and how, before that person's signature counts."),
        lifecycle=Lifecycle[IdentityCheck](
            start="open", editable=frozenset({"open"}),
            states=(State("open", _("Open"), "ask"), State("verified", _("Verified"), "good", final=True), VOID),
            moves=(
                Move(
                    "verify", "open", "verified", _("Verify"), consequences=(sanction_signature,),
                    signatures=plan(Slot("identity_verified", all_of(role(Role.QA, Role.MR), NOT_THE_SUBJECT), label=_("Quality"))),
                    after=_("The person may sign after accepting the accountability statement."),
                ),
                Move("void", "open", "void", _("Void"), by=any_of(owner(), GRANTER), reason=True, back=True),
            ),
        ),
        columns=("number", "title", "state", "person", "checked_on"), filters=("state", "person"), search=("title",),
        required={"verify": ("person", "occasion", "looked_at", "checked_on", "place")},
        sections=(Section(_("Identity"), ("title", "person", "occasion", "looked_at", "checked_on", "place")),),
    )
)  # fmt: skip

ACCEPTANCE = register(
    Kind(
        model=Acceptance, shape="event", prefix="ACC", clause="5.5.1", wing="system", create_by=signer_to_be(),
        intro=_("Who accepted, by signature, what an electronic signature means here."),
        lifecycle=Lifecycle[Acceptance](
            start="open", editable=frozenset(),
            states=(State("open", _("Open"), "ask"), State("accepted", _("Accepted"), "good", final=True)),
            moves=(Move("accept", "open", "accepted", _("Accept"), signatures=plan(Slot("acknowledged", for_oneself(), label=_("Own statement")))),),
        ),
        columns=("number", "title", "state", "person"), filters=("state", "person"), search=("title",),
        required={"accept": ("person", "statement", "statement_version")},
        sections=(Section(_("Statement"), ("title", "person", "statement_version", "statement")),),
    )
)  # fmt: skip

ROLE_PROPOSAL = register(
    Kind(
        model=RoleProposal, shape="event", prefix="RGR", clause="5.5.1", wing="system", create_by=KEEPER, rules=(dates_make_sense,),
        intro=_("Roles that nobody may give alone: proposed by one person, confirmed by the signature of a second."),
        lifecycle=Lifecycle[RoleProposal](
            start="proposed", editable=frozenset({"proposed"}), edit_by=owner(),
            states=(State("proposed", _("Proposed"), "ask"), State("granted", _("Given"), "good", final=True), State("declined", _("Declined"), "quiet", final=True, path=False), VOID),
            moves=(
                Move(
                    "grant", "proposed", "granted", _("Confirm"), consequences=(give_the_role,),
                    signatures=plan(Slot("appointed", all_of(holds_role_there(), NOT_THE_SUBJECT, NOT_THE_PROPOSER), label=_("Second authorised person"))),
                    after=_("The role holds from the instant proposed."),
                ),
                Move("decline", "proposed", "declined", _("Decline"), by=GRANTER, reason=True, back=True),
                Move("void", "proposed", "void", _("Void"), by=owner(), reason=True, back=True),
            ),
        ),
        columns=("number", "title", "state", "person", "role", "owner"), filters=("state", "person", "role"), search=("title", "because"),
        required={"grant": ("person", "role", "because")},
        sections=(Section(_("Role"), ("title", "person", "role", "at_site", "valid_from", "valid_to", "because")),),
    )
)  # fmt: skip

ACCESS_REVIEW = register(
    Kind(
        model=AccessReview, shape="event", prefix="ARV", clause="5.5.1", wing="system", create_by=KEEPER,
        intro=_("Every six months: is everybody's access still right? Attested by signature."),
        lifecycle=Lifecycle[AccessReview](
            start="open", editable=frozenset({"open"}), edit_by=KEEPER,
            states=(State("open", _("Under review"), "warn"), State("closed", _("Attested"), "good", final=True), VOID),
            moves=(
                Move(
                    "attest", "open", "closed", _("Attest"), needs=(every_line_is_judged, remarks_say_what),
                    signatures=plan(Slot("attested", GRANTER, label=_("Access owner"))), after=_("The next review is due in six months."),
                ),
                Move("void", "open", "void", _("Void"), by=GRANTER, reason=True, back=True),
            ),
        ),
        columns=("number", "title", "state", "as_of", "owner", "due"), filters=("state", "owner"), search=("title", "conclusion"),
        parts=(PartSpec("lines", AccessLine, ("person", "account", "roles", "last_seen", "outcome", "remark"), _("People")),),
        required={"attest": ("as_of", "conclusion", "lines")},
        views=(View("open", _("Open"), {"state": "open"}), View("all", _("All"))),
        sections=(Section(_("Review"), ("title", "as_of", "conclusion")),),
    )
)  # fmt: skip

EXCEPTION = register(
    Kind(
        model=IndependenceException, shape="event", prefix="EXC", clause="5.5.1", wing="system", create_by=GRANTER,
        rules=(rule_can_be_compensated, ends_within_a_year),
        intro=_("Where a small company cannot keep a rule of independence: who, why, until when, signed by top management."),
        lifecycle=Lifecycle[IndependenceException](
            start="draft", editable=frozenset({"draft"}),
            states=(State("draft", _("Draft"), "warn"), State("approved", _("In force"), "good"), State("ended", _("Ended"), "quiet", final=True), VOID),
            derived=(Derived(State("over", _("Over"), "quiet", final=True), "approved", is_over, over_query),),
            moves=(
                Move(
                    "approve", "draft", "approved", _("Approve"), consequences=(put_exception_in_force,),
                    signatures=plan(Slot("approved", role(Role.TM), label=_("Top management"))), after=_("It is listed on Standing and in the management review until it ends."),
                ),
                Move("end", "approved", "ended", _("End now"), by=GRANTER, reason=True, consequences=(end_exception,)),
                Move("void", "draft", "void", _("Void"), by=GRANTER, reason=True, back=True),
            ),
        ),
        columns=("number", "title", "state", "rule", "person", "valid_until"), filters=("state", "person"), search=("title", "because"), handling=("compensation",),
        required={"approve": ("rule", "because", "valid_from", "valid_until")},
        views=(View("force", _("In force"), {"state": "approved"}), View("all", _("All"))),
        sections=(Section(_("Exception"), ("title", "rule", "person", "second", "because", "valid_from", "valid_until")),),
    )
)  # fmt: skip
