"""Controlled documents: written or brought, reviewed, signed, in force from an instant, superseded (ISO 13485 4.2.4, 4.2.5, 4.2.2)."""
