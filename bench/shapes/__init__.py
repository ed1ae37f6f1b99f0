"""Models of the same shape as ours, saved plainly or with django-simple-history: what an audited create is measured against."""
