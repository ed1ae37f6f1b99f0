"""T-10e-3: every way to write leaves its entry, with who, what and when; the live tables then hold what the ledger tells.

Ways are enumerated from the code: a verb that is not walked here fails the suite.
"""

import importlib
import inspect
import io
import json
import pkgutil
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from medithread import cli
from medithread.improvement.ideas.models import Idea
from medithread.kernel import verbs
from medithread.kernel.base import clock
from medithread.kernel.base.guard import door_open
from medithread.kernel.base.uid import uuid7
from medithread.kernel.exchange.importing import check, stage, start
from medithread.kernel.files.models import Attachment
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Account, Agent, Person
from medithread.kernel.ledger.models import Entry, Head
from medithread.kernel.records.kinds import kind_of
from medithread.kernel.signing.passkey import registration
from medithread.kernel.verbs import (
    choices,
    people,
    people_accounts,
    people_factors,
    people_nightly,
    people_roles,
    people_sessions,
    people_tokens,
)
from medithread.kernel.verbs.adopt import adopt
from medithread.kernel.verbs.give import give, take_back
from medithread.kernel.verbs.unit import unit
from medithread.kernel.verbs.upload import upload
from medithread.kernel.work.worker import drain
from medithread.system.documents.models import Document
from medithread.system.parameters.models import ParameterSet
from tests.company import PASSWORD, Company, signed
from tests.kernel.api.conftest import Api
from tests.kernel.signing.authenticator import Authenticator

from . import tables

Way = Callable[[Company], tuple[Callable[[], Any], Any]]
WAYS: dict[str, Way] = {}
# Take an actor, but write no evidence.
READERS = {
    "move.offers": "tells which moves are open",
    "move.may": "asks a predicate",
    "unit.as_actor": "makes an actor of a person",
    "unit.unit": "the frame of every verb",
    "sign.ask_signature": "makes the statement that waits to be signed",
}
# Walked where its kind of record is at hand.
ELSEWHERE = {"dispose.dispose": "takes an approved request: tests/kernel/ledger"}


def way(name: str) -> Callable[[Way], Way]:
    """What is made ready for a verb, and then the verb itself with who does it."""

    def keep(build: Way) -> Way:
        WAYS[name] = build
        return build

    return keep


def idea(c: Company, **values: Any) -> Any:
    return verbs.create(c.rea, Idea, title="Shadow board", **values)


def done_idea(c: Company) -> Any:
    made = idea(c)
    with unit(c.rea) as act:
        act.touch("move", made, state="done")
    return kind_of(made).model.objects.get(pk=made.pk)


def account(person: Person) -> Account:
    return Account.objects.get(person=person)


def file(c: Company) -> Any:
    return verbs.store_file(c.rea, io.BytesIO(b"Spanner\n"), media_type="text/plain")


def keyed(c: Company) -> Any:
    options, state = registration(c.ada, "ada")
    return people_factors.add_passkey(c.ada, state, Authenticator().register(options), label="Stick")


def keeper(c: Company) -> Actor:
    agent = Agent(name="keeper", version="1")
    with unit(Actor(agent=agent)) as act:
        act.put("create", agent)
    return Actor(agent=agent)


def later(days: int) -> Any:
    return clock.now() + timedelta(days=days)


def in_force(c: Company) -> Any:
    made = verbs.create(c.dora, ParameterSet, title="Numbers", area="numbering", why="Ours")
    return signed(c.quinn, made, "approve")


WAYS.update(
    {
        "create.create": lambda c: (lambda: idea(c), c.rea),
        "adopt.adopt": lambda c: (lambda: adopt(c.dora, Document, uid=uuid7(), number="QP-7", label="3", state="staged", title="Old procedure"), c.dora),
        "edit.edit": lambda c: ((lambda i: lambda: verbs.edit(c.rea, i, lock=i.lock, benefit="Less searching"))(idea(c)), c.rea),
        "move.move": lambda c: ((lambda i: lambda: verbs.move(c.quinn, i, "decline", lock=i.lock, reason="No"))(idea(c)), c.quinn),
        "revise.revise": lambda c: ((lambda p: lambda: verbs.revise(c.dora, p))(in_force(c)), c.dora),
        "link.link": lambda c: ((lambda a, b: lambda: verbs.link(c.rea, a, b, "relates"))(idea(c), idea(c)), c.rea),
        "link.unlink": lambda c: ((lambda made: lambda: verbs.unlink(c.rea, made, reason="Wrong one"))(verbs.link(c.rea, idea(c), idea(c), "relates")), c.rea),
        "attach.store_file": lambda c: (lambda: file(c), c.rea),
        "attach.attach": lambda c: ((lambda i, f: lambda: verbs.attach(c.rea, i, f, name="tools.txt"))(idea(c), file(c)), c.rea),
        "attach.detach": lambda c: ((lambda a: lambda: verbs.detach(c.rea, a, reason="Old"))(verbs.attach(c.rea, idea(c), file(c), name="tools.txt")), c.rea),
        "upload.upload": lambda c: ((lambda i: lambda: upload(c.rea, i, io.BytesIO(b"Spanner\n"), name="tools.txt"))(idea(c)), c.rea),
        "comment.comment": lambda c: ((lambda i: lambda: verbs.comment(c.quinn, i, "Which line?"))(idea(c)), c.quinn),
        "comment.resolve": lambda c: ((lambda said: lambda: verbs.resolve(c.rea, said))(verbs.comment(c.quinn, idea(c), "Which line?")), c.rea),
        "give.give": lambda c: ((lambda i: lambda: give(c.quinn, i, c.ina, until=later(3)))(idea(c)), c.quinn),
        "give.take_back": lambda c: ((lambda g: lambda: take_back(c.quinn, g))(give(c.quinn, idea(c), c.ina, until=later(3))), c.quinn),
        "choices.add_choice": lambda c: (lambda: choices.add_choice(c.dora, "defect", "dent", "Dent"), c.dora),
        "choices.change_choice": lambda c: (
            (lambda word: lambda: choices.change_choice(c.dora, word, retired=True, reason="Unused"))(choices.add_choice(c.dora, "defect", "dent", "Dent")), c.dora,
        ),
        "people.add_person": lambda c: (lambda: people.add_person(c.ike, name="Nia Roth"), c.ike),
        "people.change_person": lambda c: (lambda: people.change_person(c.ike, c.rea, function="Line lead", reason="Promoted"), c.ike),
        "people.leave": lambda c: (lambda: people.leave(c.ike, c.rea, on=clock.now().date(), reason="Retired"), c.ike),
        "people.away": lambda c: (lambda: people.away(c.rea, c.rea, first=later(1).date(), last=later(3).date()), c.rea),
        "people.back": lambda c: ((lambda absent: lambda: people.back(c.rea, absent))(people.away(c.rea, c.rea, first=later(-1).date(), last=later(3).date())), c.rea),
        "people.add_site": lambda c: (lambda: people.add_site(c.quinn, code="NAN", name="Nantes", zone="Europe/Paris"), c.quinn),
        "people.change_site": lambda c: (lambda: people.change_site(c.quinn, c.lyon, name="Lyon Sud", reason="Moved"), c.quinn),
        "people_accounts.open_account": lambda c: (
            (lambda nia: lambda: people_accounts.open_account(c.ike, nia, username="nia"))(people.add_person(c.ike, name="Nia Roth", email="nia@aria.example")), c.ike,
        ),
        "people_accounts.send_link": lambda c: (lambda: people_accounts.send_link(c.ike, account(c.rea)), c.ike),
        "people_accounts.change_password": lambda c: (lambda: people_accounts.change_password(c.rea, PASSWORD, "quite another phrase"), c.rea),
        "people_accounts.deactivate": lambda c: (lambda: people_accounts.deactivate(c.ike, account(c.rea), reason="Left"), c.ike),
        "people_accounts.reactivate": lambda c: (
            (lambda shut: lambda: people_accounts.reactivate(c.ike, shut, reason="Back"))(people_accounts.deactivate(c.ike, account(c.rea), reason="Left")), c.ike,
        ),
        "people_accounts.unlock": lambda c: (lambda: people_accounts.unlock(c.ike, account(c.rea), reason="Looked into"), c.ike),
        "people_accounts.limit": lambda c: (lambda: people_accounts.limit(c.ike, account(c.rea), valid_until=later(9), reason="Until then"), c.ike),
        "people_factors.add_passkey": lambda c: (lambda: keyed(c), c.ada),
        "people_factors.revoke_passkey": lambda c: ((lambda key: lambda: people_factors.revoke_passkey(c.ada, key, reason="Lost"))(keyed(c)), c.ada),
        "people_factors.tested": lambda c: ((lambda key: lambda: people_factors.tested(c.ada, key, result="Works"))(keyed(c)), c.ada),
        "people_factors.new_codes": lambda c: (lambda: people_factors.new_codes(c.ada), c.ada),
        "people_factors.lost": lambda c: (lambda: people_factors.lost(c.ike, c.ada, reason="In a taxi"), c.ike),
        "people_sessions.end_for": lambda c: (lambda: people_sessions.end_for(Actor(person=c.ike), account(c.rea), "Odd address"), c.ike),
        "people_tokens.make_token": lambda c: (lambda: people_tokens.make_token(c.rea, label="Scale", scopes=("read",), days=9), c.rea),
        "people_tokens.revoke_token": lambda c: (
            (lambda made: lambda: people_tokens.revoke_token(c.rea, made[0], reason="Unused"))(people_tokens.make_token(c.rea, label="Scale", scopes=("read",), days=9)), c.rea,
        ),
        "people_roles.grant": lambda c: (lambda: people_roles.grant(c.quinn, c.rea, "AUD"), c.quinn),
        "people_roles.withdraw": lambda c: ((lambda given: lambda: people_roles.withdraw(c.quinn, given, reason="Moved"))(people_roles.grant(c.quinn, c.rea, "PUR")), c.quinn),
        "people_roles.delegate": lambda c: (lambda: people_roles.delegate(c.quinn, c.ada, "QA", valid_to=later(3), reason="Leave"), c.quinn),
        "people_roles.end_delegation": lambda c: (
            (lambda d: lambda: people_roles.end_delegation(c.quinn, d, reason="Back"))(people_roles.delegate(c.quinn, c.ada, "QA", valid_to=later(3), reason="Leave")), c.quinn,
        ),
        "people_roles.set_policy": lambda c: (lambda: people_roles.set_policy(c.quinn, "IT", second_factor=True, idle_minutes=5, reason="Audit"), c.quinn),
    }
)  # fmt: skip


@way("sign.sign")
def _sign(c: Company) -> tuple[Callable[[], Any], Any]:
    made = done_idea(c)
    verbs.edit(c.rea, made, lock=made.lock, outcome="better", result="Nobody searches.")
    return lambda: signed(c.quinn, made, "close"), c.quinn


@way("people_factors.add_totp")
def _add_totp(c: Company) -> tuple[Callable[[], Any], Any]:
    seed = pyotp.random_base32()
    return lambda: people_factors.add_totp(c.ada, seed, pyotp.TOTP(seed).at(clock.now())), c.ada


@way("people_factors.drop_totp")
def _drop_totp(c: Company) -> tuple[Callable[[], Any], Any]:
    _add_totp(c)[0]()
    return lambda: people_factors.drop_totp(c.ada), c.ada


@way("people_nightly.suspend_unused")
def _suspend_unused(c: Company) -> tuple[Callable[[], Any], Any]:
    who = keeper(c)

    def night() -> None:
        with clock.simulated(later(100)):
            people_nightly.suspend_unused(who)

    return night, who


@way("people_nightly.end_leavers")
def _end_leavers(c: Company) -> tuple[Callable[[], Any], Any]:
    who = keeper(c)
    people.leave(c.ike, c.rea, on=later(1).date(), reason="Retires")

    def night() -> None:
        with clock.simulated(later(3)):
            people_nightly.end_leavers(who)

    return night, who


def all_verbs() -> set[str]:
    """Every public function of kernel/verbs whose first word is who acts."""
    found = set()
    for info in pkgutil.iter_modules(verbs.__path__):
        module = importlib.import_module(f"{verbs.__name__}.{info.name}")
        for name, call in inspect.getmembers(module, inspect.isfunction):
            names = list(inspect.signature(call).parameters)
            if call.__module__ == module.__name__ and not name.startswith("_") and names[:1] == ["who"]:
                found.add(f"{info.name}.{name}")
    return found


def test_every_verb_is_walked() -> None:
    assert all_verbs() - {*READERS, *ELSEWHERE} == set(WAYS)


@pytest.mark.parametrize("name", sorted(WAYS))
def test_t_10e_3_a_verb_leaves_its_entry(company: Company, name: str) -> None:
    act, who = WAYS[name](company)
    before = tables.live()
    last = Head.objects.get().seq
    act()
    entries = list(Entry.objects.filter(seq__gt=last).order_by("seq"))
    assert entries, "nothing was written into the ledger"
    for entry in entries:
        body = json.loads(bytes(entry.body))
        assert body["actor"] == str(who.uid)
        assert (body["act"], body["verb"], body["subject"]) == (str(entry.act), entry.verb, str(entry.subject))
        assert body["at"].endswith("Z")
    now = tables.live()
    changed = {uid for uid in before.keys() | now.keys() if before.get(uid) != now.get(uid)}
    assert changed <= {entry.subject for entry in entries}
    tables.agree(now)


def test_t_10e_3_the_api_leaves_the_same_entries(company: Company) -> None:
    api = Api(company.rea)
    last = Head.objects.get().seq
    made = api.post("idea", {"content": {"title": "Shadow board"}}).json()
    api.patch(f"idea/{made['uid']}", {"lock": 1, "content": {"benefit": "Less searching"}})
    entries = Entry.objects.filter(seq__gt=last).order_by("seq")
    assert [(e.verb, e.kind, e.actor) for e in entries] == [("create", "idea@1", company.rea.uid), ("edit", "idea@1", company.rea.uid)]
    with door_open():
        company.rea.tokens.all().delete()
    tables.agree()


def test_t_10e_3_an_import_leaves_an_entry_for_each_row(company: Company) -> None:
    batch = stage(Actor(person=company.rea), kind_of(Idea), io.BytesIO(b"Title\nOne\nTwo\n"), filename="ideas.csv")
    last = Head.objects.get().seq
    start(check(batch), skip_bad=False)
    drain()
    entries = Entry.objects.filter(seq__gt=last, kind="idea@1")
    assert [(e.verb, e.actor) for e in entries] == [("create", company.rea.uid)] * 2
    tables.agree()


def test_t_10e_1_old_and_new_values_reason_person_and_time_stay_readable(company: Company) -> None:
    """The first save overwrites three stored values and gives one reason; filling empty fields later asks for none."""
    from medithread.kernel.base.refusal import Refusal
    from medithread.kernel.ledger.asof import content_at, content_of

    made = idea(company, description="Lot A", benefit="One", source="work")
    verbs.move(company.quinn, made, "accept", lock=made.lock, decision="Do it")
    values = {"description": "Lot B", "benefit": "Two", "source": "audit"}
    with pytest.raises(Refusal, match=r"edit\.reason"):
        verbs.edit(company.quinn, made, lock=made.lock, **values)
    verbs.edit(company.quinn, made, lock=made.lock, reason="Read from the label again", **values)
    entry = Entry.objects.filter(of=made.uid).latest("seq")
    body = json.loads(bytes(entry.body))
    assert (body["actor"], body["fields"]) == (str(company.quinn.uid), ["benefit", "description", "source"])
    assert content_of(body["note"]) == {"reason": "Read from the label again"}
    old, new = content_at(made.uid, entry.seq - 1), content_at(made.uid, entry.seq)
    assert old is not None
    assert new is not None
    assert [(old[name], new[name]) for name in values] == [("Lot A", "Lot B"), ("One", "Two"), ("work", "audit")]
    verbs.edit(company.quinn, made, lock=made.lock, outcome="better", result="Seen", due="2027-01-01")
    with pytest.raises(Refusal, match=r"extend\.reason"):
        verbs.edit(company.quinn, made, lock=made.lock, due="2027-02-01")


COMMANDS = {
    "run": "serves pages", "migrate": "births the ledger", "createadmin": "first_account, walked above", "demo": "tells its story through the verbs",
    "import": "stage, check, start as walked above", "export": "reads", "verify": "reads", "backup": "copies", "restore": "brings whole ledgers",
    "epoch": "an entry of its own", "worker": "does jobs", "checkpoint": "an entry of its own", "reactions": "prints",
}  # fmt: skip


def test_every_command_is_known_here() -> None:
    """A new command says how what it writes reaches the ledger."""
    actions: Any = cli.parser()._subparsers
    assert set(actions._group_actions[0].choices) == set(COMMANDS)


def test_the_first_account_is_an_entry(db: None) -> None:
    from medithread.kernel.ledger.genesis import birth

    birth("live")
    people_accounts.first_account(name="Ike Thorn", email="ike@aria.example")
    assert {e.kind for e in Entry.objects.filter(seq__gt=1)} == {"agent@1", "person@1", "grant@1", "account@1"}
    tables.agree()


def test_forgotten_ways_do_not_hide(company: Company) -> None:
    """The comparison itself finds a row that was changed behind the application's back."""
    made = idea(company)
    with door_open():
        Idea.objects.filter(pk=made.pk).update(title="Sneaky")
    with pytest.raises(AssertionError, match="Sneaky"):
        tables.agree()
    with door_open():
        Idea.objects.filter(pk=made.pk).update(title="Shadow board")
        Attachment.objects.create(record=made, file=file(company), name="x", role="attachment", added_at=clock.now())
    with pytest.raises(AssertionError, match="not in the ledger"):
        tables.agree()
