"""Django's handle on kernel/reminders."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "medithread.kernel.reminders"
    label = "reminders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import digest, watching  # noqa: F401
