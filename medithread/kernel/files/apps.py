"""Django's handle on kernel/files."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "medithread.kernel.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"
