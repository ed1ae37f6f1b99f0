"""Addresses of this room's own pages. They stand before the generic ones, which serve everything else."""

from django.urls import URLPattern, path

from medithread.kernel.pages.urls import both, pages_of, seen

from .views import adopting, bringing, reading, reviewing

urlpatterns: list[URLPattern] = [
    *pages_of("read", "/read", seen(reading.read_page)),
    *pages_of("original", "/original", seen(reading.original)),
    *pages_of("changes", "/changes", seen(reading.changes)),
    *pages_of("paper", "/print", seen(reading.print_page)),
    *pages_of("bring-into", "/bring", both(bringing.into)),
    path("r/<number:number>/copy.<str:form>", seen(reading.copy), name="copy"),
    path("r/<number:number>/<int:edition>/copy.<str:form>", seen(reading.copy), name="copy-of"),
    path("document/bring", both(bringing.new), name="bring"),
    path("document/reviews", both(reviewing.reviews), name="reviews"),
    path("document/reviews/spread", both(reviewing.spreading), name="spread"),
    path("adoption/new", both(adopting.new), name="new-adoption"),
    path("r/<number:number>/desk", both(adopting.desk), name="desk"),
    path("r/<number:number>/desk/row/<uuid:uid>", both(adopting.row), name="desk-row"),
    path("r/<number:number>/desk/table.<str:form>", seen(adopting.sheet), name="desk-table"),
    path("r/<number:number>/desk/file/<str:sha256>", seen(adopting.file), name="desk-file"),
]
