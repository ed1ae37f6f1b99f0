"""Settings of the test suite: SQLite in memory, or the database of TEST_DATABASE_URL."""

import os
import tempfile

for name in [n for n in os.environ if n.startswith("MEDITHREAD_")]:
    del os.environ[name]
os.environ["MEDITHREAD_DEMO"] = "yes"
os.environ["MEDITHREAD_DATA"] = tempfile.mkdtemp(prefix="medithread-test-")
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "")

from medithread.settings import *  # noqa: E402, F403
from medithread.settings import DATABASES, STATIC_ROOT, STORAGES  # noqa: E402

STATIC_ROOT.mkdir(exist_ok=True)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"]["CONN_MAX_AGE"] = 0
