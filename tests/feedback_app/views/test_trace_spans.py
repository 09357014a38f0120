"""The spans on a trace's page: one is chosen and read, more are asked for."""

from typing import Any

import pytest

from feedback_app.trace_page import spans as timelines
from tests import factories
from tests.feedback_app.desk import Desk
from traces_app.models import EntityType, Span, Trace
from traces_app.services import comments

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def on_desk(desk: Desk, trace: Trace) -> Span:
    by = factories.access(desk.room)
    return factories.span(
        by,
        trace,
        name="plan <b>",
        input='"what the span was asked"',
        output='"what it said"',
        model="gpt-4o",
        usage='{"total_tokens":702}',
        total_estimated_cost=0.00123,
        error_info='{"exception_type":"Timeout","message":"too slow"}',
    )


def test_a_chosen_span_is_read_in_place_of_the_trace(desk: Desk) -> None:
    trace = desk.trace(output='"of the trace"')
    span = on_desk(desk, trace)
    by = factories.access(desk.room)
    factories.score(by, span, "0.25", "of the span", reason="because")
    comments.add(access=by, entity_type=EntityType.SPAN, entity_id=span.pk, text="said of it")

    text = desk.open(trace, f"?span={span.pk}").text

    for words in ("what the span was asked", "what it said", "gpt-4o", "702", "$0.00123"):
        assert words in text
    for words in ("Timeout", "too slow", "of the span", "because", "said of it", "plan &lt;b&gt;"):
        assert words in text
    assert "of the trace" not in text
    assert f'data-span="{span.pk}"' in text
    assert 'aria-current="true"' in text


@pytest.mark.parametrize("asked", ["x", "", "0" * 32, "%00"])
def test_what_is_no_span_of_the_trace_shows_the_trace(desk: Desk, asked: str) -> None:
    trace = desk.trace(output='"of the trace"')
    on_desk(desk, trace)
    elsewhere = on_desk(desk, desk.trace())

    for wanted in (asked, elsewhere.pk):
        answer = desk.open(trace, f"?span={wanted}")
        assert answer.status_code == 200
        assert "of the trace" in answer.text


def part(desk: Desk, trace: Trace, query: str, target: str) -> Any:
    headers = {"HX-Request": "true", "HX-Target": target}
    return desk.browser.get(f"/traces/{trace.pk}{query}", headers=headers)


def test_htmx_gets_the_content_alone(desk: Desk) -> None:
    trace = desk.trace()
    span = on_desk(desk, trace)

    of_span = part(desk, trace, f"?tag=a&span={span.pk}", "io").text
    whole = part(desk, trace, "", "io").text

    assert of_span.lstrip().startswith('<div class="io of-span" id="io">')
    assert 'href="?tag=a"' in of_span
    assert whole.lstrip().startswith('<div class="io" id="io">')
    assert "</html>" not in of_span + whole


def test_htmx_gets_more_rows_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timelines, "PAGE", 2)
    trace = desk.trace()
    for number in range(5):
        factories.span(factories.access(desk.room), trace, name=f"step {number}")

    rows = part(desk, trace, "?steps=4", "more-spans").text
    last = part(desk, trace, "?steps=6", "more-spans").text

    assert rows.count("<tr>") == 2
    assert 'href="?steps=6"' in rows
    assert "All 5 spans are shown." in last
    assert desk.open(trace, "?steps=4").text.count("data-span=") == 4


@pytest.mark.parametrize("asked", ["x", "-1", "9" * 30, "²", ""])
def test_odd_numbers_of_steps_are_the_first_page(desk: Desk, asked: str) -> None:
    trace = desk.trace()
    on_desk(desk, trace)

    assert desk.open(trace, f"?steps={asked}").text.count("data-span=") == 1
