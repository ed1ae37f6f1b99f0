"""Django's handle on kernel/records."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "medithread.kernel.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks  # noqa: F401
