"""Medithread: an open-source quality management system for medical device makers (ISO 13485)."""

__version__ = "0.1.0"
