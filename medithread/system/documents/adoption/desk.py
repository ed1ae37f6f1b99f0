"""The door to a migration protocol: what is staged, and what was found in the sample. Nothing else changes its content."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from medithread.kernel.base.refusal import No, NotAllowed, Refusal
from medithread.kernel.identity.actor import Actor
from medithread.kernel.identity.models import Person
from medithread.kernel.identity.roles import Role
from medithread.kernel.records.kinds import kind_of
from medithread.kernel.search.index import index
from medithread.kernel.verbs.fetch import locked
from medithread.kernel.verbs.fields import apply, check_rules, clean_values
from medithread.kernel.verbs.parts import apply_parts
from medithread.kernel.verbs.unit import unit
from medithread.kernel.verbs.who import role

from .models import Adoption

KEEPERS = role(Role.QA, Role.MR, Role.DOC)


def change(who: Actor | Person, adoption: Adoption, *, parts: Mapping[str, list[dict[str, Any]]] | None = None, **values: Any) -> Adoption:
    """Change a protocol that is being prepared. Raises NotAllowed, Refusal."""
    return _write(who, adoption, "staged", parts or {}, values)


def mark(who: Actor | Person, adoption: Adoption, marks: Mapping[str, tuple[bool | None, str]]) -> Adoption:
    """Note what was found in the sample: row uid → (true copy?, remark). Only drawn rows can be marked. Raises NotAllowed, Refusal."""
    drawn = {str(uid) for uid in adoption.versions.filter(drawn=True).values_list("uid", flat=True)}
    if set(marks) - drawn:
        raise Refusal(No("adopt.not-drawn", _("Only files of the sample are marked.")))
    for same, remark in marks.values():
        if same is False and not remark.strip():
            raise Refusal(No("adopt.remark", _("Say what differs."), field="remark"))
    rows = [{"uid": uid, "same": same, "remark": remark.strip()[:300]} for uid, (same, remark) in marks.items()]
    return _write(who, adoption, "counted", {"versions": rows}, {})


def _write(who: Actor | Person, adoption: Adoption, state: str, parts: Mapping[str, list[dict[str, Any]]], values: Mapping[str, Any]) -> Adoption:
    kind = kind_of(adoption)
    with unit(who, f"prepare {adoption.number}", adoption.uid) as act:
        fresh: Adoption = locked(act, adoption)
        no = KEEPERS(act.actor, fresh, act.at)
        if no is not None:
            raise NotAllowed(no)
        if fresh.state != state:
            raise Refusal(No("adopt.state", _("This is not the time for it: the protocol is in another state."), fix=_("Open it again first, with a reason.")))
        changed = apply(kind, fresh, clean_values(kind, values), {}, by=act.actor)
        rows = apply_parts(kind, fresh, parts)
        check_rules(kind, fresh)
        if changed or rows:
            act.save(kind, fresh)
            index(kind, fresh)
            act.log("edit", fresh, fields=sorted(changed) + (["parts"] if rows else []))
    return fresh
