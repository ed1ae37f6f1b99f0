"""Sets Django up for the bench; the first thing that every process of it does."""

import os


def start() -> None:
    """Choose the safe SQLite and the bench's settings. The database comes from DATABASE_URL."""
    from medithread.bootstrap import bootstrap

    bootstrap()
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    import django

    django.setup()
