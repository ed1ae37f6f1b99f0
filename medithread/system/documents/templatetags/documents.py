"""Words of this room's templates."""

from django import template

from ..models import Document
from ..references import missing

register = template.Library()


@register.simple_tag
def missing_numbers(document: Document) -> list[str]:
    """Numbers that the text links to and that do not exist."""
    return missing(document)
