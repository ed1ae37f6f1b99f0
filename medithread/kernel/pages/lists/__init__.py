"""Lists of a kind: what is asked in the address, the rows as cells, filters, columns, export, acts on several rows."""
