"""Django's handle on system/documents."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "medithread.system.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from medithread.kernel.records.numbering import declare_patterns

        from . import hooks, kind, renditions  # noqa: F401
        from .adoption import jobs  # noqa: F401
        from .adoption import kind as adoption  # noqa: F401
        from .external import kind as external
        from .models import DocumentType

        declare_patterns(kind.DOCUMENT, DocumentType.values)
        declare_patterns(external.EXTERNAL)
