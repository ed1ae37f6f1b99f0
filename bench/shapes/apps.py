"""Django's handle on the measuring sticks."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "bench.shapes"
    label = "shapes"
    default_auto_field = "django.db.models.BigAutoField"
