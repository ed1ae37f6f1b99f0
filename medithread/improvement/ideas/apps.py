"""Django's handle on improvement/ideas."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "medithread.improvement.ideas"
    label = "ideas"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import kind  # noqa: F401
