"""Identity, accountability, roles by two, exceptions, access review (11.10(d), (g), (j), 11.100(b); R9)."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.base import clock
from medithread.kernel.base.refusal import NotAllowed, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Account, Grant, Person, SigningRight
from medithread.kernel.identity.roles import Role
from medithread.kernel.signing.models import Compensation
from medithread.kernel.signing.statement import may_sign
from medithread.kernel.verbs import people, people_accounts, people_roles
from medithread.kernel.verbs.unit import unit
from medithread.kernel.work.jobs import Progress
from medithread.system.documents.models import Document
from medithread.system.organisation import acts, nightly
from medithread.system.organisation.models import Acceptance, IdentityCheck, IndependenceException, RoleProposal
from tests.company import PASSWORD, Company, see, signed
from tests.kernel.identity.test_accounts import BODY
from tests.kernel.identity.test_roles import in_review
from tests.proves import proves


@pytest.fixture
def nia(company: Company) -> Actor:
    """A new quality approver who signs in, and whom nobody has verified yet."""
    person = people.add_person(company.ike, name="Nia Roth", email="nia@aria.example")
    account = people_accounts.open_account(company.ike, person, username="nia")
    account.set_password(PASSWORD)
    account.save()
    people_roles.grant(company.quinn, person, "QA")
    return Actor(person=person, session="nias")


def check_of(company: Company, person: Any, **more: Any) -> IdentityCheck:
    values = {"occasion": "first", "looked_at": "passport", "checked_on": timezone.now().date(), "place": "Lyon, in person", **more}
    return verbs.create(company.ike, IdentityCheck, title="Identity", person=person, **values)


@proves("ORG-5")
def test_t_100b_1_without_verified_identity_nothing_is_signed_and_the_rest_works(company: Company, nia: Actor) -> None:
    document = in_review(company)
    see(nia, document)
    with pytest.raises(Refusal, match=r"sign\.identity"):
        verbs.ask_signature(nia, document, "approve")
    draft = verbs.create(nia, Document, title="Hers", type="SOP")
    verbs.edit(nia, draft, lock=draft.lock, purpose="To draft")
    idea = verbs.create(company.rea, Idea, title="Board", description="x")
    verbs.move(nia, idea, "accept")
    check = check_of(company, nia.uid)
    signed(company.quinn, check, "verify")
    right = SigningRight.objects.get(person=nia.person)
    assert (right.verified_by, right.verified_how) == (company.quinn, "passport; Lyon, in person")


def test_nobody_verifies_themselves_and_the_administrator_verifies_nobody(company: Company, nia: Actor) -> None:
    check = check_of(company, company.quinn.uid)
    see(company.quinn, check)
    with pytest.raises(NotAllowed, match=r"who\.not-subject"):
        verbs.ask_signature(company.quinn, check, "verify")
    see(company.ike, check)
    with pytest.raises(NotAllowed, match=r"who\.role"):
        verbs.ask_signature(company.ike, check, "verify")
    with pytest.raises(Refusal, match=r"identity\.future"):
        check_of(company, nia.uid, checked_on=timezone.now().date() + timedelta(days=2))


@proves("ORG-6")
def test_t_10j_1_the_accountability_statement_comes_first(company: Company, nia: Actor) -> None:
    with pytest.raises(Refusal, match=r"sign\.identity"):
        acts.accept(nia, username="nia", password=PASSWORD)
    signed(company.quinn, check_of(company, nia.uid), "verify")
    document = in_review(company)
    see(nia, document)
    with pytest.raises(Refusal, match=r"sign\.accountability") as refusal:
        verbs.ask_signature(nia, document, "approve")
    assert refusal.value.nos[0].link == "accountability"
    with pytest.raises(Refusal, match=r"sign\.wrong"):
        acts.accept(nia, username="nia", password="not it")
    assert not Acceptance.objects.exists()
    accepted = acts.accept(nia, username="nia", password=PASSWORD)
    signature = accepted.signatures.get()
    assert (accepted.state, signature.meaning, signature.person, signature.method) == ("accepted", "acknowledged", nia.person, "password")
    assert verbs.ask_signature(nia, document, "approve")
    with pytest.raises(Refusal, match=r"accept\.done"):
        acts.accept(nia, username="nia", password=PASSWORD)


@proves("ORG-6")
def test_t_10j_1_a_new_version_of_the_statement_is_accepted_again(company: Company, nia: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    from medithread.kernel.signing import statement
    from medithread.kernel.verbs import people_rights

    signed(company.quinn, check_of(company, nia.uid), "verify")
    acts.accept(nia, username="nia", password=PASSWORD)
    assert may_sign(nia) is None
    for module in (statement, people_rights, acts):
        monkeypatch.setattr(module, "STATEMENT_VERSION", "2")
    assert "sign.accountability" in str(may_sign(nia))
    acts.accept(nia, username="nia", password=PASSWORD)
    assert may_sign(nia) is None


@proves("ORG-7")
def test_t_10g_3_an_administrators_own_release_role_takes_a_second_persons_signature(company: Company) -> None:
    with pytest.raises(NotAllowed, match=r"grant\.second-person"):
        people_roles.grant(company.ike, company.ike, "REL")
    proposal = acts.propose_role(company.ike, company.ike, "REL", because="stands in for production")
    see(company.ike, proposal)
    with pytest.raises(NotAllowed):
        verbs.ask_signature(company.ike, proposal, "grant")
    assert not Actor(person=company.ike).has(Role.REL)
    signed(company.quinn, proposal, "grant")
    made = Grant.objects.get(person=company.ike, role="REL")
    assert (proposal.state, made.granted_by, made.confirmed_by) == ("granted", company.ike, company.quinn)
    assert proposal.signatures.get().meaning == "appointed"


@proves("ORG-7")
def test_who_proposed_or_receives_does_not_confirm(company: Company) -> None:
    proposal = acts.propose_role(company.quinn, company.mara, "REL", because="x")
    for first in ("quinn", "mara"):
        see(getattr(company, first), proposal)
        with pytest.raises(NotAllowed, match=r"who\.not-(proposer|subject)"):
            verbs.ask_signature(getattr(company, first), proposal, "grant")
    signed(company.tim, proposal, "grant")
    assert Actor(person=company.mara).has(Role.REL)


def test_a_role_for_one_site_is_confirmed_by_who_covers_it(company: Company) -> None:
    people_roles.grant(company.quinn, company.dora, "QA", site=company.gren)
    start = timezone.now() + timedelta(days=3)
    proposal = acts.propose_role(company.ike, company.rea, "QC", because="x", site=company.lyon, valid_from=start, valid_to=start + timedelta(days=9))
    see(company.dora, proposal)
    with pytest.raises(NotAllowed, match=r"who\.granter"):
        verbs.ask_signature(company.dora, proposal, "grant")
    signed(company.quinn, proposal, "grant")
    made = Grant.objects.get(person=company.rea, role="QC")
    assert (made.site, made.valid_from) == (company.lyon, start)


def test_proposals_make_sense(company: Company) -> None:
    with pytest.raises(Refusal, match=r"grant\.role"):
        acts.propose_role(company.ike, company.rea, "BOSS", because="x")
    with pytest.raises(Refusal, match=r"grant\.end"):
        acts.propose_role(company.ike, company.rea, "QC", because="x", valid_to=timezone.now() - timedelta(days=1))
    with pytest.raises(NotAllowed):
        acts.propose_role(company.ada, company.rea, "QC", because="x")
    declined = acts.propose_role(company.ike, company.rea, "QC", because="x")
    verbs.move(company.mara, declined, "decline", reason="no need")
    assert RoleProposal.objects.get(pk=declined.pk).state == "declined"


def exception_of(company: Company, rule: str, days: int = 90) -> IndependenceException:
    today = timezone.now().date()
    return verbs.create(
        company.quinn, IndependenceException, title="Small company", rule=rule, person=company.quinn.uid, because="We are five.",
        valid_from=today, valid_until=today + timedelta(days=days),
    )  # fmt: skip


def written_by_quinn(company: Company) -> Document:
    document = verbs.create(company.quinn, Document, title="Mine", type="SOP", owner=company.otto.uid, change_reason="x", change_class="retrain", audience=["MFG"], review_months=9, body=BODY)
    verbs.move(company.quinn, document, "submit")
    see(company.quinn, document)
    return document


@proves("ORG-8")
def test_t_10f_3_an_exception_signed_by_top_management_lets_a_rule_pass_until_it_ends(company: Company) -> None:
    document = written_by_quinn(company)
    with pytest.raises(NotAllowed, match=r"document\.author"):
        verbs.ask_signature(company.quinn, document, "approve")
    exception = exception_of(company, "document.author-not-sole-approver")
    see(company.quinn, exception)
    with pytest.raises(NotAllowed):
        verbs.ask_signature(company.quinn, exception, "approve")
    signed(company.tim, exception, "approve")
    made = Compensation.objects.get()
    assert (made.person, made.granted_by, exception.compensation) == (company.quinn, company.tim, made.uid)
    assert verbs.ask_signature(company.quinn, document, "approve")
    with clock.simulated(timezone.now() + timedelta(days=92)):
        assert exception.declared.lifecycle.condition(exception, clock.now()).code == "over"
        assert IndependenceException.objects.filter(exception.declared.lifecycle.query("over", clock.now())).exists()
        see(company.quinn, document)
        with pytest.raises(NotAllowed, match=r"document\.author"):
            verbs.ask_signature(company.quinn, document, "approve")


def test_an_exception_is_ended_before_its_time(company: Company) -> None:
    exception = exception_of(company, "document.author-not-sole-approver")
    signed(company.tim, exception, "approve")
    verbs.move(company.quinn, exception, "end", reason="we are six now")
    with pytest.raises(NotAllowed, match=r"document\.author"):
        verbs.ask_signature(company.quinn, written_by_quinn(company), "approve")


@proves("ORG-9")
def test_t_10f_3_hard_rules_have_no_exception(company: Company) -> None:
    for rule, code in (("audit.own-work", "exception.hard"), ("it.no-quality-decision", "exception.hard"), ("no.such", "exception.rule")):
        with pytest.raises(Refusal) as refusal:
            exception_of(company, rule)
        assert refusal.value.codes == (code,)
    with pytest.raises(Refusal, match=r"exception\.dates"):
        exception_of(company, "document.author-not-sole-approver", days=400)


@proves("ORG-10")
def test_an_access_review_is_a_signed_record(company: Company) -> None:
    people_accounts.deactivate(company.ike, Account.objects.get(username="dora"), reason="left")
    review = acts.begin_review(company.ike)
    rows = {line.person.name: line for line in review.lines.all()}
    assert rows["Mara Voss"].roles == "MR, QA"
    assert rows["Dora Copp"].account == "dora (closed)"
    with pytest.raises(Refusal, match=r"review\.running"):
        acts.begin_review(company.quinn)
    see(company.quinn, review)
    with pytest.raises(Refusal, match=r"required.*review\.open-lines"):
        verbs.ask_signature(company.quinn, review, "attest")
    judged = [{"uid": str(line.uid), "outcome": "change" if line == rows["Mara Voss"] else "keep"} for line in rows.values()]
    verbs.edit(company.quinn, review, parts={"lines": judged})
    verbs.edit(company.quinn, review, lock=review.lock, conclusion="All as it should be but one.")
    see(company.quinn, review)
    with pytest.raises(Refusal, match=r"review\.remark"):
        verbs.ask_signature(company.quinn, review, "attest")
    verbs.edit(company.quinn, review, parts={"lines": [{"uid": str(rows["Mara Voss"].uid), "remark": "QA ends in May"}]})
    signed(company.quinn, review, "attest")
    assert (review.state, review.signatures.get().meaning) == ("closed", "attested")
    assert acts.review_due() == (review.state_since + acts.INTERVAL).date()


@proves("ORG-11")
def test_t_10d_3_an_overdue_access_review_is_called_for(company: Company) -> None:
    start = timezone.now()
    assert acts.review_due() == (start + acts.INTERVAL).date()
    assert not nightly.call_for_review()
    with clock.simulated(start + timedelta(days=190)):
        assert nightly.review_is_overdue()
        assert nightly.call_for_review()
        assert {message.to[0] for message in mail.outbox} == {company.quinn.email, company.mara.email, company.tim.email}
        acts.begin_review(company.quinn)
        assert not nightly.review_is_overdue()


def test_before_anybody_can_sign_no_review_is_due(db: None) -> None:
    assert acts.review_due() is None
    assert not nightly.review_is_overdue()
    assert nightly.nightly(Progress(None)) == "not founded"  # type: ignore[arg-type]


@proves("ORG-12")
def test_the_night(company: Company) -> None:
    people.add_person(company.ike, name="No account")
    assert nightly.nightly(Progress(None)) == "suspended 0, left 0, keys to test 0, review overdue 0"  # type: ignore[arg-type]
    assert nightly.keeper().agent == nightly.keeper().agent


def test_an_inspector_accepts_nothing(company: Company) -> None:
    right = SigningRight.objects.get(person=company.ina)
    right.accepted_at = None
    with unit(company.quinn) as act:
        act.put("edit", right)
    with pytest.raises(NotAllowed, match=r"accept\.no-role"):
        acts.accept(Actor(person=company.ina, session="x"), username="ina", password=PASSWORD)


def test_who_has_no_role_is_told_so(company: Company) -> None:
    person = Person.objects.get(uid=people.add_person(company.ike, name="Nobody", email="n@aria.example").uid)
    account = people_accounts.open_account(company.ike, person, username="nobody")
    account.set_password(PASSWORD)
    account.save()
    signed(company.quinn, check_of(company, person.uid), "verify")
    with pytest.raises(NotAllowed, match=r"accept\.no-role"):
        acts.accept(Actor(person=person, session="x"), username="nobody", password=PASSWORD)
