"""The page of a trace: who may see it, what it shows, and how many questions it asks."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.feedback_app.desk import Desk, words
from traces_app.models import EntityType, Role
from traces_app.services import comments, traces

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def queries(desk: Desk, trace: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert desk.open(trace).status_code == 200
    return len(asked)


def test_input_output_and_what_was_said_are_on_one_page(desk: Desk) -> None:
    trace = desk.trace(name="warranty", tags='["grinder"]', thread_id="marta")
    desk.colleague().score(trace, "0.3", "wrong term")

    text = words(desk.open(trace))

    for part in (
        "Is it covered?",
        "Yes.",
        "grinder",
        "marta",
        "wrong term",
        "Not in" and "Dataset",
    ):
        assert part in text
    assert "<title>warranty · trace · Marginalia</title>" in text


def test_a_visitor_signs_in_first_and_comes_back(desk: Desk) -> None:
    trace = desk.trace()

    answer = Client().get(f"/traces/{trace.pk}?q=kettle")

    assert answer.status_code == 302
    assert answer["Location"] == f"/sign-in?next=/traces/{trace.pk}%3Fq%3Dkettle"


def test_a_stranger_cannot_tell_a_hidden_trace_from_a_missing_one(desk: Desk) -> None:
    hidden, stranger = desk.trace(), Desk(Role.OWNER)

    answers = [stranger.open(pk) for pk in (hidden.pk, uuid4())]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert len({re.sub('"X-CSRFToken": "[^"]*"', "", answer.text) for answer in answers}) == 1


def test_a_reviewer_sees_only_the_items_of_queues(desk: Desk) -> None:
    assert desk.colleague(Role.REVIEWER).open(desk.trace()).status_code == 404


def test_somebody_who_was_deactivated_is_out_at_once(desk: Desk) -> None:
    trace = desk.trace()
    desk.person.is_active = False
    desk.person.save()

    assert desk.open(trace)["Location"].startswith("/sign-in")
    assert desk.post(trace, "verdict", score="1").status_code == 302
    trace.refresh_from_db()
    assert trace.score is None


def test_a_viewer_reads_without_forms(desk: Desk) -> None:
    viewer = desk.colleague(Role.VIEWER)
    trace = desk.trace()
    desk.score(trace, "0.3")

    text = viewer.open(trace).text

    assert "Viewers read" in text
    assert f"/traces/{trace.pk}/" not in text


@pytest.mark.parametrize("part", ["verdict", "verdict/withdraw", "comments", "dataset"])
def test_a_viewer_changes_nothing(desk: Desk, part: str) -> None:
    trace = desk.trace()

    answer = desk.colleague(Role.VIEWER).post(trace, part, score="1", text="Hello")

    assert answer.status_code == 403
    assert "does not allow this" in answer.text


@pytest.mark.parametrize("part", ["verdict", "verdict/withdraw", "comments", "dataset"])
def test_what_a_stranger_posts_is_not_found(desk: Desk, part: str) -> None:
    trace = desk.trace()

    assert Desk().post(trace, part, score="1", text="Hello").status_code == 404
    assert desk.colleague(Role.REVIEWER).post(trace, part, score="1", text="a").status_code == 404
    assert desk.browser.get(f"/traces/{trace.pk}/{part}").status_code == 405


def test_the_number_of_queries_does_not_grow(desk: Desk) -> None:
    few, many = desk.trace(), desk.trace()
    sender = factories.access(desk.room)
    for trace, number in ((few, 1), (many, 20)):
        for n in range(number):
            author = desk.colleague()
            author.score(trace, "0.3", "so")
            author.score(trace, "0.5", name=f"name {n}")
            for said in ("one", "two"):
                comments.add(
                    access=author.access,
                    entity_type=EntityType.TRACE,
                    entity_id=trace.pk,
                    text=said,
                )
            factories.span(sender, trace, name=f"step {n}")
    desk.open(few)

    assert queries(desk, many) == queries(desk, few)


def test_a_trace_without_anything_is_shown(desk: Desk) -> None:
    trace = desk.trace(name=None, input=None, output=None, tags="[]")

    text = words(desk.open(trace))

    assert text.count("Nothing was sent.") == 1
    assert "Its output has not arrived yet." in text
    assert "Nobody has scored it yet." in text
    assert "No comments yet." in text


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (
            {"exception_type": "Timeout", "message": "too slow"},
            'Timeout</b>: <span dir="auto">too slow',
        ),
        ({"message": "only words"}, "only words"),
        ("a bare text", "a bare text"),
        ({}, "failed"),
    ],
)
def test_a_failed_run_says_so(desk: Desk, sent: Any, shown: str) -> None:
    trace = desk.trace(error_info=json.dumps(sent), output=None)

    text = words(desk.open(trace))

    assert shown in text
    assert '<span class="state bad">failed</span>' in text


def test_markup_in_a_trace_stays_text(desk: Desk) -> None:
    bad = "<script>alert(1)</script>"
    trace = desk.trace(name=bad, output=json.dumps(bad), tags=json.dumps([bad]), thread_id=bad)
    desk.score(trace, "1", bad)

    assert "<script>alert" not in desk.open(trace).text


def test_very_long_names_are_whole_in_the_title(desk: Desk) -> None:
    name = "n" * 5000

    assert f'title="{name}"' in desk.open(desk.trace(name=name)).text


def test_raw_shows_the_json_letter_by_letter(desk: Desk) -> None:
    trace = desk.trace(output='{"a":{"b":1}}')

    text = desk.open(trace, "?output=raw").text

    assert "{\n  &quot;a&quot;: {\n    &quot;b&quot;: 1\n  }\n}" in text


def test_the_list_goes_along_with_every_link_and_form(desk: Desk) -> None:
    desk.trace(name="first", tags='["a"]')
    here = desk.trace(name="here", tags='["a"]')
    desk.trace(name="between", tags='["b"]')
    desk.trace(name="last", tags='["a"]')

    page = desk.open(here, "?tag=a&output=raw")

    assert page.text.count(f'action="/traces/{here.pk}/verdict?tag=a&amp;output=raw"') == 1
    assert f'action="/traces/{here.pk}/comments?tag=a&amp;output=raw"' in page.text
    assert f'action="/traces/{here.pk}/dataset?tag=a&amp;output=raw"' in page.text
    assert 'href="?tag=a"' in page.text  # rendered again, in the same list
    assert 'href="/traces?tag=a"' in page.text


def test_neighbours_are_those_of_the_filtered_list(desk: Desk) -> None:
    older = desk.trace(tags='["a"]')
    here = desk.trace(tags='["a"]')
    desk.trace(tags='["b"]')
    newer = desk.trace(tags='["a"]')

    text = desk.open(here, "?tag=a").text

    assert f'rel="prev" href="/traces/{newer.pk}?tag=a"' in text
    assert f'rel="next" href="/traces/{older.pk}?tag=a"' in text


def test_the_ends_of_the_list_lead_nowhere(desk: Desk) -> None:
    text = desk.open(desk.trace()).text

    assert 'rel="next"' not in text
    assert 'rel="prev"' not in text
    assert "Save, next" not in text


def test_a_deleted_trace_is_not_found(desk: Desk) -> None:
    trace = desk.trace()
    traces.delete(access=factories.access(desk.room), ids=[trace.pk])

    assert desk.open(trace).status_code == 404
    assert desk.post(trace, "verdict", score="1").status_code == 404
