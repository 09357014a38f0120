"""The page of a thread: who may see it, what it shows, and how many questions it asks."""

import json
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.feedback_app.desk import Desk, words
from traces_app.models import EntityType, Role, Source, Thread, Trace
from traces_app.services import comments, judged_threads, traces
from traces_app.services.judged_threads import SaidOfThread

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def thread() -> Thread:
    return Thread.objects.get()


def opened(desk: Desk, query: str = "", pk: UUID | None = None) -> Any:
    return desk.browser.get(f"/threads/{pk or thread().pk}{query}")


def say(desk: Desk, value: float, name: str = "quality") -> None:
    said = factories.said(uuid4(), value, name, source=Source.UI.value, reason="so so")
    project = thread().project.name
    judged_threads.record(access=desk.access, said=[SaidOfThread("t", said, project)])
    comments.add(
        access=desk.access,
        entity_type=EntityType.THREAD,
        entity_id=thread().pk,
        text="It asks twice.",
    )


def test_the_whole_conversation_is_on_one_page(desk: Desk) -> None:
    desk.trace(thread_id="t", name="first", input='"Where is it?"', output='"On its way."')
    second = desk.trace(thread_id="t", input='"Since when?"', output=None, error_info="{}")
    desk.score(second, "0.3")
    Thread.objects.update(tags='["vip"]')
    say(desk, 0.75)

    text = words(opened(desk))

    assert "<title>t · thread · Marginalia</title>" in text
    for part in ("Where is it?", "On its way.", "Since when?", "failed", "vip", "4 messages"):
        assert part in text
    for part in ("quality", "0.75", "so so", "It asks twice.", f"/traces/{second.pk}", "0.3"):
        assert part in text
    assert text.index("Where is it?") < text.index("Since when?")


def test_of_a_chat_only_what_is_new_is_shown(desk: Desk) -> None:
    chat = [
        {"role": "user", "content": "First question"},
        {"role": "assistant", "content": "First answer"},
        {"role": "user", "content": "Second question"},
    ]
    desk.trace(thread_id="t", input=json.dumps(chat))

    text = words(opened(desk))

    assert "Second question" in text
    assert "2 messages before" in text
    assert "First answer" not in text


def test_long_conversations_come_in_pages(desk: Desk) -> None:
    made = [desk.trace(thread_id="t", input=f'"turn {n:02}"') for n in range(45)]

    first, last = opened(desk).text, opened(desk, f"?from={made[40].pk}").text

    assert re.findall(r"turn (\d\d)", first) == [f"{n:02}" for n in range(20)]
    assert f'rel="next" href="?from={made[20].pk}"' in first
    assert "20 of 45 shown" in first
    assert re.findall(r"turn (\d\d)", last) == [f"{n:02}" for n in range(40, 45)]
    assert f'rel="prev" href="?from={made[20].pk}"' in last
    assert 'rel="next"' not in last


def test_trace_leads_to_its_place_in_the_conversation(desk: Desk) -> None:
    short = desk.trace(thread_id="short")
    many = [desk.trace(thread_id="long") for _ in range(21)]

    answers = [desk.browser.get(f"/traces/{each.pk}/thread") for each in (short, many[-1])]

    homes = dict(Thread.objects.values_list("thread_id", "pk"))
    assert answers[0]["Location"] == f"/threads/{homes['short']}#trace-{short.pk}"
    last = many[-1].pk
    assert answers[1]["Location"] == f"/threads/{homes['long']}?from={last}#trace-{last}"
    assert f"/traces/{short.pk}/thread" in desk.open(short).text
    assert f"/traces/{short.pk}/thread" in desk.browser.get("/traces").text


def test_trace_without_a_thread_leads_nowhere(desk: Desk) -> None:
    trace = desk.trace()

    assert desk.browser.get(f"/traces/{trace.pk}/thread").status_code == 404


def test_text_that_is_too_long_shows_its_beginning(desk: Desk) -> None:
    desk.trace(thread_id="t", input='"question"', output=json.dumps("long " * 20_000))

    answer = opened(desk)

    assert "read it whole in its trace" in answer.text
    assert len(answer.text) < 30_000


def test_a_visitor_signs_in_first(desk: Desk) -> None:
    desk.trace(thread_id="t")

    answer = Client().get(f"/threads/{thread().pk}")

    assert answer["Location"] == f"/sign-in?next=/threads/{thread().pk}"


def test_a_stranger_cannot_tell_a_hidden_thread_from_a_missing_one(desk: Desk) -> None:
    trace, stranger = desk.trace(thread_id="t"), Desk(Role.OWNER)

    answers = [opened(stranger), opened(stranger, pk=uuid4())]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert len({re.sub('"X-CSRFToken": "[^"]*"', "", answer.text) for answer in answers}) == 1
    assert stranger.browser.get(f"/traces/{trace.pk}/thread").status_code == 404


def test_a_reviewer_sees_threads_of_own_queues(desk: Desk) -> None:
    desk.trace(thread_id="t")
    reviewer = desk.colleague(Role.REVIEWER)
    assert opened(reviewer).status_code == 404

    row = thread()
    factories.queue(factories.access(desk.room), row.project_id, row, scope="thread")

    assert opened(reviewer).status_code == 200


def test_a_reviewer_of_a_blind_queue_sees_no_scores_of_others(desk: Desk) -> None:
    trace = desk.trace(thread_id="t")
    desk.score(trace, "0.31")
    say(desk, 0.77)
    row, owner = thread(), factories.access(desk.room)
    factories.queue(owner, row.project_id, row, scope="thread", is_blind=True)

    text = opened(desk.colleague(Role.REVIEWER)).text

    assert "0.31" not in text
    assert "0.77" not in text


def test_markup_stays_text_and_other_scripts_are_read(desk: Desk) -> None:
    bad = "<script>alert(1)</script>"
    desk.trace(thread_id=bad, name=bad, input=json.dumps(bad), output='"مرحبا، كيف الحال؟"')

    text = opened(desk).text

    assert "<script>alert" not in text
    assert "مرحبا، كيف الحال؟" in text


def test_a_thread_whose_traces_went_says_so(desk: Desk) -> None:
    trace = desk.trace(thread_id="t")
    traces.delete(access=factories.access(desk.room), ids=[trace.pk])

    assert "No trace of this conversation is here" in opened(desk).text


@pytest.mark.parametrize("start", ["x", "", "%00", "1"])
def test_a_start_that_is_none_is_the_beginning(desk: Desk, start: str) -> None:
    desk.trace(thread_id="t", input='"hello"')

    assert "hello" in opened(desk, f"?from={start}").text


def test_the_number_of_queries_does_not_grow(desk: Desk) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert opened(desk).status_code == 200
        return len(queries)

    sender = factories.access(desk.room)
    factories.span(sender, desk.trace(thread_id="t"), usage='{"total_tokens":3}')
    say(desk, 1)
    say(desk.colleague(), 1)  # of which the reader is told, as of the others
    opened(desk)
    few = asked()
    for number in range(15):
        factories.span(sender, desk.trace(thread_id="t"), usage='{"total_tokens":3}')
        say(desk.colleague(), 1, f"name {number}")

    assert asked() == few
    assert Trace.objects.count() == 16
