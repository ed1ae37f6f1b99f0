"""Measures what must be fast: `make bench`, or `python -m bench NAME…` for chosen lines. How to read it: docs/benchmarks.md."""
