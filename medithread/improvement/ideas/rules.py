"""What must hold of improvement ideas and their actions (8.5.1)."""

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No

from .models import Action, Idea


def actions_are_done(idea: Idea) -> No | None:
    """Every action is done or dropped with a reason."""
    late = Action.objects.filter(parent=idea, state="open").values_list("number", flat=True)
    if late:
        return No("idea.open-actions", _("These actions are still open: %(numbers)s.") % {"numbers": ", ".join(late)}, fix=_("Finish or drop them."))
    return None


def has_an_action(idea: Idea) -> No | None:
    """An accepted idea says what will be done."""
    if not Action.objects.filter(parent=idea).exclude(state="dropped").exists():
        return No("idea.no-action", _("Nothing has been planned yet."), fix=_("Add at least one action with an owner and a date."))
    return None


def has_owner_and_due(action: Action) -> No | None:
    """An action without owner and date is a wish."""
    if action.owner_id is None or action.due is None:
        return No("action.due", _("An action needs an owner and a date."), field="due", fix=_("Say who does it until when."))
    return None
