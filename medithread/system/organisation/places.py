"""Where the frame and a person's page show this room's own pages."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.identity.roles import ADMINISTRATORS, Role
from medithread.kernel.identity_pages.person_links import PersonLink, add_link
from medithread.kernel.pages.places import Place, add_place
from medithread.kernel.verbs.people_rights import right_of

from .models import Founding
from .rules import is_founded

BEFORE = {Role.IT.value, Role.INSP.value}


def may_found(actor: Actor) -> bool:
    """Shown to the two of the founding act until it is done; people with quality roles never ask."""
    held = {hold.role for hold in actor.holds()}
    if not held or held - BEFORE or is_founded():
        return False
    return Role.IT.value in held or Founding.objects.filter(state="open", second__uid=actor.uid).exists()


def keeps_access(actor: Actor) -> bool:
    return actor.has(*ADMINISTRATORS)


def may_verify(actor: Actor, person: Person) -> bool:
    """Somebody else, whose identity is not verified now."""
    right = right_of(person)
    return keeps_access(actor) and actor.uid != person.uid and (right is None or right.verified_at is None)


add_place(Place(_("Found the company"), "founding", "flag", "top", may_found, "founding act"))
add_place(Place(_("Access review"), "access-review", "clipboard-check", "administration", keeps_access, "rights every six months"))
add_place(Place(_("What my signature means"), "accountability", "signature", "person", words="accountability statement"))
add_link(PersonLink(_("Verify the identity"), "scan-face", lambda person: reverse("verify-person", args=[person.uid]), may_verify))
add_link(PersonLink(_("Propose a role"), "shield-plus", lambda person: f"{reverse('role-proposal')}?person={person.uid}", lambda actor, _person: keeps_access(actor)))
