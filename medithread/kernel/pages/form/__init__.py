"""Forms made from the declaration. They never save: they hand what was typed to a verb (kernel.md §2)."""
