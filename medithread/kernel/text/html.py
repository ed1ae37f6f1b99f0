"""Canonical text to HTML and back."""

from medithread.kernel.text.html_in import from_html
from medithread.kernel.text.html_out import to_html

__all__ = ["from_html", "to_html"]
