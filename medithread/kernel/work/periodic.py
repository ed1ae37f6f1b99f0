"""The jobs that come round by themselves."""

from datetime import timedelta

from django.core.management import call_command
from django.db import connection

from .jobs import Progress, job, utcnow
from .models import Job
from .schedules import every

KEEP_JOBS = timedelta(days=90)


@job("house.clean", tries=3)
def clean(_progress: Progress) -> None:
    """Forget ended sessions, expired working copies and old finished jobs."""
    from medithread.kernel.base.guard import door_open
    from medithread.kernel.records.models import WorkingCopy

    call_command("clearsessions")
    with door_open():
        WorkingCopy.objects.filter(saved_at__lt=utcnow() - timedelta(days=30)).delete()
    Job.objects.filter(state__in=("done", "cancelled"), finished_at__lt=utcnow() - KEEP_JOBS).delete()


@job("house.statistics", tries=3)
def statistics(_progress: Progress) -> None:
    """Tell SQLite's planner how many rows there are, or it walks a whole list for a handful of hits. PostgreSQL does so by itself."""
    if connection.vendor == "sqlite":
        take_statistics()


def take_statistics() -> None:
    """Look at a thousand rows of each index: the same on a small and on a large database."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA analysis_limit = 1000")
        cursor.execute("ANALYZE")


every("house.clean", timedelta(days=1))
every("house.statistics", timedelta(days=1))
