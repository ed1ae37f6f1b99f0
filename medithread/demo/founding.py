"""Step 1: the founding act, sites, people, accounts, verified identities, accepted statements, roles (R11; 21 CFR 11.10, 11.100)."""

from typing import Any

from django.contrib.auth.hashers import make_password

from medithread.kernel import verbs
from medithread.kernel.identity.models import Account, Person
from medithread.kernel.identity.roles import ADMINISTRATORS, Role
from medithread.kernel.signing import prove
from medithread.kernel.signing.statement import ACCOUNTABILITY, STATEMENT_VERSION
from medithread.kernel.verbs import people as people_verbs
from medithread.kernel.verbs.people_accounts import blank_account, first_account, fit_password, invitation, make_link, spend
from medithread.kernel.verbs.people_rights import put_accepted
from medithread.kernel.verbs.people_roles import grant
from medithread.system.organisation import acts
from medithread.system.organisation.models import Acceptance, Founding, IdentityCheck
from medithread.system.organisation.rules import founder_right

from .made import paper
from .stage import Stage, scene
from .texts import Described, people

PASSWORD = "aria-demo-2026"  # noqa: S105  (of a demo company, printed at every start)
FOUNDERS = ("solveig", "maud")
VISITORS = ("casimir",)
# Whose roles hold at one site only; all others work for both.
AT_ONE_SITE = ("samir", "wanda", "leandro", "emeka")
FIRST_DAY = ("tomasz", "radu", "idriss", "nerea", "ulla")
IN_GRENOBLE = ("mirela", "samir", "leandro", "emeka")


@scene("2025-05-05 09:05", 1)
def the_company_is_founded(stage: Stage) -> None:
    """Founding act: two people verify each other, accept what a signature means and appoint each other"""
    first, second = (people()[key] for key in FOUNDERS)
    account, path = first_account(name=first.name, email=first.email, username=first.key)
    stage.people[first.key] = account.person
    _redeem(stage, path.split("/")[2])
    people_verbs.change_person(stage.who(first.key), account.person, function=first.function)
    stage.pause()
    founding = acts.begin_founding(
        stage.who(first.key), second={"name": second.name, "email": second.email, "username": second.key, "function": second.function},
        company="Aria Infusion SAS", second_verified_how="Identity card and badge, in person at Lyon", second_verified_on=stage.day("2025-05-05"),
        first_roles=["OWN", "TM"], second_roles=["AUT", "MR", "OWN", "QA"], letter=True, in_scope_from=stage.day("2025-05-05"),
    )  # fmt: skip
    stage.people[second.key] = Person.objects.get(email=second.email)
    _choose_password(stage, first.key, Account.objects.get(person=stage.people[second.key]))
    founding = stage.edit(second.key, founding, first_verified_how="Passport, in person at Lyon", first_verified_on=stage.day("2025-05-05"))
    for key in FOUNDERS:
        _found(stage, key, stage.fresh(founding))
    stage.kept["founding"] = founding


def _found(stage: Stage, key: str, founding: Founding) -> None:
    """One founder's three signatures in one act: the other's identity, the own statement, the other's appointment."""
    stage.read(key, founding)
    stage.pause()
    who = stage.who(key)
    with verbs.unit(who, "sign founding", founding.uid) as act:
        founder_right(act, founding, stage.people[key])
        for _number in range(3):
            founding = verbs.sign(
                act.actor, founding, prove.simulated(verbs.ask_signature(act.actor, founding, "found", zone="Europe/Paris")).nonce
            )


@scene("2025-05-05 11:00")
def the_first_colleagues_get_their_access(stage: Stage) -> None:
    """Sites, then the people who are needed at once; from now on a system administrator opens the accounts."""
    for code, name in (("LYO", "Lyon"), ("GRE", "Grenoble")):
        stage.pause()
        stage.sites[code] = people_verbs.add_site(stage.who("maud"), code=code, name=name, zone="Europe/Paris")
    for key in FIRST_DAY:
        _take_on(stage, people()[key], opened_by="solveig")
    for key in FIRST_DAY:
        _let_sign(stage, key, checked_by="maud", place="In person, at Lyon")


@scene("2025-05-06 09:20")
def everybody_in_lyon_gets_access(stage: Stage) -> None:
    """The rest of Lyon."""
    keys = [key for key, one in people().items() if one.site == "LYO" and key not in (*FOUNDERS, *FIRST_DAY, *VISITORS)]
    for key in keys:
        _take_on(stage, people()[key], opened_by="radu")
    for key in keys:
        _let_sign(stage, key, checked_by="tomasz", place="In person, at Lyon")


@scene("2025-05-07 10:15")
def everybody_in_grenoble_gets_access(stage: Stage) -> None:
    """Tomasz Belcourt travels to the second site."""
    for key in IN_GRENOBLE:
        _take_on(stage, people()[key], opened_by="radu")
    for key in IN_GRENOBLE:
        _let_sign(stage, key, checked_by="tomasz", place="In person, at Grenoble")


@scene("2025-06-03 10:10")
def the_letter_to_the_authority_is_sent(stage: Stage) -> None:
    """21 CFR 11.100(c): electronic signatures are meant as the equivalent of handwritten ones."""
    founding = stage.kept["founding"]
    text = "Aria Infusion SAS certifies that the electronic signatures in its quality system are intended to be the legally binding equivalent of handwritten signatures."
    letter = paper(
        "Letter on electronic signatures",
        "11.100(c)",
        stage.at("2025-06-02 16:00"),
        text=text,
        rows=(("To", "U.S. Food and Drug Administration"), ("Signed on paper by", "Solveig Marchetti")),
    )
    stage.attach("nerea", founding, letter, "Letter on electronic signatures.pdf", note="Copy; sent by registered mail")
    stage.pause()
    acts.note_letter(stage.who("nerea"), founding, stage.day("2025-06-03"))


def _take_on(stage: Stage, one: Described, *, opened_by: str) -> None:
    """A person with an account and a password of their own choice."""
    take_on(stage, one, opened_by=opened_by)
    if one.key not in VISITORS:
        _give_roles(stage, one)


def take_on(stage: Stage, one: Described, *, opened_by: str, **account_values: Any) -> Account:
    """Add a person and open the account; the link to choose a password is handed over."""
    stage.pause(20, 60)
    person = people_verbs.add_person(
        stage.who(opened_by), name=one.name, email=one.email, function=one.function, external=bool({"XT", "INSP"} & set(one.roles))
    )
    stage.people[one.key] = person
    with verbs.unit(stage.who(opened_by), "open account", person.uid) as act:
        people_verbs.needs(act, *ADMINISTRATORS)
        account = blank_account(act, person, one.key, **account_values)
    _choose_password(stage, opened_by, account)
    return account


def _choose_password(stage: Stage, opened_by: str, account: Account) -> None:
    with verbs.unit(stage.who(opened_by), "link invite", account.person.uid) as act:
        secret = make_link(act, account, "invite")
    _redeem(stage, secret)


def _redeem(stage: Stage, secret: str) -> None:
    """As the verb of that name, but the password of all is hashed once: the slow part of loading otherwise."""
    stage.pause(20, 60)
    found = invitation(secret)
    fit_password(PASSWORD, found.account)
    if "hashed" not in stage.kept:
        stage.kept["hashed"] = make_password(PASSWORD)
    with verbs.unit(found.account.person, "choose password", found.account.uid) as act:
        spend(act, found)
        found.account.password = stage.kept["hashed"]
        act.put("edit", found.account, password=found.purpose)


def _give_roles(stage: Stage, one: Described) -> None:
    site = stage.sites[one.site] if one.key in AT_ONE_SITE else None
    for role in one.roles:
        stage.pause(5, 15)
        grant(stage.who("maud"), stage.people[one.key], Role(role), site=site, reason="Organisation chart of May 2025")


def _let_sign(stage: Stage, key: str, *, checked_by: str, place: str) -> None:
    """Identity verified by quality, then the statement of accountability accepted: the first thing a person signs."""
    person = stage.people[key]
    check = stage.create(
        checked_by, IdentityCheck, title=f"Identity of {person.name}", person=person.uid, occasion="first",
        looked_at="Identity card" if len(person.name) % 2 else "Passport", checked_on=stage.at_home().date(), place=place,
    )  # fmt: skip
    stage.sign(checked_by, check, "verify")
    stage.pause(20, 60)
    with verbs.unit(stage.who(key), "accept accountability", person.uid) as act:
        record = verbs.create(
            act.actor,
            Acceptance,
            title=f"Accountability statement of {person.name}",
            person=person.uid,
            statement=str(ACCOUNTABILITY),
            statement_version=STATEMENT_VERSION,
        )
        acts.serve(act.actor, record)
        put_accepted(act, person)
        verbs.sign(act.actor, record, prove.simulated(verbs.ask_signature(act.actor, record, "accept", zone="Europe/Paris")).nonce)
