"""Who acts: a person or an agent, over which session or token, with which roles at this instant."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection

from medithread.kernel.base.clock import now
from medithread.kernel.base.sql import to_db, uuid_of

from .models import Agent, Person
from .roles import Role


@dataclass(frozen=True)
class Hold:
    """A role held now: at one site or everywhere (site None), perhaps in another person's name."""

    role: str
    site: UUID | None
    behalf_of: Person | None = None


@dataclass
class Actor:
    """One acting person or agent. `authority` is the ledger place that an agent acts under."""

    person: Person | None = None
    agent: Agent | None = None
    authority: int | None = None
    session: str = ""
    address: str = ""
    scopes: frozenset[str] = frozenset({"read", "write", "sign"})
    _holds: list[Hold] | None = field(default=None, repr=False)

    @property
    def uid(self) -> UUID:
        who = self.person or self.agent
        if who is None:
            raise ValueError("an actor is a person or an agent")
        return who.uid

    def holds(self, at: datetime | None = None) -> list[Hold]:
        """Roles valid at `at`, own and delegated; read once per unit of work."""
        if self._holds is None:
            self._holds = list(_holds(self.person, at or now())) if self.person else []
        return self._holds

    def fresh(self) -> "Actor":
        """The same actor with roles to be read again."""
        return Actor(self.person, self.agent, self.authority, self.session, self.address, self.scopes)

    def hold(self, roles: Iterable[str], site: UUID | None = None) -> Hold | None:
        """The hold under which this actor may act in one of the roles at a site; own holds come before delegated ones."""
        wanted = {str(role) for role in roles}
        fitting = [h for h in self.holds() if h.role in wanted and (h.site is None or site is None or h.site == site)]
        return min(fitting, key=lambda h: h.behalf_of is not None, default=None)

    def has(self, *roles: Role, site: UUID | None = None) -> bool:
        return self.hold(roles, site) is not None

    def sites(self) -> set[UUID] | None:
        """Sites this actor sees; None means all."""
        holds = self.holds()
        return None if any(h.site is None for h in holds) else {h.site for h in holds if h.site}


HOLDS = """
SELECT role, site_id, NULL FROM identity_grant WHERE person_id = %s AND valid_from <= %s AND (valid_to IS NULL OR valid_to > %s)
UNION ALL
SELECT g.role, g.site_id, d.giver_id FROM identity_delegation d JOIN identity_grant g ON g.person_id = d.giver_id AND g.role = d.role
WHERE d.taker_id = %s AND d.valid_from <= %s AND d.valid_to > %s AND g.valid_from <= %s AND (g.valid_to IS NULL OR g.valid_to > %s)
"""


def _holds(person: Person, at: datetime) -> Iterable[Hold]:
    """One statement per unit of work; written by hand because every act of everybody waits for it."""
    who, when = to_db(person.uid), to_db(at)
    with connection.cursor() as cursor:
        cursor.execute(HOLDS, [who, when, when, who, when, when, when, when])
        rows = cursor.fetchall()
    givers = {giver: Person.objects.get(uid=str(uuid_of(giver))) for _role, _site, giver in rows if giver is not None}
    return [Hold(role, uuid_of(site), givers.get(giver)) for role, site, giver in rows]
