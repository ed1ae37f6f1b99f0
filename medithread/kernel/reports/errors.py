"""The one refusal of this package, and the sentences for what can go wrong in the typesetting process."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..base.refusal import No, Refused

SENTENCES: dict[str, Promise] = {
    "report.encrypted": _("This PDF is protected by a password, so no cover and no print line can be put on it."),
    "report.broken-pdf": _("This PDF is damaged and cannot be read."),
    "report.no-pages": _("This PDF has no pages."),
    "report.timeout": _("Setting this report took too long and was stopped."),
    "report.crashed": _("The typesetting process ended unexpectedly."),
    "report.typst": _("The report could not be set."),
}
WAYS_OUT: dict[str, Promise] = {
    "report.encrypted": _("Save it again without a password and upload that file."),
    "report.broken-pdf": _("Open it in a PDF reader, print it to a new PDF and upload that file."),
    "report.no-pages": _("Upload a PDF with at least one page."),
    "report.timeout": _("Try again, or print a smaller part."),
    "report.crashed": _("Try again; if it fails again, tell your administrator the number of the record."),
    "report.typst": _("Tell your administrator the number of the record; the record itself is unharmed."),
}
OURS = ("report.timeout", "report.crashed", "report.typst")


class ReportError(Refused):
    """A report could not be made. `code` is one of `SENTENCES`; `detail` is for the log, not for people."""

    title = _("The PDF could not be made")

    def __init__(self, code: str, message: str | Promise = "", detail: str = "") -> None:
        self.code = code
        self.status = 503 if code in OURS else 422
        self.detail = detail
        super().__init__(No(code, message or SENTENCES.get(code, code), fix=WAYS_OUT.get(code, "")))
