"""Jobs as their person sees them: progress, an estimate, cancel, result."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.files.storage import storages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from medithread.kernel.base.refusal import No, NotAllowed, NotFound
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.roles import Role
from medithread.kernel.ledger.journal import journal
from medithread.kernel.pages.fetch import the_actor
from medithread.kernel.work.jobs import enqueue, utcnow
from medithread.kernel.work.models import Job

OPEN = (Job.State.QUEUED, Job.State.RUNNING)
STARTABLE = {"ledger.verify": _("Verification of the ledger"), "exchange.bundle": _("Export of everything")}
MAY_START = (Role.QA, Role.MR, Role.TM)


def oversees(actor: Actor, *roles: Role) -> bool:
    """Holds one of the roles (those who may start) everywhere: whoever answers for one site sees and exports no other site's records."""
    return any(hold.role in (roles or MAY_START) and hold.site is None for hold in actor.holds())


def all_jobs(request: HttpRequest) -> HttpResponse:
    """What I asked for, running first; those who answer for the system see everybody's, and what failed by itself."""
    actor = the_actor(request)
    rows = Job.objects.select_related("person").exclude(name="mail.send")
    if not oversees(actor, *MAY_START, Role.IT):
        rows = rows.filter(person__uid=actor.uid)
    else:
        rows = rows.exclude(person=None, state=Job.State.DONE) | rows.filter(person=None, state=Job.State.FAILED)
    context = {
        "open": [_shown(_veiled(actor, job)) for job in rows.filter(state__in=OPEN).order_by("created_at")[:50]],
        "ended": [_shown(_veiled(actor, job)) for job in rows.exclude(state__in=OPEN).order_by("-finished_at")[:100]],
        "startable": STARTABLE if oversees(actor) else {},
    }
    return render(request, "exchange/jobs.html", context)


def _veiled(actor: Actor, job: Job) -> Job:
    """An administrator of the machine sees that others' jobs run or fail, not what they are about."""
    if job.person_id != actor.uid and not oversees(actor):
        job.title, job.message, job.result = job.name, "", ""
    return job


def one_job(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One job; a POST cancels it."""
    job = _mine(the_actor(request), uid)
    if request.method == "POST" and request.POST.get("act") == "cancel":
        _cancel(job)
        return redirect("job", uid=uid)
    return render(request, "exchange/job.html", {"shown": _shown(job)})


def _cancel(job: Job) -> None:
    Job.objects.filter(pk=job.pk, state__in=OPEN).update(cancel=True)
    Job.objects.filter(pk=job.pk, state=Job.State.QUEUED).update(state=Job.State.CANCELLED, finished_at=utcnow(), message=_("Cancelled."))


def result(request: HttpRequest, uid: UUID) -> FileResponse:
    """The file that a job made; fetching it is noted in the access journal."""
    actor = the_actor(request)
    job = _mine(actor, uid)
    made = result_of(job)
    if "file" not in made or not storages["files"].exists(made["file"]):
        raise NotFound()
    journal("export", person=actor.uid, detail=f"{job.name} {made['name']}", address=actor.address)
    return FileResponse(storages["files"].open(made["file"]), as_attachment=True, filename=made["name"])


def start(request: HttpRequest, what: str) -> HttpResponse:
    """Start a verification or a full export."""
    actor = the_actor(request)
    if what not in STARTABLE or not oversees(actor) or actor.person is None:
        raise NotAllowed(No("job.start", _("This is started by quality or top management.")))
    job = enqueue(what, person=actor.person, title=STARTABLE[what])
    return redirect("job", uid=job.uid) if job else redirect("jobs")


def _mine(actor: Actor, uid: UUID) -> Job:
    job = Job.objects.select_related("person").filter(uid=uid).first()
    if job is None or (job.person_id != actor.uid and not oversees(actor)):
        raise NotFound()
    return job


def result_of(job: Job) -> dict[str, str]:
    """What a job left: words, or a file by name."""
    try:
        found = json.loads(job.result)
    except ValueError:
        return {"words": job.result}
    return found if isinstance(found, dict) else {"words": str(found)}


def _shown(job: Job) -> dict[str, Any]:
    tones = {Job.State.DONE: "good", Job.State.FAILED: "bad", Job.State.CANCELLED: "gone", Job.State.RUNNING: "now", Job.State.QUEUED: "warn"}
    return {"job": job, "tone": tones[Job.State(job.state)], "state": Job.State(job.state).label, "open": job.state in OPEN, "left": _left(job), "result": result_of(job)}


def _left(job: Job) -> timedelta | None:
    """The time left, from the pace so far."""
    if job.state != Job.State.RUNNING or job.started_at is None or not job.done or job.total <= job.done:
        return None
    spent = utcnow() - job.started_at
    return timedelta(seconds=round(spent.total_seconds() * (job.total - job.done) / job.done))
