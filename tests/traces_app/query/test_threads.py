"""Every operator of every field of threads against a plain reference on the same rows."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from tests.traces_app.query import reference, thread_rows
from tests.traces_app.query.test_operators import VALUES, Case
from tests.traces_app.query.thread_rows import Row
from traces_app.models import Project, Thread
from traces_app.query import filters, search, sorting
from traces_app.query.fields import OPERATORS
from traces_app.query.sorting import Sorting
from traces_app.query.threads import THREADS

pytestmark = pytest.mark.django_db

Stored = tuple[Project, list[Row]]

FIELDS = {
    *("id", "first_message", "last_message", "number_of_messages", "duration", "created_at"),
    *("last_updated_at", "start_time", "end_time", "feedback_scores", "status", "tags"),
    *("annotation_queue_ids", "source", "environment"),
}
MORE: dict[str, tuple[Case, ...]] = {
    "number_of_messages": (("", "4"), ("", "6")),
    "duration": (("", "1"), ("", "108000000"), ("", "60000")),
    "status": (("", "active"), ("", "inactive"), ("", "inactive,active")),
    "last_message": (("", "last of"), ("", "of a stub"), ("", "earlier")),
    "first_message": (("", "not the first"), ("", "later")),
}


def holds(row: Row, name: str, operator: str, key: str, value: str) -> bool:
    """Does the filter let the row through?"""
    if name == "feedback_scores":
        return reference.score_holds(list(row.means.items()), operator, key, value)
    if name in NUMBERS:
        return reference.number_holds(NUMBERS[name](row), operator, value, reference.as_number)
    if name in TIMES:
        return reference.number_holds(TIMES[name](row), operator, value, datetime.fromisoformat)
    if operator in reference.OPPOSITES:
        return not holds(row, name, reference.OPPOSITES[operator], key, value)
    return HELD[name](row, operator, value)


def start(row: Row) -> datetime | None:
    return min((each.start_time for each in row.traces if each.sent_at), default=None)


def end(row: Row) -> datetime | None:
    return max((each.end_time for each in row.traces if each.end_time), default=None)


def duration(row: Row) -> float | None:
    first, last = start(row), end(row)
    return (last - first).total_seconds() * 1000 if first and last else None


def first_message(row: Row) -> str | None:
    arrived = [each for each in row.traces if each.sent_at]
    return min(arrived, key=lambda each: (each.start_time, each.pk)).input if arrived else None


def last_message(row: Row) -> str | None:
    ended = [(each.end_time, each.pk, each.output) for each in row.traces if each.end_time]
    return max(ended)[2] if ended else None


def in_words(stored: str | None) -> str | None:
    text = reference.load(stored) if stored and stored.startswith('"') else stored
    return None if text is None else str(text)


NUMBERS: dict[str, Callable[[Row], float | None]] = {
    "number_of_messages": lambda row: 2 * len(row.traces),
    "duration": duration,
}
TIMES: dict[str, Callable[[Row], datetime | None]] = {
    "start_time": start,
    "end_time": end,
    "created_at": lambda row: row.thread.created_at,
    "last_updated_at": lambda row: row.thread.last_updated_at,
}
HELD: dict[str, Callable[[Row, str, str], bool]] = {
    "id": lambda r, o, v: reference.text_holds(r.thread.thread_id, o, v, fold=False),
    "first_message": lambda r, o, v: reference.document_holds(in_words(first_message(r)), o, v),
    "last_message": lambda r, o, v: reference.document_holds(in_words(last_message(r)), o, v),
    "status": lambda r, o, v: reference.member_holds(r.thread.status, o, v),
    "environment": lambda r, o, v: reference.member_holds(r.thread.environment, o, v),
    "source": lambda r, _, v: reference.source_holds(r.thread.source, v),
    "tags": lambda r, o, v: reference.listed_holds(json.loads(r.thread.tags or "[]"), o, v),
    "annotation_queue_ids": lambda r, o, v: reference.listed_holds(r.queues, o, v),
}


@pytest.fixture(scope="module")
def stored(module_db: None) -> Stored:
    """Rows that tests only read."""
    return thread_rows.in_project()


def matching(project: Project, *sent: dict[str, Any]) -> set[str]:
    threads = Thread.objects.filter(project__in=[project.pk])
    clauses = filters.parse(list(sent), registry=THREADS)
    found = filters.apply(threads, clauses, projects=[project.pk], registry=THREADS)
    return set(found.values_list("thread_id", flat=True))


def test_all_fields_of_the_contract_are_there() -> None:
    assert set(THREADS.fields) == FIELDS


@pytest.mark.parametrize(
    ("name", "operator"),
    [
        (name, str(operator))
        for name, field in THREADS.fields.items()
        for operator in sorted(OPERATORS[field.type])
    ],
)
def test_operator_matches_the_reference(stored: Stored, name: str, operator: str) -> None:
    project, made = stored

    for key, value in (*VALUES[THREADS.fields[name].type], *MORE.get(name, ())):
        sent = {"field": name, "operator": operator, "key": key, "value": value}
        wanted = value.replace("\x00", "\ufffd")
        expected = {r.thread.thread_id for r in made if holds(r, name, operator, key, wanted)}
        assert matching(project, sent) == expected, sent


def test_groups_are_read_by_the_registry_of_threads(stored: Stored) -> None:
    project, _ = stored
    one = {"field": "status", "operator": "=", "value": "inactive"}
    other = {"field": "tags", "operator": "is_not_empty", "value": ""}

    found = matching(project, {"any": [[one], other]})

    assert found == matching(project, one) | matching(project, other) != set()


def usage(row: Row) -> float | None:
    texts = (reference.text_at(span.get("usage"), ["total_tokens"]) for span in row.spans)
    numbers = [number for text in texts if (number := reference.as_number(text or "")) is not None]
    return sum(numbers) if numbers else None


def cost(row: Row) -> float | None:
    costs = [span["total_estimated_cost"] for span in row.spans]
    kept = [each for each in costs if each <= 1e15]
    return round(sum(kept), 12) if kept else None


SORTS: dict[Sorting, Callable[[Row], Any]] = {
    Sorting("id"): lambda row: row.thread.thread_id,
    Sorting("start_time"): start,
    Sorting("end_time"): end,
    Sorting("duration"): duration,
    Sorting("number_of_messages"): lambda row: len(row.traces),
    Sorting("last_updated_at"): lambda row: row.thread.last_updated_at,
    Sorting("created_at"): lambda row: row.thread.created_at,
    Sorting("created_by"): lambda row: row.thread.created_by_id,
    Sorting("status"): lambda row: row.thread.status,
    Sorting("tags"): lambda row: row.thread.tags,
    Sorting("environment"): lambda row: row.thread.environment,
    Sorting("total_estimated_cost"): cost,
    Sorting("usage", "total_tokens"): usage,
    Sorting("feedback_scores", "ärger"): lambda row: next(
        (mean for name, mean in row.means.items() if name.casefold() == "ärger"), None
    ),
}


def test_all_sorts_of_the_contract_are_tested() -> None:
    named = {f"{sort.field}.*" if sort.key else sort.field for sort in SORTS}

    assert named == set(THREADS.sortable_by)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", SORTS, ids=lambda sort: str(sort.field))
def test_sorting_matches_the_reference(stored: Stored, sort: Sorting, descending: bool) -> None:
    project, made = stored
    asked = Sorting(sort.field, sort.key, descending)

    found = sorting.apply(
        Thread.objects.filter(project=project), asked, projects=[project.pk], registry=THREADS
    )

    usual = sorted(made, key=lambda row: row.thread.pk, reverse=True)
    usual.sort(key=lambda row: row.thread.last_updated_at, reverse=True)
    having = [row for row in usual if SORTS[sort](row) is not None]
    having.sort(key=SORTS[sort], reverse=descending)
    expected = having + [row for row in usual if SORTS[sort](row) is None]
    assert [each.pk for each in found] == [row.thread.pk for row in expected]


def test_without_a_sorting_threads_of_one_moment_are_in_the_order_of_their_times(
    stored: Stored,
) -> None:
    project, made = stored

    found = sorting.apply(
        Thread.objects.filter(project=project), None, projects=[project.pk], registry=THREADS
    )

    expected = sorted(made, key=lambda row: row.thread.pk, reverse=True)
    expected.sort(key=lambda row: end(row) or datetime.min.replace(tzinfo=UTC), reverse=True)
    expected.sort(key=lambda row: start(row) or datetime.max.replace(tzinfo=UTC))
    expected.sort(key=lambda row: row.thread.last_updated_at, reverse=True)
    assert [each.pk for each in found] == [row.thread.pk for row in expected]


def test_search_looks_into_names_tags_and_both_messages(stored: Stored) -> None:
    project, made = stored
    threads = Thread.objects.filter(project=project)

    def found(text: str) -> set[str]:
        rows = search.apply(threads, text, registry=THREADS, projects=[project.pk])
        return set(rows.values_list("thread_id", flat=True))

    assert found("THREAD-") == {"Thread-1", "thread-1"}
    assert found("blue") == {"Thread-1"}
    assert found("ДЕЛА") == {"Thread-1"}
    assert found('said "yes"') == {"thread-1"}
    assert found("of a stub") == {made[4].thread.thread_id}
    assert found("earlier") == set()
    assert found(str(made[0].thread.pk)) == {"bare"}


def test_a_uuid_is_no_thread_id(stored: Stored) -> None:
    project, made = stored
    pk: UUID = made[1].thread.pk

    clause = {"field": "id", "operator": "=", "value": str(pk)}

    assert matching(project, clause) == set()
