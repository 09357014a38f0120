"""Every operator of every field against a plain reference on the same rows."""

import sys
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.traces_app.query import reference, rows
from tests.traces_app.query.rows import Row
from traces_app import normal_form
from traces_app.models import Project, Trace
from traces_app.query import filters
from traces_app.query.fields import OPERATORS, Type
from traces_app.query.traces import TRACES

pytestmark = pytest.mark.django_db

Case = tuple[str, str]
"""A filter's key and value."""
Sent = dict[str, Any]
"""A clause or a group as it is sent."""
Stored = tuple[Project, list[Row]]

TEXTS = (
    *("привет", "МИР", "100%", "_", "\\", "'", '"yes"', "a", "A", "😀", "İ", "ß", "ας", "\ufffd"),
    *("5", "true", "[1", "next\n", "a\x00", "zzz", "Как дела?", "\\n"),
)
PATHS = (
    *("Ключ", "n", "a", "a.b", "$.a.b", "a.b[0]", "a.b[1].c", "a.b[-1].c", '"a.b".c', "t", "e"),
    *("o", "l", "z", "missing", "0", "[1]", "$[1]", "2.a[1]", "messages[0].content"),
)
PARTS = ("-3.5e1", "ж", "1", "2", "true", '"b"', 'SAID "yes"\nand', "999")
VALUES: dict[Type, tuple[Case, ...]] = {
    Type.STRING: tuple(("", text) for text in TEXTS),
    Type.TEXT: tuple(("", text) for text in TEXTS),
    Type.STRING_EXACT: tuple(("", text) for text in (*TEXTS, "Thread-1", "thread", "0", "-")),
    Type.STRING_LIST: (("", "a"), ("", "a,b")),
    Type.DATE_TIME: tuple(
        ("", text)
        for text in (
            *("2026-03-01T12:00:00Z", "2026-03-01T12:00:01.000000Z", "2026-03-01T15:00:01+03:00"),
            *("2026-03-01T12:00:00.001500Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
        )
    ),
    Type.NUMBER: tuple(
        ("", text)
        for text in ("0", "5", "1.5", "-3e0", "0.3", "2", "15", "2.50", "1e400", "-1e400")
    ),
    Type.FEEDBACK_SCORES_NUMBER: tuple(
        (key, value)
        for key in ("Quality", "quality", "ÄRGER", "absent")
        for value in (
            *("0", "0.5", "0.333333333", "0.3333333334", "0.5000000005", "-3", "1e30", "-1e30"),
            *("999999999.999999999", "-999999999.999999999", "999999999.9999999999", "0.50000000"),
        )
    ),
    Type.DICTIONARY: (
        *((path, "5") for path in PATHS),
        *((path, text) for path in ("Ключ", "n", "a.b", "messages[0].content") for text in PARTS),
    ),
    Type.LIST: tuple(
        ("", text)
        for text in ("красный", "Красный", "a", "%", "_", "'", "😀", "RED", "ABC1", "abc")
    ),
    Type.ENUM: tuple(
        ("", text) for text in ("prod", "prod,dev", "PROD", "hidden", "failed,none", "gpt-x", "7")
    ),
    Type.ENUM_LEGACY: tuple(("", text) for text in ("sdk", "experiment", "unknown", "absent")),
    Type.ERROR_CONTAINER: (("", ""),),
    Type.VERDICT: tuple(("", text) for text in ("0", "0.7", "1", "0.7000000001", "1e30", "-1e400")),
    Type.BOOLEAN: (("", "true"), ("", "false")),
}
NUMERIC = (">", ">=", "<", "<=")


def cases(name: str, operator: str) -> list[Case]:
    kind = TRACES.fields[name].type
    if kind is Type.DICTIONARY and operator in NUMERIC:
        return [(path, value) for path in PATHS for value in ("1", "-35")] + [("n", "1e300")]
    return list(VALUES[kind])


def matching(project: Project, *sent: Sent) -> set[UUID]:
    traces = Trace.objects.filter(project__in=[project.pk])
    clauses = filters.parse(list(sent))
    found = filters.apply(traces, clauses, projects=[project.pk])
    return set(found.values_list("pk", flat=True))


def expected(made: list[Row], *sent: Sent) -> set[UUID]:
    return {row.trace.pk for row in made if all(holds(row, one) for one in sent)}


def holds(row: Row, sent: Sent | list[Any]) -> bool:
    """A clause, a list of clauses that hold together, or a group of such alternatives."""
    if isinstance(sent, list):
        return all(holds(row, one) for one in sent)
    if "any" in sent:
        return any(holds(row, one) for one in sent["any"])
    value = sent["value"].replace("\x00", "\ufffd")
    return reference.holds(row, sent["field"], sent["operator"], sent["key"], value)


@pytest.fixture(autouse=True)
def _room_for_the_reference() -> Iterator[None]:
    """It reads 500 levels by recursion; the functions under test do without."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(5000)
    yield
    sys.setrecursionlimit(limit)


PAIRS = [
    (name, str(operator))
    for name, field in TRACES.fields.items()
    for operator in sorted(OPERATORS[field.type])
]


@pytest.fixture(scope="module")
def stored(module_db: None) -> Stored:
    """Rows that tests only read."""
    return rows.in_project()


@pytest.mark.parametrize(("name", "operator"), PAIRS)
def test_operator_matches_the_reference(stored: Stored, name: str, operator: str) -> None:
    project, made = stored

    for key, value in cases(name, operator):
        sent = {"field": name, "operator": operator, "key": key, "value": value}
        assert matching(project, sent) == expected(made, sent), sent


ONE = st.sampled_from(PAIRS).flatmap(
    lambda pair: st.sampled_from(cases(*pair)).map(
        lambda case: {"field": pair[0], "operator": pair[1], "key": case[0], "value": case[1]}
    )
)
ON_SHARED_ROWS = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@ON_SHARED_ROWS
@given(sent=st.lists(ONE, min_size=2, max_size=4))
def test_filters_together_let_through_what_each_does(
    stored: Stored, sent: list[dict[str, str]]
) -> None:
    project, made = stored

    assert matching(project, *sent) == expected(made, *sent)


TOGETHER = st.lists(ONE, min_size=1, max_size=3)
GROUP = st.lists(ONE | TOGETHER, min_size=1, max_size=4).map(lambda found: {"any": found})


@ON_SHARED_ROWS
@given(sent=st.lists(ONE | GROUP, min_size=1, max_size=3))
def test_groups_let_through_what_any_alternative_does(stored: Stored, sent: list[Sent]) -> None:
    project, made = stored

    assert matching(project, *sent) == expected(made, *sent)


def clause(field: str, operator: str, value: str = "", key: str = "") -> Sent:
    return {"field": field, "operator": operator, "key": key, "value": value}


GOOD = clause("feedback_scores", ">=", "0.5", "Quality")
PROD = clause("environment", "=", "prod")
SHAPES = {
    "alternatives": [{"any": [PROD, clause("name", "contains", "emoji")]}],
    "alternatives of few rows": [{"any": [GOOD, clause("feedback_scores", "<", "0", "quality")]}],
    "some of few rows": [{"any": [GOOD, clause("tags", "=", "RED")]}],
    "together inside": [{"any": [[PROD, GOOD], [clause("tags", "=", "a"), PROD]]}],
    "beside a clause": [clause("verdict", "is_not_empty"), {"any": [PROD, GOOD]}],
    "two groups": [{"any": [PROD, GOOD]}, {"any": [clause("ttft", ">", "1"), GOOD]}],
    "one alternative": [{"any": [[PROD, GOOD]]}],
    "missing numbers": [{"any": [clause("ttft", "!=", "2.5"), clause("verdict", "=", "1")]}],
    "not among scores": [{"any": [clause("feedback_scores", "is_empty", "", "Quality"), PROD]}],
    "nothing at all": [{"any": [clause("id", "=", "none"), clause("id", "=", "such")]}],
}


@pytest.mark.parametrize("sent", SHAPES.values(), ids=SHAPES)
def test_each_shape_of_group_matches_the_reference(stored: Stored, sent: list[Sent]) -> None:
    project, made = stored

    assert matching(project, *sent) == expected(made, *sent)


@pytest.fixture
def changed() -> Stored:
    """Rows of the test's own, to be changed by each of its examples."""
    return rows.in_project()


LETTERS = st.text("aAbB%_\\'\"{}[],:жЖ😀ßΣ \n", max_size=8)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(-1e9, 1e9) | LETTERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=8,
)


@ON_SHARED_ROWS
@given(
    document=DOCUMENTS,
    path=st.sampled_from(["a", "b", "a.b", "[0]", "a[0].b", "b[-1]"]),
    operator=st.sampled_from(sorted(OPERATORS[Type.DICTIONARY] - {"<", "<=", ">", ">="})),
    value=LETTERS.filter(str.strip) | st.sampled_from(["true", "0", "1.5", "[]"]),
)
def test_any_document_compares_as_the_reference_does(
    changed: Stored, document: object, path: str, operator: str, value: str
) -> None:
    project, made = changed
    row = made[0]
    row.trace.metadata = normal_form.dump(document)
    row.trace.save(update_fields=["metadata"])
    value = value.replace("%", "%25")
    sent = {"field": "metadata", "operator": operator, "key": path, "value": value}

    held = reference.holds(row, "metadata", operator, path, value.replace("%25", "%"))
    assert (row.trace.pk in matching(project, sent)) == held


@ON_SHARED_ROWS
@given(
    name=LETTERS,
    operator=st.sampled_from(sorted(OPERATORS[Type.STRING])),
    value=LETTERS.filter(str.strip),
)
def test_any_text_compares_as_the_reference_does(
    changed: Stored, name: str, operator: str, value: str
) -> None:
    project, made = changed
    row = made[0]
    row.trace.name = name
    row.trace.save(update_fields=["name"])
    sent = {"field": "name", "operator": operator, "key": "", "value": value}

    held = reference.holds(row, "name", operator, "", value)
    assert (row.trace.pk in matching(project, sent)) == held
