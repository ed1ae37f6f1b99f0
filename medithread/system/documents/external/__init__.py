"""Documents from outside that the company works by: standards, laws, customer and supplier documents (ISO 13485 4.2.4 f)."""
