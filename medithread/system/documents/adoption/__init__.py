"""Adoption: what a company had before comes in as what it is, under one protocol that quality signs once (R1–R3)."""
