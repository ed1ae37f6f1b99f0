"""Django's handle on kernel/api."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "medithread.kernel.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"
