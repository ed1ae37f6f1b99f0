"""comment: a remark on a record, on the text it has now."""

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.canon import clean_text
from medithread.kernel.base.refusal import No, NotAllowed, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.records.models import Comment, Record

from .fetch import locked
from .unit import unit
from .who import anybody


def comment(who: Actor | Person, record: Record, text: str) -> Comment:
    """Say something about a record. Raises NotAllowed, Refusal."""
    with unit(who, f"comment {record.number}", record.uid) as act:
        fresh = locked(act, record)
        no = anybody()(act.actor, fresh, act.at)
        if no is not None:
            raise NotAllowed(no)
        try:
            words = clean_text(text).strip()
        except ValueError:
            words = ""
        if not words or len(words) > 10_000 or act.actor.person is None:
            raise Refusal(No("comment.empty", _("Write at most 10,000 characters."), field="text"))
        made = Comment(record=fresh, person=act.actor.person, at=act.at, text=words, digest=fresh.digest)
        act.put("create", made)
    return made


def resolve(who: Actor | Person, made: Comment) -> None:
    """Mark a remark as dealt with. Raises NotAllowed."""
    with unit(who, f"resolve {made.record.number}", made.record.uid) as act:
        locked(act, made.record)
        no = anybody()(act.actor, made.record, act.at)
        if no is not None:
            raise NotAllowed(no)
        made = Comment.objects.get(pk=made.pk)
        made.resolved = True
        act.put("edit", made)
