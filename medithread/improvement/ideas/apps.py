"""Django's handle on improvement/ideas."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "medithread.improvement.ideas"
    label = "ideas"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from medithread.kernel.records.numbering import declare_patterns

        from . import kind

        declare_patterns(kind.IDEA)
