"""Pages of long work: importing a table step by step, and the jobs with their progress and results."""
