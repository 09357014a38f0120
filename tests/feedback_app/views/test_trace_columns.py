"""The columns of the trace list: chosen in the address, in any order, kept in views."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback_app.models import SavedView
from tests import factories
from tests.feedback_app.desk import Desk
from traces_app.models import NIL, EntityType
from traces_app.services import comments

pytestmark = pytest.mark.django_db

ALL = "score.Tone,comment,name,duration,tokens,cost,source,environment,started,text"


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    full = desk.trace(
        name="answer",
        environment="prod",
        source="sdk",
        start_time=factories.NOON,
        end_time=factories.NOON.replace(second=2),
    )
    desk.score(full, "0.25", name="Tone")
    for text in ("first", "last"):
        comments.add(
            access=desk.access,
            entity_type=EntityType.TRACE,
            entity_id=full.pk,
            text=text,
            queue_id=NIL,
        )
    return desk


def heads(answer: Any) -> list[str]:
    texts = re.findall(r"<th [^>]*>(.*?)</th>", answer.text)
    return [re.sub(r"<[^>]*>", "", text) for text in texts if "checkbox" not in text]


def test_the_usual_columns_stand_without_being_asked_for(desk: Desk) -> None:
    assert heads(desk.browser.get("/traces")) == [
        *("Score", "Input and output", "Comments and dataset", "Tags", "Thread", "Model"),
        "Started",
    ]


def test_chosen_columns_stand_in_their_order(desk: Desk) -> None:
    answer = desk.browser.get(f"/traces?columns={ALL}")

    cells = {cell.column.key: cell.value for cell in answer.context["page"].rows[0].cells}
    assert heads(answer)[:4] == ["Tone", "Last comment", "Name", "Duration"]
    assert cells["score.Tone"] == "0.25"
    assert (cells["comment"], cells["name"], cells["duration"]) == ("last", "answer", "2.00 s")
    assert (cells["source"], cells["environment"], cells["cost"]) == ("sdk", "prod", "")


def test_the_way_to_the_trace_is_always_there(desk: Desk) -> None:
    answer = desk.browser.get("/traces?columns=model")

    assert heads(answer) == ["Input and output", "Model"]


@pytest.mark.parametrize("columns", ["colour", "score.", "model,,tags", "score.a," * 20, "a\x00"])
def test_unknown_columns_are_said(desk: Desk, columns: str) -> None:
    answer = desk.browser.get("/traces", {"columns": columns + ",x"})

    assert answer.status_code == 422


def test_columns_are_moved_taken_off_and_put_on_by_links(desk: Desk) -> None:
    chooser = desk.browser.get("/traces?columns=text,model,tags&choose=columns").context["chooser"]

    text, model, tags = chooser.shown
    assert "columns=model%2Ctext%2Ctags" in model.earlier
    assert "columns=text%2Ctags%2Cmodel" in model.later
    assert "columns=text%2Ctags&" in model.off
    assert (text.earlier, text.off, tags.later) == ("", "", "")
    assert "columns=text%2Cmodel%2Ctags%2Cscore.Tone" in next(
        way.on for way in chooser.others if way.words == "Tone"
    )
    assert "choose=columns" in model.off


def test_a_view_keeps_its_columns(desk: Desk) -> None:
    desk.browser.post("/traces/views?columns=model,text", {"name": "Models"})

    assert SavedView.objects.get().query == "columns=model%2Ctext"


def test_names_of_scores_may_hold_anything(desk: Desk) -> None:
    name = "a,b%2C é 😀"
    desk.score(desk.trace(), "1", name=name)
    chooser = desk.browser.get("/traces?choose=columns").context["chooser"]
    on = next(way.on for way in chooser.others if way.words == name)

    answer = desk.browser.get(f"/traces?{on}")

    assert heads(answer)[-1] == name
    assert answer.context["page"].rows[0].cells[-1].value == "1"


def test_columns_take_as_many_queries_for_many_traces(desk: Desk) -> None:
    def queries(query: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            desk.browser.get(f"/traces?{query}")
        return len(captured)

    usual, before = queries("all=1"), queries(f"all=1&columns={ALL}")
    for _ in range(3):
        desk.score(desk.trace(), "1", name="Tone")

    assert queries(f"all=1&columns={ALL}") == before == usual + 2


def test_a_score_that_no_database_can_name_is_in_no_column(desk: Desk) -> None:
    assert desk.browser.get("/traces", {"columns": "text,score.a%00"}).status_code == 200
