"""Where this room's pages stand beside or in place of the generic ones."""

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.clock import now
from medithread.kernel.identity.actor import Actor
from medithread.kernel.pages.places import Place, add_place
from medithread.kernel.pages.rooms import Tab, add_tab, replace_page

from .adoption.models import Adoption
from .kind import DOCUMENT
from .models import Document
from .views import adopting, reading


def _writes(actor: Actor) -> bool:
    return DOCUMENT.create_by(actor, None, now()) is None


add_tab(Document, Tab(_("Document"), "read-of"))
add_tab(Document, Tab(_("Changes"), "changes-of", lambda record: record.edition > 1))
add_tab(Adoption, Tab(_("Desk"), "desk-of"))
replace_page(Document, "print", reading.print_document)
replace_page(Adoption, "new", adopting.new)
add_place(Place(_("Bring a document as a file"), "bring", "file-up", "administration", _writes, "word pdf upload import"))
add_place(Place(_("Reviews due"), "reviews", "calendar-check", "administration", _writes, "periodic review confirm"))
