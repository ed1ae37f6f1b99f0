"""Addresses of this room's own pages."""

from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from . import views

both = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns: list[URLPattern] = [
    path("founding/", both(views.founding), name="founding"),
    path("founding/letter/", both(views.letter), name="letter"),
    path("accountability/", both(views.accountability), name="accountability"),
    path("people/<uuid:uid>/verify/", both(views.verify), name="verify-person"),
    path("role-proposals/add/", both(views.propose), name="role-proposal"),
    path("access-review/", require_http_methods(["GET", "HEAD"])(views.access_review), name="access-review"),
    path("access-review/begin/", views.begin_review, name="begin-access-review"),
    path("access-review/judge/", views.judge, name="judge-access"),
]
