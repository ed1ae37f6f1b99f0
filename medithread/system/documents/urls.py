"""Addresses of this room's own pages. They stand before the generic ones, which serve everything else."""

from django.urls import URLPattern, path

from medithread.kernel.pages.urls import both, pages_of, seen

from .views import adopting, bringing, reading, reviewing

urlpatterns: list[URLPattern] = [
    *pages_of("read", "/read", seen(reading.read_page)),
    *pages_of("original", "/original", seen(reading.original)),
    *pages_of("changes", "/changes", seen(reading.changes)),
    *pages_of("copy", "/copy.<str:form>", seen(reading.copy)),
    *pages_of("bring-into", "/bring", both(bringing.into)),
    path("document/bring", both(bringing.new), name="bring"),
    path("document/reviews", both(reviewing.reviews), name="reviews"),
    path("document/reviews/spread", both(reviewing.spreading), name="spread"),
    *pages_of("desk", "/desk", both(adopting.desk)),
    *pages_of("desk-row", "/desk/row/<uuid:uid>", both(adopting.row)),
    *pages_of("desk-table", "/desk/table.<str:form>", seen(adopting.sheet)),
    *pages_of("desk-file", "/desk/file/<str:sha256>", seen(adopting.file)),
]
