"""Addresses of the generic pages: short, speaking, stable. `/r/<number>` is a record wherever it stands in its life."""

from typing import Any

from django.urls import URLPattern, path, register_converter
from django.views.decorators.http import require_http_methods, require_POST

from . import files_view, history, home, links_view, move_view, printing, record_view, search_view, thread_data
from .addresses import KindConverter, NumberConverter
from .form import views as form
from .lists import bulk, export, view

register_converter(NumberConverter, "number")
register_converter(KindConverter, "kind")
both = require_http_methods(["GET", "HEAD", "POST"])
seen = require_http_methods(["GET", "HEAD"])


def pages_of(name: str, rest: str, call: Any) -> list[URLPattern]:
    """A page of a record: of what is in force or latest, and of a named edition."""
    return [path(f"r/<number:number>{rest}", call, name=name), path(f"r/<number:number>/<int:edition>{rest}", call, name=f"{name}-of")]


urlpatterns: list[URLPattern] = [
    path("", seen(home.my_work), name="my-work"),
    path("health", home.health, name="health"),
    path("colours", home.colours, name="colours"),
    path("search", seen(search_view.search), name="search"),
    path("search/suggest", seen(search_view.suggest), name="suggest"),
    path("search/records", seen(search_view.records_by_words), name="suggest-records"),
    path("files/<uuid:uid>", seen(files_view.file), name="file"),
    path("pictures/upload", require_POST(files_view.upload_picture), name="upload-picture"),
    path("pictures/<str:sha256>", seen(files_view.draft_image), name="draft-image"),
    path("r/<number:number>/<int:edition>/image/<str:sha256>", seen(files_view.image), name="image"),
    *pages_of("record", "", seen(record_view.record)),
    *pages_of("thread", "/thread", seen(thread_data.thread)),
    *pages_of("history", "/history", seen(history.history)),
    *pages_of("compare", "/compare", seen(history.compare)),
    *pages_of("print", "/print", seen(printing.print_page)),
    *pages_of("edit", "/edit", both(form.edit)),
    *pages_of("keep", "/keep", require_POST(form.keep_edit)),
    *pages_of("revise", "/revise", both(form.revise)),
    *pages_of("move", "/move/<str:name>", both(move_view.move)),
    *pages_of("sign", "/sign/<str:name>", both(move_view.sign)),
    *pages_of("comment", "/comment", require_POST(links_view.comment)),
    *pages_of("resolve", "/comment/<uuid:uid>/resolve", require_POST(links_view.resolve)),
    *pages_of("link", "/link", both(links_view.link)),
    *pages_of("unlink", "/link/<uuid:uid>/remove", both(links_view.unlink)),
    *pages_of("attach", "/attach", both(links_view.attach)),
    *pages_of("detach", "/file/<uuid:uid>/remove", both(links_view.detach)),
    path("room/<str:label>", seen(home.room), name="room"),
    path("r/<path:rest>", seen(record_view.by_written_number), name="written-number"),
    path("<kind:kind>/", seen(view.list_page), name="list"),
    path("<kind:kind>/new", both(form.new), name="new"),
    path("<kind:kind>/keep", require_POST(form.keep_new), name="keep-new"),
    path("<kind:kind>/export.<str:form>", seen(export.export), name="export"),
    path("<kind:kind>/bulk", require_POST(bulk.bulk), name="bulk"),
]
