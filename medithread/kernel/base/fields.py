"""Field classes of our own, and the list of those whose values have one canonical form (kernel.md §1)."""

import json
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from .canon import canonical


class CodesField(models.TextField):  # type: ignore[type-arg]
    """An ordered list of short codes (clauses, roles, markets), stored as canonical JSON."""

    description = _("List of codes")

    def __init__(self, *args: Any, known: Callable[[], list[tuple[str, Any]]] | None = None, **kwargs: Any) -> None:
        """`known` answers (code, words) where only certain codes are meant: forms offer them, and others are refused."""
        self.known = known
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> list[str] | None:
        return None if value is None else json.loads(value)

    def to_python(self, value: Any) -> list[str] | None:
        if value is None:
            return None
        if isinstance(value, str):
            value = [part.strip() for part in value.replace("\n", ",").split(",") if part.strip()]
        if not isinstance(value, (list, tuple)) or not all(isinstance(part, str) for part in value):
            raise ValidationError(_("This must be a list of codes."), code="not-codes")
        return list(dict.fromkeys(value))

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else canonical(list(value)).decode()


class RichTextField(models.TextField):  # type: ignore[type-arg]
    """A document body: canonical JSON text of kernel/text."""

    description = _("Formatted text")


class AbsentField(models.TextField):  # type: ignore[type-arg]
    """What is absent and why: field → {code, reason, by}, stored as canonical JSON (kernel.md §1, empties)."""

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> dict[str, dict[str, str]]:
        return json.loads(value) if value else {}

    def to_python(self, value: Any) -> dict[str, dict[str, str]]:
        return value if isinstance(value, dict) else json.loads(value or "{}")

    def get_prep_value(self, value: Any) -> str:
        return canonical(value or {}).decode()
