"""Where the frame shows the pages of identity."""

from django.utils.translation import gettext_lazy as _

from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.roles import ADMINISTRATORS, LIMITED
from medithread.kernel.pages.places import Place, add_place


def works_here(actor: Actor) -> bool:
    """Sees more than what was given."""
    return bool({hold.role for hold in actor.holds()} - {role.value for role in LIMITED})


def administers(actor: Actor) -> bool:
    """Looks after accounts or gives roles."""
    return actor.has(*ADMINISTRATORS)


add_place(Place(_("My account"), "account", "user-round", "person", words="password passkey token session delegation absence"))
add_place(Place(_("People"), "people", "users-round", "administration", works_here, "persons accounts invite"))
add_place(Place(_("Roles"), "roles", "shield-check", "administration", works_here, "access rights matrix"))
add_place(Place(_("Sites"), "sites", "building-2", "administration", works_here, "places time zones"))
add_place(Place(_("Attempts"), "attempts", "shield-alert", "administration", administers, "failed sign-in signing refused security"))
add_place(Place(_("Can we still work?"), "coverage", "life-buoy", "administration", works_here, "stand-in absence holder"))
