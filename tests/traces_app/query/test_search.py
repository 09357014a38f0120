import pytest

from tests import factories
from tests.traces_app.query.rows import trace
from traces_app.models import Trace
from traces_app.query import search

pytestmark = pytest.mark.django_db

PLACES = {
    "name": "Где ИГОЛКА?",
    "thread_id": "иголка-1",
    "input": '"a \\"needle\\" иголка"',
    "output": '{"text":"one\\nИголка"}',
    "metadata": '{"иголка":1}',
    "error_info": '{"exception_type":"Иголка","traceback":"t"}',
    "tags": '["сено","Иголка"]',
}


def found(text: str | None) -> int:
    return search.apply(Trace.objects.all(), text).count()


@pytest.mark.parametrize("place", PLACES)
def test_every_text_of_a_trace_is_searched_without_regard_to_case(place: str) -> None:
    project, person = factories.project(), factories.user()
    trace(project, person, **{place: PLACES[place]})
    trace(project, person, name="hay", input='"hay"')

    assert found("  иГолка ") == 1
    assert found("иго%ка") == 0


def test_a_trace_is_found_by_its_id() -> None:
    made = trace(factories.project(), factories.user())

    assert found(str(made.pk)) == found(str(made.pk)[9:30].upper()) == 1


def test_quotes_and_line_breaks_are_found_as_people_write_them() -> None:
    project, person = factories.project(), factories.user()
    trace(project, person, input='{"text":"he said \\"no\\"\\nand left"}')

    assert found('"no"\nand') == 1


@pytest.mark.parametrize("text", [None, "", " \n"])
def test_nothing_to_search_for_finds_all(text: str | None) -> None:
    trace(factories.project(), factories.user())

    assert found(text) == 1
