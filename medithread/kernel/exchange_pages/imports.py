"""The import wizard: choose a file → match columns → look at every row → write as a job → summary."""

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No, NotAllowed, NotFound, Refusal, Refused
from medithread.kernel.exchange.importing import check, match, stage, start, summary
from medithread.kernel.exchange.models import Batch
from medithread.kernel.exchange.spreadsheet_out import write_csv
from medithread.kernel.exchange.targets import targets
from medithread.kernel.identity.actor import Actor
from medithread.kernel.pages.fetch import the_actor
from medithread.kernel.records.kinds import Kind, kinds
from medithread.kernel.records.visible import visible
from medithread.kernel.work.models import Job

SAMPLE = 5


def bring(request: HttpRequest, code: str) -> HttpResponse:
    """Step 1: the file."""
    kind, actor = _kind(code), the_actor(request)
    _may(actor, kind)
    if request.method != "POST":
        return _bring_page(request, kind)
    try:
        batch = check(_staged(request, actor, kind))
    except Refused as refused:
        return _bring_page(request, kind, refused)
    return redirect("import-batch", code=code, uid=batch.uid)


def _bring_page(request: HttpRequest, kind: Kind[Any], refused: Refused | None = None) -> HttpResponse:
    parent = request.POST.get("parent") or request.GET.get("parent", "")
    context = {"kind": kind, "refused": refused, "targets": targets(kind), "parent": parent}
    return render(request, "exchange/bring.html", context, status=422 if refused else 200)


def _staged(request: HttpRequest, actor: Actor, kind: Kind[Any]) -> Batch:
    sent = request.FILES.get("file")
    if sent is None or sent.size is None:
        raise Refusal(No("import.file", _("Choose a file first."), field="file"))
    if sent.size > min(settings.MAX_UPLOAD, 64 * 1024 * 1024):
        raise Refusal(No("import.large", _("This file is larger than 64 MB."), field="file", fix=_("Split it.")))
    parent = request.POST.get("parent", "").strip()
    if kind.child_of is not None and not kind.child_of.objects.filter(visible(actor), number=parent).exists():
        raise Refusal(No("import.parent", _("Say to which record these rows belong."), field="parent"))
    return stage(actor, kind, sent, filename=sent.name or "", parent=parent)


def batch(request: HttpRequest, code: str, uid: UUID) -> HttpResponse:
    """Steps 2 to 4 on one page: columns, rows with their problems, start; afterwards the summary."""
    kind, actor = _kind(code), the_actor(request)
    found = Batch.objects.filter(uid=uid, person__uid=actor.uid, kind=code).first()
    if found is None:
        raise NotFound()
    refused = None
    if request.method == "POST":
        try:
            _act(request, found)
            return redirect("import-batch", code=code, uid=uid)
        except Refused as why:
            refused = why
            found.refresh_from_db()
    return render(request, "exchange/batch.html", _batch_context(request, kind, found, refused), status=422 if refused else 200)


def _act(request: HttpRequest, found: Batch) -> None:
    if found.state not in (Batch.State.STAGED, Batch.State.CHECKED):
        raise Refusal(No("import.state", _("This import has been started already.")))
    if request.POST.get("act") == "match":
        columns = json.loads(found.columns)
        check(match(found, {column: request.POST.get(f"column-{place}", "") for place, column in enumerate(columns)}))
    else:
        start(found, skip_bad=request.POST.get("act") == "start-rest")


def _batch_context(request: HttpRequest, kind: Kind[Any], found: Batch, refused: Refused | None) -> dict[str, Any]:
    columns, mapping = json.loads(found.columns), json.loads(found.mapping)
    samples = [json.loads(cells) for cells in found.rows.order_by("place").values_list("cells", flat=True)[:SAMPLE]]
    matched = [
        {"name": name, "place": place, "target": mapping.get(name, ""), "samples": [row[place] for row in samples if place < len(row) and row[place]]}
        for place, name in enumerate(columns)
    ]
    bad = Paginator(found.rows.exclude(problems="").order_by("place"), 50).get_page(request.GET.get("page"))
    rows = [{"place": row.place, "cells": [c for c in json.loads(row.cells) if c][:4], "problems": row.problems.split("\n")} for row in bad]
    job = Job.objects.filter(key=f"import:{found.uid}").first()
    return {
        "kind": kind, "batch": found, "columns": matched, "targets": targets(kind), "bad": bad, "rows": rows, "good": found.total - found.bad,
        "notes": json.loads(found.notes), "job": job, "summary": summary(found) if found.state in (Batch.State.DONE, Batch.State.ABORTED) else None,
        "refused": refused, "open": found.state in (Batch.State.STAGED, Batch.State.CHECKED),
    }


def problems(request: HttpRequest, code: str, uid: UUID) -> StreamingHttpResponse:
    """The rows with problems as a table, to be put right and brought again."""
    found = Batch.objects.filter(uid=uid, person__uid=the_actor(request).uid, kind=code).first()
    if found is None:
        raise NotFound()
    columns = [*json.loads(found.columns), str(_("What is wrong"))]
    rows = ([*json.loads(row.cells), row.problems.replace("\n", " · ")] for row in found.rows.exclude(problems="").order_by("place").iterator())
    response = StreamingHttpResponse(write_csv(columns, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="problems-{now().date()}.csv"'
    return response


def _kind(code: str) -> Kind[Any]:
    found = next((kind for kind in kinds() if kind.code == code), None)
    if found is None:
        raise NotFound()
    return found


def _may(actor: Actor, kind: Kind[Any]) -> None:
    """Whoever may not create anything here need not begin; children are asked again with their parent."""
    no = kind.create_by(actor, None, now()) if kind.child_of is None else None
    if no is not None or actor.person is None:
        raise NotAllowed(no or No("import.person", _("An import is made in somebody's name.")))
