"""T-10f-1: every step that the table does not have is refused, with a reason, and noted; generated from the tables."""

from typing import Any

import pytest

from medithread.kernel import verbs
from medithread.kernel.base.refusal import Refusal, Stale
from medithread.kernel.ledger.models import Entry, Journal
from medithread.kernel.records.models import Record
from tests.kernel.api.conftest import Api

from . import samples
from .conftest import OfKind


def last_refusal() -> str:
    """What the access journal noted last."""
    row = Journal.objects.latest("id")
    return row.detail if row.what == "refused" else ""


def nothing_happened(record: Any, state: str) -> None:
    assert Record.objects.get(pk=record.pk).state == state
    assert Entry.objects.filter(of=record.uid).exclude(verb__in=("create", "edit")).count() == 0


def test_t_10f_1_steps_that_are_not_in_the_table_are_refused(of_kind: OfKind) -> None:
    actor = samples.maker(of_kind.record)
    tried = 0
    for state in of_kind.kind.lifecycle.states:
        record = samples.put_in_state(of_kind.record, state.code)
        for name in (*samples.moves_not_from(of_kind.kind, state.code), "nonsense"):
            code = "move.unknown" if name == "nonsense" else "move.state"
            noted = Journal.objects.count()
            with pytest.raises(Refusal, match=code):
                verbs.move(actor, record, name, lock=record.lock, reason="Because")
            assert last_refusal() == f"{name} {record.number}: {code}"
            assert Journal.objects.count() == noted + 1
            tried += 1
        nothing_happened(record, state.code)
    assert tried >= len(of_kind.kind.lifecycle.states)


@pytest.mark.slow
def test_t_10f_1_through_the_api_too(of_kind: OfKind) -> None:
    actor = samples.maker(of_kind.record)
    api, path = Api(actor), f"{of_kind.kind.code}/{of_kind.record.uid}"
    for state in of_kind.kind.lifecycle.states:
        record = samples.put_in_state(of_kind.record, state.code)
        for name in samples.moves_not_from(of_kind.kind, state.code):
            ways = [(f"{path}/moves/{name}", {"lock": record.lock, "reason": "Because"})]
            if of_kind.kind.lifecycle.move(name).signatures:  # type: ignore[union-attr]
                ways.append((f"{path}/signatures/{name}", {}))
            for address, body in ways:
                noted = Journal.objects.filter(what="refused").count()
                answer = api.post(address, body)
                assert (answer.status_code, answer.json()["refusals"][0]["code"]) == (422, "move.state"), address
                assert answer.json()["refusals"][0]["text"]
                assert Journal.objects.filter(what="refused").count() == noted + 1, f"{address}: not noted"
        nothing_happened(record, state.code)


def test_a_step_takes_only_what_it_asks_for(of_kind: OfKind) -> None:
    actor = samples.maker(of_kind.record)
    for step in of_kind.kind.lifecycle.moves:
        record = samples.put_in_state(of_kind.record, step.starts[0])
        with pytest.raises(Refusal, match=r"move\.asks"):
            verbs.move(actor, record, step.name, lock=record.lock, number="X-1")


def test_a_stale_copy_moves_nothing(of_kind: OfKind) -> None:
    actor = samples.maker(of_kind.record)
    for step in of_kind.kind.lifecycle.moves:
        record = samples.put_in_state(of_kind.record, step.starts[0])
        with pytest.raises(Stale):
            verbs.move(actor, record, step.name, lock=record.lock - 1, reason="Because")


def test_content_is_fixed_where_the_table_says_so(of_kind: OfKind) -> None:
    """In a state that is not editable content cannot be changed, in a final one handling neither."""
    actor = samples.editor(of_kind.company, of_kind.record)
    for state in of_kind.kind.lifecycle.states:
        record = samples.put_in_state(of_kind.record, state.code)
        before = record.digest
        if state.code not in of_kind.kind.lifecycle.editable:
            with pytest.raises(Refusal, match=r"edit\.state"):
                verbs.edit(actor, record, lock=record.lock, reason="Because", title="Another")
        if state.final:
            with pytest.raises(Refusal, match=r"edit\.state"):
                verbs.edit(actor, record, lock=record.lock, reason="Because", due="2031-01-01")
        assert Record.objects.get(pk=record.pk).digest == before


def test_a_stale_copy_changes_nothing(of_kind: OfKind) -> None:
    for state in sorted(of_kind.kind.lifecycle.editable):
        record = samples.put_in_state(of_kind.record, state)
        actor = samples.editor(of_kind.company, record)
        for lock in (record.lock - 1, record.lock + 1, None):
            with pytest.raises(Stale) as caught:
                verbs.edit(actor, record, lock=lock, reason="Because", title="Another")
            assert caught.value.record.title == record.title
            assert caught.value.yours == {"title": "Another"}


def test_a_child_is_begun_under_its_parent_only(of_kind: OfKind) -> None:
    if of_kind.kind.child_of is None:
        assert of_kind.record.parent is None
        return
    actor = samples.maker(of_kind.record)
    with pytest.raises(Refusal, match=r"create\.parent"):
        verbs.create(actor, of_kind.kind.model, **samples.minimal(of_kind.kind))
    with pytest.raises(Refusal, match=r"create\.parent"):
        verbs.create(actor, of_kind.kind.model, parent=of_kind.record, **samples.minimal(of_kind.kind))
    assert of_kind.record.number.startswith(f"{of_kind.record.parent.number}-{of_kind.kind.child_mark}")


def test_a_new_edition_is_for_controlled_kinds_in_force(of_kind: OfKind) -> None:
    actor = samples.maker(of_kind.record)
    code = r"revise\.event" if of_kind.kind.shape == "event" else r"revise\.open"
    with pytest.raises(Refusal, match=code):
        verbs.revise(actor, of_kind.record)
