"""Django's handle on kernel/search."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "medithread.kernel.search"
    label = "search"
    default_auto_field = "django.db.models.BigAutoField"
