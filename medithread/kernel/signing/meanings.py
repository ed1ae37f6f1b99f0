"""The one list of signature meanings (practice.md, correction 13)."""

from django.utils.translation import gettext_lazy as _

MEANINGS = {
    "acknowledged": _("Acknowledged"),
    "adopted_as_true_copy": _("Adopted as true copy"),
    "appointed": _("Appointed"),
    "approved": _("Approved"),
    "attested": _("Attested"),
    "authored": _("Authored"),
    "closed": _("Closed"),
    "confirmed": _("Confirmed"),
    "disposition_decided": _("Disposition decided"),
    "executed": _("Executed"),
    "extension_granted": _("Extension granted"),
    "identity_verified": _("Identity verified"),
    "rejected": _("Rejected"),
    "released": _("Released"),
    "reportability_decided": _("Reportability decided"),
    "reviewed": _("Reviewed"),
    "verified": _("Verified"),
    "witnessed": _("Witnessed"),
}

# Meanings that stay on the text they were given on (R6); all others must be on the final digest.
STAYS_ON_ITS_TEXT = frozenset({"reviewed"})
