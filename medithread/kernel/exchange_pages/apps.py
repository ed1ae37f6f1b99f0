"""Django's handle on kernel/exchange_pages."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    name = "medithread.kernel.exchange_pages"
    label = "exchange_pages"

    def ready(self) -> None:
        from medithread.kernel.pages.places import Place, add_place

        add_place(Place(_("Jobs"), "jobs", "list-checks", "administration", words="import export progress"))
