"""Facts that the comparison with the plain reference does not show."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from traces_app.models import Trace
from traces_app.query import filters
from traces_app.query.fields import Operator
from traces_app.query.filters import AnyOf, BadFilter, Clause


def refused(raw: str | list[object]) -> str:
    with pytest.raises(BadFilter) as refusal:
        filters.parse(raw)
    return str(refusal.value)


@pytest.mark.parametrize(
    "raw", ["{", "{}", "5", '["a"]', "[[]]", '[{"operator": "="}]', "[" * 9999]
)
def test_what_is_no_list_of_filters_is_refused_with_the_text_that_was_sent(raw: str) -> None:
    assert refused(raw) == f"Invalid filters query parameter '{raw}'"


def test_an_unknown_field_is_refused() -> None:
    raw = '[{"field": "colour", "operator": "=", "value": "x"}]'

    assert refused(raw) == f"Invalid filters query parameter '{raw}'"


def test_an_operator_that_the_type_does_not_have_is_refused() -> None:
    raw = '[{"field": "tags", "operator": ">", "value": "x"}]'

    assert refused(raw) == "Invalid operator '>' for field 'tags' of type 'LIST'"


def test_a_value_that_is_no_number_is_refused() -> None:
    raw = '[{"field": "duration", "operator": ">", "value": "long"}]'

    assert refused(raw) == "Invalid value 'long' or key '' for field 'duration' of type 'NUMBER'"


def test_an_unknown_custom_key_is_refused() -> None:
    raw = '[{"field": "custom", "operator": "=", "key": "metadata.a", "value": "x"}]'

    assert refused(raw) == "Invalid key 'metadata.a' for custom filter"


@pytest.mark.parametrize("raw", [None, "", "  ", "null", "[]", []])
def test_nothing_sent_is_no_filter(raw: str | None) -> None:
    assert filters.parse(raw) == []


def test_duplicates_are_dropped() -> None:
    clause = {"field": "name", "operator": "=", "value": "a"}

    assert filters.parse([clause, clause]) == [Clause("name", Operator.EQUAL, "a")]


A = {"field": "name", "operator": "=", "value": "a"}
B = {"field": "name", "operator": "=", "value": "b"}
IS_A, IS_B = Clause("name", Operator.EQUAL, "a"), Clause("name", Operator.EQUAL, "b")


def test_a_group_holds_alternatives_each_of_clauses_together() -> None:
    assert filters.parse([A, {"any": [A, [A, B]]}]) == [IS_A, AnyOf(((IS_A,), (IS_A, IS_B)))]


def test_a_group_of_one_clause_is_that_clause() -> None:
    assert filters.parse([{"any": [A]}, {"any": [[B]]}, {"any": [A, A]}]) == [
        IS_A,
        IS_B,
        AnyOf(((IS_A,),)),
    ]


NO_ALTERNATIVES: list[Any] = [[], {}, None, "a", 5, [[]], [5], [None], [[[A]]], [A, []]]


@pytest.mark.parametrize(
    "group",
    [
        *({"any": wrong} for wrong in NO_ALTERNATIVES),
        {"any": [{"any": [A]}]},
        {"any": [[{"any": [A]}]]},
        {"any": [A], "field": "name"},
        {"any": [A], "all": [B]},
        {"all": [A]},
    ],
)
def test_a_malformed_group_is_refused_with_the_text_that_was_sent(group: object) -> None:
    raw = json.dumps([group])

    assert refused(raw) == f"Invalid filters query parameter '{raw}'"


def test_what_stands_in_a_group_is_refused_like_any_other() -> None:
    wrong = {"field": "tags", "operator": ">", "value": "x"}

    assert refused([{"any": [A, [B, wrong]]}]) == (
        "Invalid operator '>' for field 'tags' of type 'LIST'"
    )


def test_clauses_in_groups_count_too() -> None:
    assert refused([A, {"any": [[B] * 50] * 2}]) == "Too many filters: 101, at most 100"


def test_custom_keys_read_the_document_at_a_path() -> None:
    sent = {"field": "custom", "operator": "=", "key": "input.a[0]", "value": "x"}

    clause = Clause("input_json", Operator.EQUAL, "x", "input.a[0]", ("a", "0"))
    assert filters.parse([sent]) == [clause]


@pytest.mark.parametrize(
    "sent",
    [
        {"field": "\ud800", "operator": "=", "value": "x"},
        {"field": "custom", "operator": "=", "key": "\ud800", "value": "x"},
        {"field": "duration", "operator": "=", "value": "\ud800"},
    ],
)
def test_a_refusal_can_always_be_printed(sent: dict[str, str]) -> None:
    assert "\ufffd" in refused([sent])
    assert "\ufffd".encode() in refused([sent]).encode()


@pytest.mark.parametrize(
    ("text", "days"), [("7 days ago", 7), ("1 week ago", 7), ("48 hours ago", 2)]
)
def test_a_time_may_be_said_from_now_back(text: str, days: int) -> None:
    [clause] = filters.parse([{"field": "start_time", "operator": ">", "value": text}])

    assert isinstance(clause, Clause)
    off = datetime.now(UTC) - timedelta(days=days) - clause.value
    assert abs(off) < timedelta(minutes=5)


@pytest.mark.parametrize("text", ["7 years ago", "999999 weeks ago", "-1 days ago", "ago"])
def test_a_time_that_never_was_is_refused(text: str) -> None:
    assert "Invalid value" in refused([{"field": "start_time", "operator": ">", "value": text}])


def test_no_more_filters_than_a_database_can_nest() -> None:
    assert refused([{}] * 101) == "Too many filters: 101, at most 100"


@pytest.mark.django_db
def test_as_many_filters_as_allowed_are_answered() -> None:
    sent = [{"field": "input", "operator": "contains", "value": f'"{n}'} for n in range(99)]
    models = ",".join(str(number) for number in range(1000))
    clauses = filters.parse([*sent, {"field": "model_id", "operator": "in", "value": models}])

    found = filters.apply(Trace.objects.all(), clauses, projects=[uuid7()])

    assert not found.exists()


@pytest.mark.django_db
def test_as_many_alternatives_as_allowed_are_answered() -> None:
    sent = [{"field": "input", "operator": "contains", "value": f'"{n}'} for n in range(100)]

    found = filters.apply(Trace.objects.all(), filters.parse([{"any": sent}]), projects=[uuid7()])

    assert not found.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["tags", "metadata", "environment", "source"])
def test_nul_in_an_encoded_value_is_no_error(field: str) -> None:
    sent = [{"field": field, "operator": "=", "key": "a", "value": "a%00"}]

    found = filters.apply(Trace.objects.all(), filters.parse(sent), projects=[])

    assert list(found) == []
