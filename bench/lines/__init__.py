"""The lines, by subject."""
