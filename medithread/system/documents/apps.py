"""Django's handle on system/documents."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "medithread.system.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import kind  # noqa: F401
