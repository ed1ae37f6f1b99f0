"""Addresses of the API, version 1."""

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from . import endpoints as e
from .answers import endpoint
from .openapi import openapi
from .problem import problem

RECORD = "<str:code>/<uuid:uid>"


@csrf_exempt
def nowhere(_request: HttpRequest) -> HttpResponse:
    """Whatever is no address of ours."""
    return problem(404, _("There is no such address"))


urlpatterns = [
    path("", endpoint(GET=e.index)),
    path("openapi.json", openapi),
    path("search", endpoint(GET=e.search)),
    path("files/<uuid:uid>", endpoint(GET=e.get_file)),
    path("number/<path:number>", endpoint(GET=e.by_number)),
    path("<str:code>", endpoint(GET=e.list_kind, POST=e.create)),
    path(RECORD, endpoint(GET=e.get, PATCH=e.edit)),
    path(f"{RECORD}/moves/<str:name>", endpoint(POST=e.move)),
    path(f"{RECORD}/signatures/<str:name>", endpoint(POST=e.ask_signature)),
    path(f"{RECORD}/signatures/<str:name>/<str:nonce>", endpoint(POST=e.sign)),
    path(f"{RECORD}/revise", endpoint(POST=e.revise)),
    path(f"{RECORD}/links", endpoint(GET=e.list_links, POST=e.add_link)),
    path(f"{RECORD}/links/<uuid:link>", endpoint(DELETE=e.remove_link)),
    path(f"{RECORD}/comments", endpoint(GET=e.comments, POST=e.add_comment)),
    path(f"{RECORD}/files", endpoint(GET=e.list_files, POST=e.add_file)),
    path(f"{RECORD}/history", endpoint(GET=e.history)),
    re_path(r"^[\s\S]*$", nowhere),  # a line end in the address too; written so that reverse() can read it
]
