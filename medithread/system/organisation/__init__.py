"""Who may act and sign in this company: founding act, verified identities, accepted accountability, roles confirmed by a second
person, exceptions from independence, access reviews (ISO 13485 4.1.1, 5.5.1; 21 CFR 11.10(d), (g), (j), 11.100; R9-R11)."""
