"""Django's handle on system/organisation."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "medithread.system.organisation"
    label = "organisation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import kind, nightly, places  # noqa: F401
