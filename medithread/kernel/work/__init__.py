"""Work that waits: jobs with leases and retries, schedules, mail, reminders. Outside the ledger; what a job does goes through verbs."""
