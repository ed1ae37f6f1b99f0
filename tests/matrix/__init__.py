"""Who may do what, and who sees what: generated from the declarations, observed through HTTP."""
