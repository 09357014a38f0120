"""Spans: created, sent, changed, deleted."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from tests import factories
from tests.factories import NOON, at, said
from traces_app.access import Access
from traces_app.errors import Conflict, Forbidden, Invalid
from traces_app.models import (
    AuditEvent,
    Comment,
    EntityType,
    Project,
    Role,
    Score,
    ScoreMean,
    Span,
    Trace,
    WaitingScore,
    Workspace,
)
from traces_app.models.upserts import EPOCH
from traces_app.services import comments, scores, spans
from traces_app.services.spans import SentSpan
from traces_app.services.tags import TagChange

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Workspace:
    return factories.workspace()


@pytest.fixture
def access(room: Workspace) -> Access:
    return factories.access(room)


def sent(
    trace_id: UUID, project: str | None = "a", pk: UUID | None = None, **values: Any
) -> SentSpan:
    return SentSpan(pk or uuid7(), trace_id, NOON, NOON, project, values)


def place(span: SentSpan) -> str:
    """The name of the project that the span is in."""
    return Project.objects.get(pk=Span.objects.get(pk=span.id).project_id).name


def change(span: SentSpan, project: str | None = "a", **values: Any) -> SentSpan:
    return SentSpan(span.id, span.trace_id, EPOCH, EPOCH, project, values)


def test_creating_a_second_time_is_a_conflict(access: Access) -> None:
    span = sent(uuid7())
    spans.create(access=access, sent=span)

    with pytest.raises(Conflict, match="Span already exists"):
        spans.create(access=access, sent=span)


def test_creating_in_another_project_is_a_mismatch(access: Access) -> None:
    span = sent(uuid7(), "a")
    spans.create(access=access, sent=span)

    with pytest.raises(Conflict, match="do not match"):
        spans.create(access=access, sent=sent(span.trace_id, "b", span.id))


def test_creation_completes_a_stub_whose_values_stay(access: Access) -> None:
    span = sent(uuid7(), name="from the post", model="m")
    spans.patch(access=access, sent=change(span, name="from the patch"), tags=TagChange())

    spans.create(access=access, sent=span)

    stored = Span.objects.get()
    assert (stored.name, stored.model, stored.start_time) == ("from the patch", "m", NOON)


def test_scores_that_waited_are_given_to_a_new_span(access: Access) -> None:
    span = sent(uuid7())
    scores.record(
        access=access, entity_type=EntityType.SPAN, said=[said(span.id, 1)], may_wait=True
    )

    spans.create(access=access, sent=span)

    assert (Score.objects.get().entity_id, WaitingScore.objects.count()) == (span.id, 0)


def test_two_rows_of_one_id_in_a_batch_become_one(access: Access) -> None:
    pk, trace = uuid7(), uuid7()
    newer = SentSpan(pk, trace, NOON, at(2), "a", {"name": "newer", "model": None})
    older = SentSpan(pk, trace, NOON, at(1), "a", {"name": "older", "model": "m"})

    spans.ingest(access=access, sent=[newer, older])

    assert Span.objects.values_list("name", "model").get() == ("newer", "m")


def test_a_replay_undoes_no_patch(access: Access) -> None:
    span = sent(uuid7(), name="sent")
    spans.ingest(access=access, sent=[span])
    spans.patch(access=access, sent=change(span, name="patched"), tags=TagChange())

    spans.ingest(access=access, sent=[sent(span.trace_id, "a", span.id, name="sent", model="m")])

    assert Span.objects.values_list("name", "model").get() == ("patched", "m")


def test_the_trace_of_a_span_never_changes(access: Access) -> None:
    span = sent(uuid7())
    spans.ingest(access=access, sent=[span])

    spans.ingest(access=access, sent=[sent(uuid7(), "a", span.id)])

    assert Span.objects.get().trace_id == span.trace_id


def test_a_batch_patch_changes_known_spans_and_leaves_no_stub(access: Access) -> None:
    made = [sent(uuid7(), project) for project in "aab"]
    spans.ingest(access=access, sent=made)

    spans.patch_all(
        access=access,
        ids=[*(span.id for span in made), uuid7()],
        values={"name": "all"},
        tags=TagChange(replace=["x"]),
    )

    assert list(Span.objects.values_list("name", "tags")) == [("all", '["x"]')] * 3
    assert sorted(map(place, made)) == ["a", "a", "b"]


def test_a_batch_patch_adds_tags_to_each_ones_own(access: Access) -> None:
    one, other = sent(uuid7(), tags='["a"]'), sent(uuid7(), tags='["b"]')
    spans.ingest(access=access, sent=[one, other])

    tags = TagChange(add=["c"], remove=["b"])
    spans.patch_all(access=access, ids=[one.id, other.id], values={}, tags=tags)

    assert set(Span.objects.values_list("tags", flat=True)) == {'["a","c"]', '["c"]'}


def test_one_over_the_limit_of_tags_changes_none(access: Access) -> None:
    full = sent(uuid7(), tags=str([f"t{n}" for n in range(50)]).replace("'", '"'))
    other = sent(uuid7())
    spans.ingest(access=access, sent=[full, other])

    with pytest.raises(Invalid, match="Tag limit"):
        spans.patch_all(
            access=access, ids=[full.id, other.id], values={}, tags=TagChange(add=["more"])
        )

    assert Span.objects.get(pk=other.id).tags is None


def test_a_batch_patch_leaves_strangers_spans_alone(access: Access) -> None:
    span = sent(uuid7())
    spans.ingest(access=access, sent=[span])

    spans.patch_all(
        access=factories.access(), ids=[span.id], values={"name": "x"}, tags=TagChange()
    )

    assert Span.objects.get().name is None


def test_what_was_said_of_a_deleted_span_goes_and_all_else_stays(access: Access) -> None:
    trace = factories.trace(access)
    doomed, kept = factories.span(access, trace), factories.span(access, trace)
    for on in (doomed, kept, trace):
        factories.score(access, on, 1)
    for span in (doomed, kept):
        comments.add(access=access, entity_type=EntityType.SPAN, entity_id=span.pk, text="hm")

    assert spans.delete(access=access, ids=[doomed.pk, uuid7()]) == [doomed.pk]

    assert list(Span.objects.values_list("pk", flat=True)) == [kept.pk]
    assert set(Score.objects.values_list("entity_id", flat=True)) == {kept.pk, trace.pk}
    assert set(ScoreMean.objects.values_list("entity_id", flat=True)) == {kept.pk, trace.pk}
    assert Comment.objects.get().entity_id == kept.pk


def test_spans_below_a_deleted_one_stay(access: Access) -> None:
    trace = factories.trace(access)
    parent = factories.span(access, trace)
    child = factories.span(access, trace, parent_span_id=parent.pk)

    spans.delete(access=access, ids=[parent.pk])

    assert Span.objects.get().pk == child.pk
    assert Trace.objects.count() == 1


def test_a_deletion_is_told_in_the_audit_trail(access: Access) -> None:
    span = factories.span(access, factories.trace(access))

    spans.delete(access=access, ids=[span.pk])

    event = AuditEvent.objects.get(action="span.delete")
    assert (event.entity_id, event.project_id) == (span.pk, span.project_id)


def test_strangers_delete_nothing(access: Access) -> None:
    span = factories.span(access, factories.trace(access))

    assert spans.delete(access=factories.access(), ids=[span.pk]) == []
    assert Span.objects.count() == 1


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.VIEWER])
def test_only_owners_and_members_write(room: Workspace, role: Role) -> None:
    access = factories.access(room, role)

    for write in (
        lambda: spans.delete(access=access, ids=[]),
        lambda: spans.patch_all(access=access, ids=[], values={}, tags=TagChange()),
        lambda: spans.ingest(access=access, sent=[]),
    ):
        with pytest.raises(Forbidden):
            write()
