"""The jobs that come round by themselves."""

from datetime import timedelta

from django.core.management import call_command

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


every("house.clean", timedelta(days=1))
