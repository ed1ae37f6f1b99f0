"""Django's handle on kernel/pages."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "medithread.kernel.pages"
    label = "pages"
