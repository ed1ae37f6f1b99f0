"""Addresses of imports and jobs."""

from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from . import imports, jobs

both = require_http_methods(["GET", "HEAD", "POST"])
seen = require_http_methods(["GET", "HEAD"])

urlpatterns = [
    path("jobs/", seen(jobs.all_jobs), name="jobs"),
    path("jobs/<uuid:uid>", both(jobs.one_job), name="job"),
    path("jobs/<uuid:uid>/result", seen(jobs.result), name="job-result"),
    path("jobs/start/<str:what>", require_POST(jobs.start), name="job-start"),
    path("import/<str:code>", both(imports.bring), name="import"),
    path("import/<str:code>/<uuid:uid>", both(imports.batch), name="import-batch"),
    path("import/<str:code>/<uuid:uid>/problems.csv", seen(imports.problems), name="import-problems"),
]
