"""Django's handle on kernel/identity_pages: its pages in the frame, and mail through the queue."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "medithread.kernel.identity_pages"
    label = "identity_pages"

    def ready(self) -> None:
        from medithread.kernel.identity.tell import use
        from medithread.kernel.work.mail import mail

        from . import places  # noqa: F401

        use(mail)
