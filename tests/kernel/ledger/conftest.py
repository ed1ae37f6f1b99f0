"""Some guards and locks exist on one database only; their tests are collected there only."""

from django.db import connection

ONLY = {"sqlite": ["test_triggers_sqlite.py"], "postgresql": ["test_triggers_postgres.py", "test_concurrency.py"]}
collect_ignore = [name for vendor, names in ONLY.items() if vendor != connection.vendor for name in names]
