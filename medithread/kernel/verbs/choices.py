"""Words of controlled vocabularies: added, renamed with a reason, retired, never deleted (R24)."""

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.canon import clean_text
from medithread.kernel.base.refusal import No, NotAllowed, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.identity.roles import Role
from medithread.kernel.records.models import Choice

from .unit import Act, unit
from .who import role

KEEPERS = role(Role.QA, Role.MR, Role.DOC)


def add_choice(who: Actor | Person, vocabulary: str, code: str, name: str) -> Choice:
    """A new word. Raises NotAllowed, Refusal."""
    with unit(who, f"choice {vocabulary}") as act:
        _may(act)
        if Choice.objects.filter(vocabulary=vocabulary, code__iexact=code.strip()).exists():
            raise Refusal(No("choice.twice", _("This code exists already, perhaps retired."), field="code"))
        made = Choice(vocabulary=_word(vocabulary, 40), code=_word(code, 40), name=_word(name, 200))
        act.put("create", made)
    return made


def change_choice(who: Actor | Person, choice: Choice, *, name: str | None = None, retired: bool | None = None, reason: str) -> Choice:
    """Rename or retire a word, with a reason; records that use it keep it. Raises NotAllowed, Refusal."""
    with unit(who, f"choice {choice.vocabulary}") as act:
        _may(act)
        if not reason.strip():
            raise Refusal(No("choice.reason", _("Say why."), field="reason"))
        made = Choice.objects.get(pk=choice.pk)
        made.name = made.name if name is None else _word(name, 200)
        made.retired = made.retired if retired is None else retired
        act.put("edit", made, note={"reason": reason.strip()[:500]})
    return made


def _may(act: Act) -> None:
    no = KEEPERS(act.actor, None, act.at)
    if no is not None:
        raise NotAllowed(no)


def _word(text: str, longest: int) -> str:
    try:
        found = " ".join(clean_text(text).split())
    except ValueError:
        found = ""
    if not found or len(found) > longest:
        raise Refusal(No("choice.word", _("Write 1 to %(n)d characters.") % {"n": longest}, field="name"))
    return found
