"""The filter bar: filters added, changed and removed one at a time, or typed as text."""

import json
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.feedback_app.desk import HTMX, Desk, words
from traces_app.models import Role

pytestmark = pytest.mark.django_db

VIP = {"field": "tags", "operator": "=", "value": "vip"}
MODEL = {"field": "model_id", "operator": "=", "value": "x"}
TONE = {"field": "feedback_scores", "operator": "<", "key": "Tone", "value": "0.5"}


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.trace(tags='["vip"]', model_id="gpt-x", metadata='{"user":{"id":1}}')
    return desk


def address(*elements: Any, **rest: str) -> str:
    filters = f"filters={quote(json.dumps(list(elements)))}" if elements else ""
    return "/traces?" + "&".join([filters, *(f"{name}={quote(v)}" for name, v in rest.items())])


def filters_of(answer: Any) -> Any:
    """The filters of the address that a browser is sent to."""
    query = parse_qs(urlsplit(answer["Location"]).query)
    return json.loads(query["filters"][0]) if "filters" in query else []


def test_a_filter_is_added_by_a_plain_form(desk: Desk) -> None:
    answer = desk.browser.get(
        address(VIP, field="feedback_scores", key=" Tone ", operator="<", value="0.5", q="a b")
    )

    assert answer.status_code == 302
    assert filters_of(answer) == [VIP, TONE]
    assert "q=a+b" in answer["Location"]


def test_a_field_alone_asks_for_the_rest(desk: Desk) -> None:
    answer = desk.browser.get(address(field="tags"))

    assert answer.status_code == 200
    assert 'list="filter-values"' in answer.text
    assert '<option value="vip"></option>' in answer.text
    assert '<option value="not_contains">without</option>' in answer.text


def test_htmx_shows_the_list_with_the_filter(desk: Desk) -> None:
    answer = desk.browser.get(address(field="tags", operator="=", value="vip"), headers=HTMX)

    assert answer.status_code == 200
    assert json.loads(parse_qs(urlsplit(answer["HX-Push-Url"]).query)["filters"][0]) == [VIP]


def test_a_filter_is_changed_where_it_stands(desk: Desk) -> None:
    form = desk.browser.get(address(VIP, {"any": [MODEL, TONE]}, edit="1.1"))
    answer = desk.browser.get(
        address(VIP, {"any": [MODEL, TONE]}, edit="1.1", field="name", operator="=", value="a")
    )

    assert "Instead of <code>feedback_scores.Tone &lt; 0.5</code>" in words(form)
    assert 'value="Tone"' in form.text
    assert filters_of(answer)[1] == {
        "any": [MODEL, {"field": "name", "operator": "=", "value": "a"}]
    }


@pytest.mark.parametrize(
    ("stands", "place", "made"),
    [
        ([VIP], "0", [{"any": [VIP, MODEL]}]),
        ([TONE, {"any": [VIP, TONE]}], "1", [TONE, {"any": [VIP, TONE, MODEL]}]),
    ],
)
def test_an_alternative_is_put_beside_a_filter(
    desk: Desk, stands: list[Any], place: str, made: list[Any]
) -> None:
    rest = {"field": "model_id", "operator": "=", "value": "x"}

    assert filters_of(desk.browser.get(address(*stands, beside=place, **rest))) == made


def test_a_filter_with_a_field_of_its_own_can_get_an_alternative(desk: Desk) -> None:
    answer = desk.browser.get("/traces?tag=vip&min=0.50&beside=0&field=model_id&operator==&value=x")

    assert filters_of(answer) == [
        {"any": [{"field": "verdict", "operator": ">=", "value": "0.5"}, MODEL]},
        VIP,
    ]
    assert "min=" not in answer["Location"]


def test_chips_lead_to_the_list_without_them(desk: Desk) -> None:
    page = desk.browser.get(address(VIP, {"any": [MODEL, [TONE, VIP]]}, min="0.2"))

    chips = page.context["chips"]
    assert [chip.words for chip in chips] == [
        "score ≥ 0.2",
        "tags = vip",
        "model = x or feedback_scores.Tone < 0.5 and tags = vip",
    ]
    without = parse_qs(chips[2].alternatives[0].without)
    assert json.loads(without["filters"][0]) == [VIP, TONE, VIP]
    assert without["min"] == ["0.2"]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ({"field": "duration", "operator": ">", "value": "long"}, "“long” is no number."),
        ({"field": "tags", "operator": ">", "value": "a"}, "Select a valid choice"),
        ({"field": "tags", "operator": "=", "value": ""}, "A value is missing here."),
        ({"field": "tags", "operator": "=", "value": "a\x00"}, "Null characters"),
        ({"field": "metadata", "operator": "=", "value": "a"}, "Say which by a name or path"),
        ({"field": "colour", "operator": "=", "value": "a"}, "Select a valid choice"),
        ({"field": "tags", "operator": "=", "value": "a", "edit": "9"}, "no longer here"),
        ({"field": "tags", "operator": "=", "value": "a", "beside": "x"}, "no longer here"),
        ({"field": "tags", "operator": "=", "value": "a" * 1001}, "at most 1000 characters"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_is_wrong_with_a_filter_is_said_beside_it(
    desk: Desk, query: dict[str, str], why: str, headers: dict[str, str]
) -> None:
    answer = desk.browser.get(address(VIP, **query), headers=headers)

    assert answer.status_code == 422
    assert why in answer.text
    assert len(answer.context["page"].rows) == 1


def test_more_filters_than_an_address_holds_are_refused(desk: Desk) -> None:
    many = [{"field": "name", "operator": "=", "value": "a"}] * 60

    answer = desk.browser.get(address(*many, field="name", operator="=", value="b" * 1000))

    assert answer.status_code == 422
    assert "An address cannot hold more filters" in answer.text


def test_typed_filters_stand_for_all(desk: Desk) -> None:
    answer = desk.browser.get(
        address(TONE, mode="text", min="0.2", text='tags = "vip" OR model = x', q="a")
    )
    page = desk.browser.get(answer["Location"])

    assert filters_of(answer) == [{"any": [VIP, MODEL]}]
    assert "min=" not in answer["Location"]
    assert "mode=text" in answer["Location"]
    assert page.context["asked"].text == 'tags = "vip" OR model = "x"'


def test_all_filters_are_shown_as_text(desk: Desk) -> None:
    text = desk.browser.get(address(TONE, mode="text", min="0.2", tag="vip")).context["asked"].text

    assert text == 'verdict >= 0.2 AND tags = "vip" AND feedback_scores.Tone < 0.5'


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_mistake_in_the_text_is_pointed_at(desk: Desk, headers: dict[str, str]) -> None:
    answer = desk.browser.get(address(mode="text", text="tags = vip AND <b> = 5"), headers=headers)

    assert answer.status_code == 422
    assert "tags = vip AND <mark>&lt;</mark>b&gt; = 5" in answer.text
    assert 'value="tags = vip AND &lt;b&gt; = 5"' in answer.text


@pytest.mark.parametrize("text", ["tags = a " + "AND tags = a " * 100, "(" * 4000, "x" * 4001])
def test_too_much_text_is_refused(desk: Desk, text: str) -> None:
    assert desk.browser.get(address(mode="text", text=text)).status_code == 422


def test_a_chosen_field_brings_its_operators_and_suggestions(desk: Desk) -> None:
    trace = desk.trace()
    desk.score(trace, "0.5", name="Tone")

    scores = desk.browser.get("/traces/filter?field=feedback_scores", headers=HTMX)
    paths = desk.browser.get("/traces/filter?field=metadata&operator=~", headers=HTMX)

    assert scores.text.lstrip().startswith('<div id="draft"')
    assert '<option value="Tone"></option>' in scores.text
    assert '<option value="user"></option>' in paths.text
    assert desk.browser.get("/traces/filter?field=colour").status_code == 422


def test_suggestions_are_of_the_caller_s_own_traces(desk: Desk) -> None:
    Desk().trace(tags='["secret"]')

    answer = desk.browser.get("/traces/filter?field=tags")

    assert "vip" in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize("field", ["model_id", "environment", "annotation_queue_ids", "name"])
def test_suggesting_takes_as_many_queries_for_many_traces(desk: Desk, field: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert desk.browser.get(f"/traces/filter?field={field}").status_code == 200
        return len(captured)

    before = queries()
    for _ in range(3):
        desk.trace()

    assert queries() == before


def test_who_may_ask_for_the_fields_of_a_filter(desk: Desk) -> None:
    ask = "/traces/filter?field=tags"
    theirs = Desk().project().pk

    assert desk.colleague(Role.VIEWER).browser.get(ask).status_code == 200
    assert desk.colleague(Role.REVIEWER).browser.get(ask).status_code == 403
    assert desk.browser.get(f"{ask}&project={theirs}").status_code == 404
    assert Client().get(ask)["Location"].startswith("/sign-in")
    assert desk.browser.post(ask).status_code == 405


def test_old_addresses_are_read(desk: Desk) -> None:
    factories.trace(desk.access, tags='["other"]')
    old = "/traces?scored=no&added=no&tag=vip&filters=" + quote(json.dumps([VIP]))

    assert len(desk.browser.get(old).context["page"].rows) == 1
