"""Who changed what about a trace: from the audit trail and the scores themselves."""

import pytest

from feedback_app.trace_page import history
from tests import factories
from tests.feedback_app.desk import Desk
from traces_app.models import VERDICT, EntityType, Face
from traces_app.services import scores, traces

pytestmark = pytest.mark.django_db


def told(desk: Desk, trace: object, **options: bool) -> list[str]:
    shown = history.of(desk.access, trace, **options)  # type: ignore[arg-type]
    return [f"{line.actor_id} {line.told.words} {line.told.after}".strip() for line in shown.lines]


def test_the_newest_comes_first_and_the_arrival_last() -> None:
    desk = Desk()
    trace = desk.trace()
    desk.score(trace, "0.3")
    desk.score(trace, "0.5")

    lines = history.of(desk.access, trace).lines

    assert [line.told.after for line in lines] == ["0.5", "0.3", ""]
    assert lines[-1].told.words == "sent the trace"


def test_scores_that_came_in_a_batch_are_told_once() -> None:
    desk = Desk()
    trace = desk.trace()
    judge = factories.access(desk.room, face=Face.OPIK)
    factories.score(judge, trace, "0.8", "Grounded")
    factories.score(judge, trace, "0.9", "Polite")

    lines = told(desk, trace)

    assert len(lines) == 3
    assert [line.split(" scored ")[-1] for line in lines[:2]] == ["Polite 0.9", "Grounded 0.8"]


def test_somebody_elses_removed_score_names_its_author() -> None:
    desk = Desk()
    trace, other = desk.trace(), desk.colleague()
    other.score(trace, "0.3")
    scores.delete(
        access=desk.access, entity_type=EntityType.TRACE, entity_id=trace.pk, names=[VERDICT]
    )

    newest = history.of(desk.access, trace).lines[0]

    assert (newest.actor, newest.whose) == (str(desk.person), str(other.person))


def test_a_move_keeps_the_earlier_history() -> None:
    desk = Desk()
    home, to = desk.project("home"), desk.project("away")
    trace = factories.trace(factories.access(desk.room), home)
    desk.score(trace, "0.3")
    traces.move(access=desk.access, trace_id=trace.pk, to=to)
    trace.refresh_from_db()

    lines = history.of(desk.access, trace).lines

    assert (lines[0].told.before, lines[0].told.after) == ("home", "away")
    assert lines[1].told.after == "0.3"


def test_another_workspace_tells_nothing() -> None:
    desk, stranger = Desk(), Desk()
    trace = desk.trace()
    desk.score(trace, "0.3")

    assert [line.split(" ", 1)[1] for line in told(stranger, trace)] == ["sent the trace"]


def test_all_of_it_is_shown_when_asked_for() -> None:
    desk = Desk()
    trace = desk.trace()
    for tenth in range(1, 10):
        desk.score(trace, f"0.{tenth}")
        desk.post(trace, "comments", text="so")

    page = desk.open(trace)

    assert page.context["history"].total == 19
    assert len(page.context["history"].lines) == history.SHOWN
    assert f'href="/traces/{trace.pk}?all=1#history">All 19</a>' in page.text
    assert len(desk.open(trace, "?all=1").context["history"].lines) == 19
