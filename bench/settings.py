"""Django's settings for the bench: the product's own, with the models it is measured against."""

import os

os.environ.setdefault("MEDITHREAD_DEMO", "yes")

from medithread.settings import *  # noqa: F403
from medithread.settings import INSTALLED_APPS as OURS

INSTALLED_APPS = [*OURS, "simple_history", "bench.shapes"]
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
