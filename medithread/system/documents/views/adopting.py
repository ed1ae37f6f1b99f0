"""The adoption desk: bring a folder with its table, see every row with what is wrong, write, check the sample, sign."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No, NotAllowed, NotFound, Refusal, Refused
from medithread.kernel.exchange.spreadsheet_out import write_csv, write_xlsx
from medithread.kernel.files.kinds import KINDS
from medithread.kernel.files.models import StoredFile
from medithread.kernel.files.safety import safe_name
from medithread.kernel.files.store import put
from medithread.kernel.pages.addresses import of_record
from medithread.kernel.pages.fetch import find, the_actor
from medithread.kernel.pages.record_view import Page
from medithread.kernel.verbs import attach, create, store_file
from medithread.kernel.work.jobs import enqueue
from medithread.kernel.work.models import Job

from ..adoption.desk import KEEPERS, change, mark
from ..adoption.folder import folder_of
from ..adoption.kind import ADOPTION
from ..adoption.models import AdoptedVersion, Adoption
from ..adoption.problems import find_problems, unused
from ..adoption.sheet import FILLABLE, HEADS, cell_of, columns, correct, drop, fill, lines
from ..models import Document
from .reading import bytes_of

ROWS = 50
FACTS = ("title", "source", "listed", "types", "unused_reason", "remark", "sample_size")
TABLES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def new(request: HttpRequest, _kind: Any) -> HttpResponseBase:
    """Open a protocol: where it comes from, the folder, the table."""
    actor = the_actor(request)
    no = KEEPERS(actor, None, now())
    if no is not None:
        raise NotAllowed(no)
    request.room = ADOPTION.code  # type: ignore[attr-defined]
    refused = None
    if request.method == "POST":
        try:
            _look_at(request)
            adoption = create(actor, Adoption, **_facts(request))
            _brought(request, adoption)
            return redirect(of_record(adoption, "desk"))
        except Refused as why:
            refused = why
    return render(request, "documents/adopt_new.html", {"refused": refused, "facts": _typed(request, None)}, status=refused.status if refused else 200)


def _typed(request: HttpRequest, adoption: Adoption | None) -> dict[str, str]:
    """What the form of facts shows: what was typed, else what is stored."""
    if request.POST.get("source") is not None or adoption is None:
        return {name: request.POST.get(name, "") for name in FACTS}
    return {name: _text(getattr(adoption, name)) for name in FACTS}


def _text(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)


def _facts(request: HttpRequest) -> dict[str, Any]:
    return {name: request.POST[name] for name in FACTS if name in request.POST}


def _look_at(request: HttpRequest) -> None:
    """Say at once what is wrong with an archive. Raises FileRefused, Refusal."""
    folder = request.FILES.get("folder")
    if folder is not None:
        with folder_of(folder) as found:
            if not found:
                raise Refusal(No("adopt.empty-folder", _("There are no files in the archive."), field="folder", fix=_("Pack the folder as a ZIP file.")))


def _brought(request: HttpRequest, adoption: Adoption) -> None:
    """Keep what was uploaded and let a job unpack it."""
    actor = the_actor(request)
    folder, table = request.FILES.get("folder"), request.FILES.get("table")
    if folder is None and table is None:
        return
    arguments: dict[str, Any] = {"adoption": str(adoption.uid), "who": str(actor.uid)}
    if folder is not None:
        arguments["folder"] = _kept(request, adoption, folder, KINDS["zip"].media_type, "evidence")
    if table is not None:
        arguments["table"], arguments["table_name"] = _put(table), safe_name(table.name or "table.csv")
    enqueue("documents.take-folder", person=actor.person, title=f"{adoption.number}: {_('reading the folder')}", **arguments)


def _kept(request: HttpRequest, adoption: Adoption, sent: Any, media_type: str, role: str) -> str:
    actor = the_actor(request)
    sent.seek(0)
    file: StoredFile = store_file(actor, sent, media_type=media_type)
    attach(actor, adoption, file, name=safe_name(sent.name or "folder.zip"), role=role)
    return str(file.sha256)


def _put(sent: Any) -> str:
    sent.seek(0)
    return put(sent)[0]


def the_adoption(request: HttpRequest, number: str, edition: int | None = None) -> Adoption:
    """The protocol of that number. Raises NotFound."""
    found = find(request, number, edition)
    if not isinstance(found, Adoption):
        raise NotFound()
    return found


def desk(request: HttpRequest, number: str, edition: int | None = None) -> HttpResponseBase:
    """The work on one protocol, whatever is next."""
    adoption, refused = the_adoption(request, number, edition), None
    if request.method == "POST":
        try:
            _act(request, adoption)
            return redirect(f"{of_record(adoption, 'desk')}{_query(request)}")
        except Refused as why:
            refused = why
            adoption.refresh_from_db()
    return render(request, "documents/desk.html", _context(request, adoption, refused), status=refused.status if refused else 200)


def _query(request: HttpRequest) -> str:
    return f"?{request.GET.urlencode()}" if request.GET else ""


def _act(request: HttpRequest, adoption: Adoption) -> None:
    actor, act = the_actor(request), request.POST.get("act", "")
    if act == "facts":
        _look_at(request)
        change(actor, adoption, **_facts(request))
        _brought(request, adoption)
    elif act == "fill":
        count = fill(actor, adoption, request.POST.get("column", ""), request.POST.get("value", ""))
        messages.success(request, ngettext("Filled in in %(n)d row.", "Filled in in %(n)d rows.", count) % {"n": count})
    elif act == "marks":
        mark(actor, adoption, _marks(request, adoption))
        messages.success(request, _("The marks are kept."))
    else:
        raise Refusal(No("adopt.act", _("There is no such button.")))


def _marks(request: HttpRequest, adoption: Adoption) -> dict[str, tuple[bool | None, str]]:
    words = {"yes": True, "no": False}
    drawn = adoption.versions.filter(drawn=True).values_list("uid", flat=True)
    return {str(uid): (words.get(request.POST.get(f"same-{uid}", "")), request.POST.get(f"remark-{uid}", "")) for uid in drawn}


def _context(request: HttpRequest, adoption: Adoption, refused: Refused | None) -> dict[str, Any]:
    page = Page(the_actor(request), adoption, tab="desk-of")
    rows = list(adoption.versions.select_related("owner"))
    files = list(adoption.files.all())
    found = find_problems(adoption) if adoption.state == "staged" else None
    wrong = request.GET.get("show", "wrong" if found and found.problems else "all") == "wrong"
    shown = [row for row in rows if not wrong or (found and row.uid in found.problems)]
    some = Paginator(shown, ROWS).get_page(request.GET.get("page"))
    return {
        "page": page, "record": adoption, "kind": page.kind, "refused": refused, "found": found, "rows": [(row, _nos(found, row), _hints(found, row)) for row in some],
        "some": some, "wrong": wrong, "count": len(rows), "numbers": len({row.number for row in rows if row.number}), "files": len(files), "bad_files": [f for f in files if f.trouble],
        "unused": unused(rows, files)[:200], "job": _job(adoption), "drawn": [row for row in rows if row.drawn], "written": Document.objects.filter(protocol=adoption.number, adopted=True).exclude(state="void").count(),
        "fillable": [(name, HEADS[name]) for name in FILLABLE], "may": KEEPERS(the_actor(request), adoption, now()) is None, "facts": _typed(request, adoption),
    }  # fmt: skip


def _nos(found: Any, row: AdoptedVersion) -> list[tuple[str, No]]:
    return [(HEADS.get(no.field, no.field), no) for no in (found.problems.get(row.uid, ()) if found else ())]


def _hints(found: Any, row: AdoptedVersion) -> list[tuple[str, No]]:
    return [(HEADS.get(no.field, no.field), no) for no in (found.hints.get(row.uid, ()) if found else ())]


def _job(adoption: Adoption) -> Job | None:
    """The job on this protocol that runs now, or that failed last."""
    jobs = Job.objects.filter(name__startswith="documents.", arguments__contains=str(adoption.uid))
    running: Job | None = jobs.filter(state__in=("queued", "running")).order_by("id").first()
    last: Job | None = jobs.order_by("-id").first()
    return running or (last if last is not None and last.state == "failed" else None)


def row(request: HttpRequest, uid: UUID, number: str, edition: int | None = None) -> HttpResponseBase:
    """One row, put right by hand or taken out."""
    adoption, actor = the_adoption(request, number, edition), the_actor(request)
    found: AdoptedVersion | None = adoption.versions.select_related("owner").filter(uid=uid).first()
    if found is None:
        raise NotFound()
    refused, cells = None, {name: cell_of(found, name) for name in HEADS}
    if request.method == "POST":
        cells = {name: request.POST.get(name, "").strip() for name in HEADS}
        try:
            drop(actor, adoption, found) if "drop" in request.POST else correct(actor, adoption, found, cells)
            return redirect(of_record(adoption, "desk"))
        except Refused as why:
            refused = why
    nos = [*(refused.nos if refused else find_problems(adoption).problems.get(found.uid, ()))]
    fields = [(name, label, cells[name], [no for no in nos if no.field == name]) for name, label in HEADS.items()]
    paths = list(adoption.files.values_list("path", flat=True))
    context = {"record": adoption, "row": found, "fields": fields, "refused": refused, "paths": paths, "nos": nos}
    return render(request, "documents/adopt_row.html", context, status=refused.status if refused else 200)


def sheet(request: HttpRequest, form: str, number: str, edition: int | None = None) -> HttpResponseBase:
    """The rows as a table to complete elsewhere and bring again."""
    adoption = the_adoption(request, number, edition)
    rows, name = lines(adoption, find_problems(adoption)), f"{adoption.number}.{form}"
    if form == "xlsx":
        data = write_xlsx(columns(), rows, title=_("Versions"), notes=((_("Protocol"), adoption.number),), created=now())
        answer: HttpResponseBase = HttpResponse(data, content_type=TABLES[form])
    else:
        answer = StreamingHttpResponse(write_csv(columns(), rows), content_type=TABLES["csv"])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def file(request: HttpRequest, sha256: str, number: str, edition: int | None = None) -> HttpResponseBase:
    """A file of the folder, for whoever may see the protocol: to compare a sample with its source."""
    adoption = the_adoption(request, number, edition)
    found = adoption.files.filter(sha256=sha256).first()
    if found is None:
        raise NotFound()
    media_type = found.media_type or "application/octet-stream"
    name = (found.path or "file").rpartition("/")[2]
    return bytes_of(sha256, name, media_type)
