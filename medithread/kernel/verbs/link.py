"""link and unlink: the typed thread between records."""

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No, NotAllowed, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.records.kinds import Meaning, kind_of, meaning
from medithread.kernel.records.models import Link, Record, Series
from medithread.kernel.records.visible import may_see

from .edit import editor_of
from .fetch import locked
from .unit import Act, unit
from .who import any_of, anybody

RELATES = Meaning("relates", _("relates to"), _("related from"))


def meaning_of(code: str) -> Meaning:
    """The declared meaning, or the plain one that every kind has."""
    found = RELATES if code == RELATES.code else meaning(code)
    if found is None:
        raise Refusal(No("link.meaning", _("This kind of link is not known."), field="meaning", fix=_("Choose one from the list.")))
    return found


def link(who: Actor | Person, source: Record, target: Series | Record, code: str, *, note: str = "", pin: Record | None = None) -> Link:
    """Tie a record to a series (pinned to an edition where the meaning asks for it). Raises NotAllowed, Refusal."""
    with unit(who, f"link {source.number}", source.uid) as act:
        fresh = locked(act, source)
        sort = meaning_of(code)
        series = target.series if isinstance(target, Record) else target
        edition = _target(act, series, pin or (target if isinstance(target, Record) else None))
        _may_link(act, fresh, sort)
        if series.pk == fresh.series_id:
            raise Refusal(No("link.self", _("A record cannot be linked to itself."), field="target"))
        if Link.objects.filter(source=fresh, target=series, meaning=code, removed=False).exists():
            raise Refusal(No("link.twice", _("This link is already there."), field="target"))
        made = Link(meaning=code, source=fresh, target=series, pinned=edition if sort.pinned else None, note=note.strip()[:300] or None)
        act.put("create", made, meaning=code, target=str(series.uid))
        _content_changed(act, fresh, sort)
    return made


def unlink(who: Actor | Person, made: Link, *, reason: str) -> None:
    """Take a link away; it stays in the history. Raises NotAllowed, Refusal."""
    with unit(who, f"unlink {made.source.number}", made.source.uid) as act:
        fresh = locked(act, made.source)
        sort = meaning_of(made.meaning)
        _may_link(act, fresh, sort)
        if not reason.strip():
            raise Refusal(No("link.reason", _("Say why the link is removed."), field="reason"))
        made = Link.objects.get(pk=made.pk)
        made.removed = True
        act.put("edit", made, note={"reason": reason.strip()[:500]})
        _content_changed(act, fresh, sort)


def _target(act: Act, series: Series, edition: Record | None) -> Record | None:
    last = edition or Record.objects.filter(series=series).order_by("-edition").first()
    if last is None or not may_see(act.actor, last):
        raise Refusal(No("link.target", _("There is no such record, or you may not see it."), field="target"))
    return last


def _may_link(act: Act, record: Record, sort: Meaning) -> None:
    kind = kind_of(record)
    no = any_of(editor_of(kind), anybody())(act.actor, record, act.at)
    if sort.content:
        no = editor_of(kind)(act.actor, record, act.at)
        if record.state not in kind.lifecycle.editable:
            raise Refusal(No("link.state", _("This link is part of the content, which is fixed in this state.")))
    if no is not None:
        raise NotAllowed(no)


def _content_changed(act: Act, record: Record, sort: Meaning) -> None:
    if sort.content:
        kind = kind_of(record)
        act.save(kind, record)
        act.log("edit", record, fields=["links"])
