"""Django's handle on kernel/exchange."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "medithread.kernel.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import importing, keeping  # noqa: F401
