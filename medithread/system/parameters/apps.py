"""Django's handle on system/parameters."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "medithread.system.parameters"
    label = "parameters"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from medithread.kernel.records.parameters import set_source

        from . import kind  # noqa: F401
        from .rules import in_force

        set_source(in_force)
