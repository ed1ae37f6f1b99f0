"""The WSGI entry point."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medithread.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from medithread.kernel.ledger import together  # noqa: E402  (after Django is ready)

together.join()
