"""Bringing a file: a new draft, or a new content for a draft."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No, NotAllowed, Refusal, Refused
from medithread.kernel.pages.addresses import of_record
from medithread.kernel.pages.fetch import the_actor
from medithread.kernel.verbs.edit import editor_of

from ..bring import bring
from ..kind import DOCUMENT
from ..models import Document, DocumentType
from .reading import the_document


def new(request: HttpRequest) -> HttpResponseBase:
    """A new document from a file: the file, its type, and a number where the company has one already."""
    actor = the_actor(request)
    no = DOCUMENT.create_by(actor, None, now())
    if no is not None:
        raise NotAllowed(no)
    request.room = DOCUMENT.code  # type: ignore[attr-defined]
    return _taken(request, None)


def into(request: HttpRequest, number: str, edition: int | None = None) -> HttpResponseBase:
    """A new content for a draft."""
    document = the_document(request, number, edition)
    no = editor_of(DOCUMENT)(the_actor(request), document, now())
    if no is not None:
        raise NotAllowed(no)
    return _taken(request, document)


def _taken(request: HttpRequest, document: Document | None) -> HttpResponseBase:
    if request.method != "POST":
        return _page(request, document)
    try:
        made, taken = _bring(request, document)
    except Refused as refused:
        return _page(request, document, refused)
    if taken.losses:
        many = ngettext("The file is there; %(n)d thing could not be carried over. It is listed on the page.", "The file is there; %(n)d things could not be carried over. They are listed on the page.", len(taken.losses))
        messages.warning(request, many % {"n": len(taken.losses)})
    else:
        messages.success(request, _("The file is there, with everything in it."))
    return redirect(of_record(made, "read"))


def _bring(request: HttpRequest, document: Document | None) -> Any:
    sent = request.FILES.get("file")
    if sent is None:
        raise Refusal(No("bring.none", _("No file was chosen."), field="file", fix=_("Choose a file.")))
    if document is not None:
        return bring(the_actor(request), sent, name=sent.name or "", document=document)
    values: dict[str, Any] = {name: request.POST[name] for name in ("title", "type") if request.POST.get(name, "").strip()}
    return bring(the_actor(request), sent, name=sent.name or "", number=request.POST.get("number", "").strip() or None, **values)


def _page(request: HttpRequest, document: Document | None, refused: Refused | None = None) -> HttpResponse:
    context = {"record": document, "kind": DOCUMENT, "types": DocumentType.choices, "refused": refused, "raw": request.POST}
    return render(request, "documents/bring.html", context, status=refused.status if refused else 200)
