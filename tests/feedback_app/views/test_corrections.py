"""Correcting the output in the page of a trace, with and without script."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback_app.models import Correction
from tests.feedback_app.desk import Desk, words
from traces_app.models import Role

pytestmark = pytest.mark.django_db
CHAT = json.dumps({"choices": [{"message": {"role": "assistant", "content": "Yes, always."}}]})


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_submitted_text_keeps_the_shape_of_the_output(desk: Desk) -> None:
    trace = desk.trace(output=CHAT)

    answer = desk.post(trace, "correction", htmx=True, text="Yes, for a year.")

    assert Correction.objects.get().output == CHAT.replace(" ", "").replace(
        "Yes,always.", "Yes, for a year."
    )
    assert "<del>always</del><ins>for a year</ins>" in answer.text
    assert "Your correction was submitted." in answer.text


def test_without_script_the_page_comes_back(desk: Desk) -> None:
    trace = desk.trace()

    answer = desk.post(trace, "correction", text="No.")

    assert answer.status_code == 302
    assert answer["Location"] == f"/traces/{trace.pk}#correction"


@pytest.mark.parametrize(
    ("output", "text", "mistake"),
    [
        ('"Yes."', " ", "Write what the output should have been."),
        ('"Yes."', "Yes.", "This is the output as it is"),
        ('{"a": 1}', '{"a": 2', "This output is JSON, and what you wrote is not. Line 1"),
    ],
)
def test_mistake_is_said_and_the_words_stay(
    desk: Desk, output: str, text: str, mistake: str
) -> None:
    trace = desk.trace(output=output)

    answers = [desk.post(trace, "correction", htmx=htmx, text=text) for htmx in (True, False)]

    for answer in answers:
        assert answer.status_code == 422
        assert mistake in words(answer)
        assert text in answer.context["corrected"].text
    assert not Correction.objects.exists()


def test_draft_is_saved_as_typed_and_shown_again(desk: Desk) -> None:
    trace = desk.trace()

    saved = desk.post(trace, "correction/draft", htmx=True, text="Yes, but\r\nlater.")
    assert "Draft saved" in saved.text
    assert "<ins>" in saved.text

    opened = desk.open(trace)
    assert opened.context["corrected"].text == "Yes, but\nlater."
    assert opened.context["corrected"].has_draft
    assert not opened.context["corrected"].lines


def test_somebody_elses_draft_is_not_shown(desk: Desk) -> None:
    trace = desk.trace()
    desk.post(trace, "correction/draft", htmx=True, text="a secret thought")

    assert "secret" not in desk.colleague().open(trace).text


def test_draft_thrown_away_and_submit_taken_back(desk: Desk) -> None:
    trace = desk.trace()
    desk.post(trace, "correction", text="No.")
    desk.post(trace, "correction/draft", text="No, never.")

    desk.post(trace, "correction/discard", text="No, never.")
    assert desk.open(trace).context["corrected"].text == "No."
    answer = desk.post(trace, "correction/undo", htmx=True)

    assert "Your correction is gone." in answer.text
    assert not Correction.objects.exists()


def test_newest_of_several_is_the_traces(desk: Desk) -> None:
    trace = desk.trace()
    desk.post(trace, "correction", text="No.")
    desk.colleague().post(trace, "correction", text="Perhaps.")

    lines = desk.open(trace).context["corrected"].lines

    assert [line.is_mine for line in lines] == [False, True]


def test_viewers_read_and_strangers_find_nothing(desk: Desk) -> None:
    trace = desk.trace()
    desk.post(trace, "correction", text="No, dear.")
    viewer = desk.colleague(Role.VIEWER)

    assert "No, dear" in words(viewer.open(trace)).replace("<ins>", "").replace("</ins>", "")
    assert "id_correction" not in viewer.open(trace).text
    for part in ("correction", "correction/draft", "correction/discard", "correction/undo"):
        assert viewer.post(trace, part, text="x").status_code == 403
        assert Desk().post(trace, part, text="x").status_code == 404


def test_corrections_take_as_many_queries_for_ten_as_for_one(desk: Desk) -> None:
    trace = desk.trace()

    def opened() -> int:
        with CaptureQueriesContext(connection) as asked:
            desk.open(trace)
        return len(asked)

    desk.colleague().post(trace, "correction", text="0")
    one = opened()
    for number in range(1, 10):
        desk.colleague().post(trace, "correction", text=str(number))

    assert opened() == one
