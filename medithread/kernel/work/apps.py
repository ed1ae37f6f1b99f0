"""Django's handle on kernel/work."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "medithread.kernel.work"
    label = "work"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from medithread.kernel.identity import tell

        from . import mail, periodic  # noqa: F401

        tell.use(mail.mail)
