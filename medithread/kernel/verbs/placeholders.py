"""What stands in a live field once its value was disposed of: nothing, or a word where the column cannot be empty."""

from typing import Any
from uuid import UUID

from django.db import models

from medithread.kernel.base.canon import Json
from medithread.kernel.identity.models import Account, Person

ERASED_PERSON = "Erased person"
ERASED_NAME = "erased-"
DISPOSED = "Disposed"


def placeholder(field: Any, uid: UUID | str) -> Any:
    """The value to store. Raises ValueError for a field that holds no text and cannot be empty."""
    if field.null:
        return None
    if not isinstance(field, (models.CharField, models.TextField)) or field.choices:
        raise ValueError(f"{field.name} cannot be disposed of: it cannot be empty and is no text")
    if field.unique:
        return f"{ERASED_NAME}{uid}"
    return ERASED_PERSON if field.model is Person else DISPOSED


def is_placeholder(field: Any, value: Json) -> bool:
    """Is this what disposal leaves in the field?"""
    if value is None:
        return True
    if field.null:
        return False
    if field.unique:
        return field.model is Account and isinstance(value, str) and value.startswith(ERASED_NAME)
    return value == (ERASED_PERSON if field.model is Person else DISPOSED)
