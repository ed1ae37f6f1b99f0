"""Translations of the sentences that the scripts say (assets/README.md, keys of `page-words`)."""

from django.utils.translation import gettext as _


def script_words() -> dict[str, str]:
    """Key → sentence in the person's language."""
    return {
        "draft-kept": _("Draft kept {time} UTC"),
        "draft-not-kept": _("The draft could not be kept. What you typed is still here."),
        "selected": _("{n} selected"),
        "copied": _("Copied"),
        "close": _("Close"),
        "suggestions": _("Suggestions"),
        "passkey-cancelled": _("The passkey was not used: cancelled, or it took too long. Try again, or choose another way."),
        "passkey-known": _("This passkey is registered already."),
        "passkey-address": _("Passkeys do not work at this address. Choose another way."),
        "passkey-failed": _("The passkey could not be used. Choose another way."),
    }
