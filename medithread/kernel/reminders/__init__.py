"""Reminding people: one digest a day, at once only what cannot wait or is watched, escalation of what stays late (R27)."""
