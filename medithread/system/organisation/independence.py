"""Rules of independence that hold in every company, with their basis and mode (domain list; R9). Rooms that come later add their own."""

from django.utils.translation import gettext_lazy as _

from medithread.kernel.signing.independence import Independence, declare

AUTHOR = declare(Independence("document.author-not-sole-approver", _("Who wrote a version does not approve it alone."), "advice"))
PARAMETERS = declare(Independence("parameter.author-not-sole-approver", _("Who changed the parameters does not approve them alone."), "procedure"))
EXTENSION = declare(Independence("extension.another-holder", _("A new due date is signed by another holder of the deciding role."), "procedure"))
OWN_AUDIT = declare(Independence("audit.own-work", _("Nobody audits their own work."), "standard", hard=True))
OWN_TRAINING = declare(Independence("training.own-effectiveness", _("Nobody signs that their own training was effective."), "procedure", hard=True))
