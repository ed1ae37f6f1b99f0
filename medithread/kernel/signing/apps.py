"""Django's handle on kernel/signing."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "medithread.kernel.signing"
    label = "signing"
    default_auto_field = "django.db.models.BigAutoField"
