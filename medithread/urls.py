"""Addresses."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("medithread.kernel.api.urls")),
    path("", include("medithread.kernel.exchange_pages.urls")),
    path("", include("medithread.kernel.reminders.urls")),
    path("", include("medithread.system.documents.urls")),
    path("", include("medithread.kernel.identity_pages.urls")),
    path("", include("medithread.system.organisation.urls")),
    path("", include("medithread.kernel.pages.urls")),
]
handler400 = "medithread.kernel.pages.refused.bad_request"
handler403 = "medithread.kernel.pages.refused.forbidden"
handler404 = "medithread.kernel.pages.refused.not_found"
handler500 = "medithread.kernel.pages.refused.fault"
