"""The tree and the line of time of a trace's spans."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from feedback_app.trace_page import spans as timelines
from feedback_app.trace_page.spans import Timeline
from tests import factories
from tests.factories import NOON
from traces_app.access import Access
from traces_app.models import Span, Trace
from traces_app.models.upserts import EPOCH
from traces_app.services import spans
from traces_app.services.tags import TagChange

pytestmark = pytest.mark.django_db


@pytest.fixture
def access() -> Access:
    return factories.access()


@pytest.fixture
def trace(access: Access) -> Trace:
    return factories.trace(access)


def step(
    access: Access,
    of: Trace,
    name: str,
    start: float = 0,
    end: float | None = None,
    *,
    pk: UUID | None = None,
    **values: Any,
) -> Span:
    """A span from ``start`` to ``end``, in seconds after noon."""
    began = NOON + timedelta(seconds=start)
    over = None if end is None else NOON + timedelta(seconds=end)
    values |= {"name": name, "end_time": over}
    sent = spans.SentSpan(pk or uuid7(), of.pk, began, NOON, of.project.name, values)
    assert not spans.ingest(access=access, sent=[sent])
    return Span.objects.get(pk=sent.id)


def of(access: Access, trace: Trace, **asked: int) -> Timeline:
    found = timelines.of(access, trace, **asked)
    assert found is not None
    return found


def drawn(timeline: Timeline) -> list[tuple[str, int]]:
    return [(each.name, each.level) for each in timeline.steps]


def test_a_trace_without_spans_has_no_timeline(access: Access, trace: Trace) -> None:
    assert timelines.of(access, trace) is None


def test_children_stand_below_their_parents_by_their_start(access: Access, trace: Trace) -> None:
    late = step(access, trace, "late", 2, 3)
    early = step(access, trace, "early", 1, 2)
    step(access, trace, "child of late", 0, 1, parent_span_id=late.pk)
    step(access, trace, "child of early", 9, 10, parent_span_id=early.pk)

    assert drawn(of(access, trace)) == [
        ("early", 0),
        ("child of early", 1),
        ("late", 0),
        ("child of late", 1),
    ]


def test_spans_without_their_parent_and_in_circles_are_shown_and_said(
    access: Access, trace: Trace
) -> None:
    one, other, itself = uuid7(), uuid7(), uuid7()
    step(access, trace, "one", 1, pk=one, parent_span_id=other)
    step(access, trace, "other", 2, pk=other, parent_span_id=one)
    step(access, trace, "itself", 3, pk=itself, parent_span_id=itself)
    step(access, trace, "orphan", 4, parent_span_id=uuid7())
    step(access, trace, "root", 5)

    steps = of(access, trace).steps

    assert sorted(each.name for each in steps) == ["itself", "one", "orphan", "other", "root"]
    assert {each.name for each in steps if not each.is_lost} == {"root"}


def test_bars_stand_where_their_time_was(access: Access, trace: Trace) -> None:
    step(access, trace, "whole", 0, 4)
    step(access, trace, "last quarter", 3, 4)

    timeline = of(access, trace)

    assert timeline.seconds == 4
    assert [(each.left, each.width) for each in timeline.steps] == [
        ("0.00%", "100.00%"),
        ("75.00%", "25.00%"),
    ]


def test_ends_before_their_start_and_missing_ones_stay_on_the_line(
    access: Access, trace: Trace
) -> None:
    step(access, trace, "backwards", 4, 1)
    step(access, trace, "running", 8)
    step(access, trace, "whole", 0, 2)

    steps = {each.name: each for each in of(access, trace).steps}

    assert of(access, trace).seconds == 8
    assert (steps["backwards"].seconds, steps["running"].seconds) == (0, None)
    assert all(0 <= float(each.left[:-1]) < 100 for each in steps.values())


def test_a_stub_does_not_stretch_the_line_to_1970(access: Access, trace: Trace) -> None:
    step(access, trace, "sent", 0, 2)
    stub = spans.SentSpan(uuid7(), trace.pk, EPOCH, EPOCH, trace.project.name, {"name": "stub"})
    spans.patch(access=access, sent=stub, tags=TagChange())

    timeline = of(access, trace)

    assert timeline.seconds == 2
    assert {each.name: each.has_started for each in timeline.steps} == {"sent": True, "stub": False}


def test_more_is_drawn_a_page_at_a_time(
    access: Access, trace: Trace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timelines, "PAGE", 2)
    parent = step(access, trace, "0")
    for number in range(1, 5):
        step(access, trace, str(number), number, parent_span_id=parent.pk)

    first, last = of(access, trace, upto=2), of(access, trace, after=4, upto=6)

    assert (drawn(first), first.more, first.shown) == ([("0", 0), ("1", 1)], 2, 2)
    assert (drawn(last), last.more, last.total) == ([("4", 1)], 0, 5)


def test_a_trace_with_more_than_is_put_in_order_says_so(
    access: Access, trace: Trace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timelines, "MOST", 2)
    for number in range(3):
        step(access, trace, str(number), number)

    timeline = of(access, trace)

    assert (timeline.is_cut, timeline.total, len(timeline.steps)) == (True, 3, 2)
