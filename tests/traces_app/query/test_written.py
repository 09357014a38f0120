"""The filter language as text: read, written, and refused at the place that is wrong."""

import contextlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.traces_app.query.test_operators import ONE, Sent
from traces_app.query import filters, written
from traces_app.query.filters import AnyOf, Clause, Filter
from traces_app.query.sentences import BadText

AT_ANY_SPEED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
VIP = {"field": "tags", "operator": "contains", "value": "vip"}
MODEL = {"field": "model_id", "operator": "=", "value": "x"}
TONE = {"field": "feedback_scores", "operator": "<", "key": "Tone", "value": "0.5"}


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("", []),
        ('tags contains "vip"', [VIP]),
        ("tags contains vip", [VIP]),
        ('feedback_scores.Tone < 0.5 AND (tags contains "vip" OR model = "x")', [
            TONE,
            {"any": [VIP, MODEL]},
        ]),
        ("tags contains vip or model=x and feedback_scores.Tone<0.5", [
            {"any": [VIP, [MODEL, TONE]]}
        ]),
        ("((tags contains vip) AND (model = x))", [VIP, MODEL]),
        ("(tags contains vip OR (model = x OR tags contains vip))", [{"any": [VIP, MODEL, VIP]}]),
        ('feedback_scores."Very \\"good\\"" is_empty', [
            {"field": "feedback_scores", "operator": "is_empty", "key": 'Very "good"'}
        ]),
        ('metadata."a.b"[0].c = 5', [
            {"field": "metadata", "operator": "=", "key": '"a.b"[0].c', "value": "5"}
        ]),
        ("input.user != 1", [
            {"field": "input_json", "operator": "!=", "key": "user", "value": "1"}
        ]),
        ('input contains "AND"', [{"field": "input", "operator": "contains", "value": "AND"}]),
        ('model in (a, "b c")', [{"field": "model_id", "operator": "in", "value": "a,b c"}]),
        ("usage.total_tokens > 5", [
            {"field": "usage.total_tokens", "operator": ">", "value": "5"}
        ]),
        ("start_time > 2026-03-01", [
            {"field": "start_time", "operator": ">", "value": "2026-03-01T00:00:00Z"}
        ]),
        ('tags = "50%25"', [{"field": "tags", "operator": "=", "value": "50%2525"}]),
    ],
)  # fmt: skip
def test_text_is_read(text: str, elements: list[Any]) -> None:
    assert written.read(text) == elements


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("colour = red", "colour", "There is no field “colour”."),
        ("tags > 5", ">", "“>” does not go with tags; it takes !=, =, contains"),
        ("tags", "", "An operator such as = or contains is missing after tags."),
        ("tags contains", "", "A value is missing after “contains”."),
        ("tags contains AND model = x", "AND", "A value is missing"),
        ("duration > long", "long", "“long” is no number."),
        ("start_time > soon", "soon", "“soon” is no time"),
        ("reviewed = perhaps", "perhaps", "neither true nor false"),
        ("metadata = 5", "metadata", "Say which by a name or path"),
        ('tags = ""', '""', "A value is missing here."),
        ('tags = "vip', '"vip', "This quote is never closed."),
        ("(tags = a", "", "A closing bracket is missing here."),
        ("tags = a)", ")", "AND or OR has to stand before this."),
        ("tags = a tags = b", "tags", "AND or OR has to stand before this."),
        ("tags = a AND", "", "A field is missing here"),
        ("model in (a", "", "A closing bracket is missing here."),
        ("tags=a OR (tags=b AND (tags=c OR tags=d))", "(tags=c OR tags=d)", "cannot stand inside"),
        ("(" * 500 + "tags = a", "(", "too many brackets"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, place: str, why: str) -> None:
    with pytest.raises(BadText) as refusal:
        written.read(text)

    wrong = refusal.value
    assert why in str(wrong)
    assert text[wrong.start : wrong.end] == place


TOGETHER = st.lists(ONE, min_size=1, max_size=3)
GROUP = st.lists(ONE | TOGETHER, min_size=2, max_size=3).map(lambda found: {"any": found})


def meaning(elements: list[Any]) -> list[Any]:
    """What is asked for, without how its keys and groups were spelled."""
    return [plain(each) for each in filters.parse(elements)]


def plain(wanted: Filter) -> Any:
    if isinstance(wanted, AnyOf):
        return [[plain(clause) for clause in together] for together in wanted.alternatives]
    key = "" if wanted.path and wanted.field != "feedback_scores" else wanted.key
    return Clause(wanted.field, wanted.operator, wanted.value, key, wanted.path)


@AT_ANY_SPEED
@given(sent=st.lists(ONE | GROUP, min_size=1, max_size=4))
def test_what_is_written_reads_the_same(sent: list[Sent]) -> None:
    assert meaning(written.read(written.write(sent))) == meaning(sent)


@pytest.mark.parametrize(
    "key", ["Tone", "Very good", 'say "hi"', "a\\b", "x.y", "AND", "(", "", "é😀", "a[0]"]
)
def test_any_name_of_a_score_is_written_and_read(key: str) -> None:
    sent = [TONE | {"key": key or " "}]

    if key.strip():
        assert meaning(written.read(written.write(sent))) == meaning(sent)


@AT_ANY_SPEED
@given(text=st.text('tags=contains ()"\\ANDOR,.<>! ', max_size=40) | st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(BadText):
        filters.parse(written.read(text))
