"""Queues in the browser: listed, set up, deleted, and by whom."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.feedback_app.desk import HTMX, Desk, words
from traces_app.models import (
    VERDICT,
    AnnotationQueue,
    FeedbackDefinition,
    Project,
    QueueQuestion,
    Role,
)
from traces_app.services import definitions
from traces_app.services.queues import Question

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def filled(desk: Desk, **more: str) -> dict[str, str]:
    """A form as the browser sends it: a queue of traces with one question."""
    project = Project.objects.filter(workspace=desk.room).first() or desk.project()
    return {
        "name": "Warranty",
        "project": str(project.pk),
        "scope": "trace",
        "who": "everyone",
        "annotators_per_item": "2",
        "minutes": "10",
        "order": "newest",
        "questions": "1",
        "q0-name": VERDICT,
        "q0-type": "numerical",
        "do": "save",
    } | more


def test_a_queue_is_made_as_it_was_filled_in(desk: Desk) -> None:
    answer = desk.browser.post("/queues/new", filled(desk, is_blind="on"))

    queue = AnnotationQueue.objects.get()
    assert answer["Location"] == f"/queues/{queue.pk}"
    assert (queue.name, queue.annotators_per_item, queue.lock_timeout_seconds) == (
        "Warranty",
        2,
        600,
    )
    assert queue.is_blind
    assert queue.questions.get().name == VERDICT


def test_a_share_of_second_reviews_and_an_order_by_judge_are_set_up_and_shown(desk: Desk) -> None:
    setup = {"annotators_per_item": "1", "double_percent": "20", "order": "judge"}
    made = desk.browser.post("/queues/new", filled(desk, **setup))

    board = words(desk.browser.get(made["Location"]))
    form = desk.browser.get(made["Location"] + "/setup").text
    assert "1 review an item, 2 for 20 % of them, lowest judge score first" in board
    assert 'name="double_percent" value="20"' in form
    assert '<option value="judge" selected>' in form


def test_a_blind_queue_by_judge_score_is_refused_with_what_was_filled_in(desk: Desk) -> None:
    answer = desk.browser.post("/queues/new", filled(desk, is_blind="on", order="judge"))

    assert answer.status_code == 422
    assert "A blind queue takes no order by scores" in answer.text
    assert '<option value="judge" selected>' in answer.text
    assert not AnnotationQueue.objects.exists()


def test_questions_are_made_in_place(desk: Desk) -> None:
    answer = desk.browser.post(
        "/queues/new",
        filled(
            desk,
            **{
                "questions": "3",
                "q0-name": "Sendable",
                "q0-type": "boolean",
                "q0-is_new": "True",
                "q0-yes": "Send",
                "q0-no": "Hold",
                "q1-name": "Fault",
                "q1-type": "categorical",
                "q1-is_new": "True",
                "q1-options": "Fact = 0\nTone = 0.5",
                "q1-show_if": '{"question":"Sendable","is":["Hold"]}',
                "q2-name": "Effort",
                "q2-type": "numerical",
                "q2-is_new": "True",
                "q2-least": "1",
                "q2-most": "5",
            },
        ),
    )

    assert answer.status_code == 302, words(answer)
    made = {each.name: each.details for each in FeedbackDefinition.objects.all()}
    assert made == {
        "Sendable": '{"true_label":"Send","false_label":"Hold"}',
        "Fault": '{"categories":{"Fact":0.0,"Tone":0.5}}',
        "Effort": '{"min":1.0,"max":5.0}',
    }
    fault = QueueQuestion.objects.get(name="Fault")
    assert fault.show_if == '{"question":"Sendable","is":["Hold"]}'


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": " "}, "This field is required."),
        ({"questions": "0"}, "Ask at least one question."),
        ({"annotators_per_item": "6"}, "At most 5 reviews an item."),
        ({"double_percent": "101"}, "less than or equal to 100"),
        ({"double_percent": "a few"}, "Enter a whole number."),
        ({"minutes": "61"}, "less than or equal to 60"),
        ({"who": "named"}, "Choose at least one person."),
        ({"q0-is_new": "True", "q0-least": "2", "q0-most": "1"}, "Say from which number"),
        ({"q0-is_new": "True", "q0-type": "categorical", "q0-options": "a"}, "a score: a = 1"),
        ({"q0-show_if": "made up"}, "not asked for before it any more"),
        ({"project": "00000000-0000-0000-0000-000000000000"}, "Select a valid choice"),
    ],
)
def test_mistakes_are_said_and_nothing_is_made(desk: Desk, sent: dict[str, str], said: str) -> None:
    answer = desk.browser.post("/queues/new", filled(desk, **sent))

    assert answer.status_code == 422
    assert said in words(answer)
    assert not AnnotationQueue.objects.exists()
    assert not FeedbackDefinition.objects.exists()


@pytest.mark.parametrize("do", ["up:1", "down:0"])
def test_questions_are_moved_without_script(desk: Desk, do: str) -> None:
    two = {"questions": "2", "q1-name": "Tone", "q1-type": "numerical", "q1-help": "How it sounds"}

    answer = desk.browser.post("/queues/new", filled(desk, **two, do=do))

    assert answer.status_code == 200
    assert 'name="q0-name" value="Tone"' in answer.text
    assert 'name="q1-name" value="User feedback"' in answer.text
    assert "How it sounds" in answer.text
    assert not AnnotationQueue.objects.exists()


def test_questions_are_added_and_removed_without_script(desk: Desk) -> None:
    said = definitions.Definition("Fault", "categorical", '{"categories":{"Fact":2,"Tone":1}}')
    definitions.create(access=desk.access, said=said)

    more = desk.browser.post("/queues/new", filled(desk, do="add", add="known:Fault"))
    fewer = desk.browser.post("/queues/new", filled(desk, do="remove:0"))
    odd = desk.browser.post("/queues/new", filled(desk, do="remove:zz", questions="x"))

    assert 'name="q1-name" value="Fault"' in more.text
    assert re.findall(r'name="([^"]+)"[^>]* autofocus', more.text) == ["q1-help"]
    assert "Nothing is asked yet." in fewer.text
    assert "autofocus" not in fewer.text
    assert odd.status_code == 200


def test_an_edit_shows_and_keeps_what_there_is(desk: Desk) -> None:
    colleague = desk.colleague(Role.REVIEWER)
    queue = factories.queue(
        desk.access,
        desk.project().pk,
        name="Warranty",
        instructions="Read **it**.",
        is_for_everyone=False,
        reviewer_ids=[colleague.person.pk],
        questions=[Question(name="Tone", help="Sound", option_help='{"a":"b"}')],
    )
    path = f"/queues/{queue.pk}/setup"

    page = desk.browser.get(path)
    answer = desk.browser.post(
        path,
        {
            "name": "Other",
            "instructions": "",
            "who": "named",
            "reviewers": str(colleague.person.pk),
            "annotators_per_item": "1",
            "minutes": "5",
            "order": "oldest",
            "questions": "1",
            "q0-name": "Tone",
            "q0-type": "numerical",
        },
    )

    assert "<strong>it</strong>" in page.text
    assert answer["Location"] == f"/queues/{queue.pk}"
    queue.refresh_from_db()
    question = queue.questions.get()
    assert (queue.name, queue.instructions, queue.lock_timeout_seconds) == ("Other", "", 300)
    assert (question.help, question.option_help) == ("", '{"a":"b"}')
    assert queue.reviewers.get().user_id == colleague.person.pk


def test_htmx_gets_the_form_alone_and_is_led_to_the_board(desk: Desk) -> None:
    part = desk.browser.post("/queues/new", filled(desk, do="preview"), headers=HTMX)
    saved = desk.browser.post("/queues/new", filled(desk), headers=HTMX)

    assert part.text.strip().startswith('<form id="setup"')
    assert saved["HX-Redirect"] == f"/queues/{AnnotationQueue.objects.get().pk}"


def test_html_in_instructions_stays_text(desk: Desk) -> None:
    answer = desk.browser.post("/queues/preview", {"instructions": "**a** <script>b</script>"})

    assert "<strong>a</strong>" in answer.text
    assert "<script>" not in answer.text


def test_deleting_takes_the_queue_and_leaves_the_traces(desk: Desk) -> None:
    trace = desk.trace()
    queue = factories.queue(desk.access, trace.project_id, trace)

    answer = desk.browser.post(f"/queues/{queue.pk}/delete", follow=True)

    assert "is deleted" in words(answer)
    assert not AnnotationQueue.objects.exists()
    assert desk.open(trace).status_code == 200


def paths(queue: AnnotationQueue) -> list[tuple[str, str]]:
    one = f"/queues/{queue.pk}"
    return [("get", one), ("get", f"{one}/setup"), ("post", f"{one}/setup"),
            ("post", f"{one}/delete"), ("post", f"{one}/holds/release")]  # fmt: skip


def statuses(desk: Desk, queue: AnnotationQueue) -> list[int]:
    shelf: Any = desk.browser.get("/queues")
    rest = [getattr(desk.browser, verb)(path).status_code for verb, path in paths(queue)]
    return [shelf.status_code, desk.browser.get("/queues/new").status_code, *rest]


def test_reviewers_have_no_queues_to_run(desk: Desk) -> None:
    trace = desk.trace()
    queue = factories.queue(desk.access, trace.project_id, trace)

    assert statuses(desk.colleague(Role.REVIEWER), queue) == [404] * 7
    assert "Queues" not in desk.colleague(Role.REVIEWER).browser.get("/").text


def test_viewers_read_and_change_nothing(desk: Desk) -> None:
    trace = desk.trace()
    queue = factories.queue(desk.access, trace.project_id, trace)

    found = statuses(desk.colleague(Role.VIEWER), queue)

    assert found == [200, 403, 200, 403, 403, 403, 404]
    assert AnnotationQueue.objects.exists()


def test_strangers_find_nothing(desk: Desk) -> None:
    trace = desk.trace()
    queue = factories.queue(desk.access, trace.project_id, trace)

    stranger = Desk(Role.OWNER)

    assert statuses(stranger, queue) == [200, 200, 404, 404, 404, 404, 404]
    assert str(queue.pk) not in stranger.browser.get("/queues").text
    assert AnnotationQueue.objects.exists()


def test_the_list_takes_as_many_queries_for_many_queues(desk: Desk) -> None:
    project = desk.project()
    factories.queue(desk.access, project.pk)
    with CaptureQueriesContext(connection) as one:
        desk.browser.get("/queues")
    for _ in range(4):
        factories.queue(desk.access, project.pk)
    with CaptureQueriesContext(connection) as many:
        answer = desk.browser.get("/queues")

    assert len(many) == len(one)
    assert answer.text.count("queue-") > 4


def test_an_empty_list_says_the_next_step(desk: Desk) -> None:
    desk.project()

    assert "Set up a queue" in desk.browser.get("/queues").text
    assert "Owners and members" in desk.colleague(Role.VIEWER).browser.get("/queues").text
