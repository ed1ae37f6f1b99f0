"""Company parameters as controlled records: number patterns, due times, intervals (ISO 13485 4.2.4; 21 CFR 11.10(k))."""
