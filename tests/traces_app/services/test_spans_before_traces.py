"""A span may come before its trace, and under another project than it."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from tests import factories
from tests.factories import NOON, said, sent_trace
from traces_app.access import Access
from traces_app.errors import Conflict
from traces_app.models import (
    Comment,
    EntityType,
    Project,
    Score,
    ScoreMean,
    Span,
    Workspace,
)
from traces_app.models.upserts import EPOCH
from traces_app.services import comments, scores, spans, traces
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


def test_an_early_span_is_taken_to_the_project_of_its_trace(access: Access) -> None:
    early = sent(uuid7(), "a")
    spans.ingest(access=access, sent=[early])

    traces.ingest(access=access, sent=[sent_trace("b", pk=early.trace_id)])

    assert place(early) == "b"


@pytest.mark.parametrize("arrival", ["create", "patch"])
def test_a_single_trace_and_a_stub_take_an_early_span_too(access: Access, arrival: str) -> None:
    early = sent(uuid7(), "a")
    spans.create(access=access, sent=early)

    if arrival == "create":
        traces.create(access=access, sent=sent_trace("b", pk=early.trace_id))
    else:
        traces.patch(access=access, trace_id=early.trace_id, values={}, project=("b", None))

    assert place(early) == "b"


def test_what_was_said_of_an_early_span_goes_along(access: Access) -> None:
    early = sent(uuid7(), "a")
    spans.ingest(access=access, sent=[early])
    scores.record(access=access, entity_type=EntityType.SPAN, said=[said(early.id, 1)])
    comments.add(access=access, entity_type=EntityType.SPAN, entity_id=early.id, text="of a span")

    traces.ingest(access=access, sent=[sent_trace("b", pk=early.trace_id)])

    b = Project.objects.get(name="b").pk
    homes = {row.project_id for model in (Score, ScoreMean, Comment) for row in model.objects.all()}
    assert homes == {b}


def test_what_is_sent_later_under_its_first_project_is_kept(access: Access) -> None:
    early = sent(uuid7(), "a")
    spans.ingest(access=access, sent=[early])
    traces.ingest(access=access, sent=[sent_trace("b", pk=early.trace_id)])

    spans.patch(access=access, sent=change(early, name="patched"), tags=TagChange())
    refused = spans.ingest(access=access, sent=[sent(early.trace_id, "a", early.id, model="m")])

    assert not refused
    assert Span.objects.values_list("name", "model").get() == ("patched", "m")
    assert place(early) == "b"


def test_a_move_of_the_trace_takes_an_early_span_on(access: Access, room: Workspace) -> None:
    early = sent(uuid7(), "a")
    spans.ingest(access=access, sent=[early])
    traces.ingest(access=access, sent=[sent_trace("b", pk=early.trace_id)])
    to = factories.project(room, "c")

    traces.move(access=factories.access(room), trace_id=early.trace_id, to=to)

    assert place(early) == "c"


def test_another_span_under_the_wrong_project_is_refused(access: Access) -> None:
    early = sent(uuid7(), "a")
    spans.ingest(access=access, sent=[early])
    traces.ingest(access=access, sent=[sent_trace("b", pk=early.trace_id)])

    late = sent(early.trace_id, "a")

    assert spans.ingest(access=access, sent=[late]) == {late.id}
    with pytest.raises(Conflict):
        spans.create(access=access, sent=late)


def test_spans_of_other_traces_and_workspaces_stay(access: Access) -> None:
    other, stranger = sent(uuid7(), "a"), factories.access()
    theirs = sent(uuid7(), "a")
    spans.ingest(access=access, sent=[other])
    spans.ingest(access=stranger, sent=[theirs])
    home = Span.objects.get(pk=theirs.id).project_id

    traces.ingest(access=access, sent=[sent_trace("b", pk=theirs.trace_id)])

    assert place(other) == "a"
    assert Span.objects.get(pk=theirs.id).project_id == home


def along(looks: list[Any]) -> list[Any]:
    """Of what is done after the commit: looking for traces to go along with."""
    return [look for look in looks if getattr(look, "func", None) is spans.take_along]


def test_traces_are_looked_for_again_once_a_span_is_stored(
    access: Access, django_capture_on_commit_callbacks: Any
) -> None:
    early = sent(uuid7(), "a")
    with django_capture_on_commit_callbacks() as looks:
        spans.ingest(access=access, sent=[early])
    # As if the trace had been stored by a request that could not see the span yet.
    trace = factories.trace(access, factories.project(Workspace.objects.get(), "b"))
    Span.objects.update(trace_id=trace.pk)

    spans.take_along(access=factories.access(Workspace.objects.get()), trace_ids=[trace.pk])

    assert len(along(looks)) == 1
    assert place(early) == "b"


def test_beside_its_trace_nothing_is_looked_for(
    access: Access, django_capture_on_commit_callbacks: Any
) -> None:
    trace = factories.trace(access)

    with django_capture_on_commit_callbacks() as looks:
        factories.span(access, trace)

    assert along(looks) == []
