"""The words of files that stay files."""

from medithread.kernel.text.extracted import Extracted
from medithread.kernel.text.odt_in import extract_odt
from medithread.kernel.text.pdf_in import extract_pdf

__all__ = ["Extracted", "extract_odt", "extract_pdf"]
