"""Addresses of what one person wants of a record: to be told of it, to show it to somebody."""

from django.urls import path
from django.views.decorators.http import require_http_methods

from medithread.kernel.pages import urls as _pages  # noqa: F401  (registers the converters)

from . import views

urlpatterns = [path("r/<number:number>/<int:edition>/share", require_http_methods(["GET", "HEAD", "POST"])(views.share), name="share")]
