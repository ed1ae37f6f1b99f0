"""Django's handle on kernel/ledger: the triggers are looked after every migrate."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def install_triggers(**_kwargs: Any) -> None:
    from .triggers import install

    install()


class Config(AppConfig):
    name = "medithread.kernel.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(install_triggers, dispatch_uid="ledger.triggers")
