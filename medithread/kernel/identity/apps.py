"""Django's handle on kernel/identity."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "medithread.kernel.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"
