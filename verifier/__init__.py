"""Checks an export of Medithread without Medithread: `python -m verifier export.zip`.

Written from docs/spec alone. Needs Python 3.11 and the package `cryptography`; imports nothing of Medithread.
"""

from .check import check
from .report import Finding, Report

__all__ = ["Finding", "Report", "check"]
