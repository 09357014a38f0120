from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat
from django.db.transaction import TransactionManagementError
from uuid_utils.compat import uuid7

from tests import factories
from tests.factories import NOON
from traces_app.models import Project, Trace
from traces_app.models.prepared import Prepared, prepared

pytestmark = pytest.mark.django_db


@prepared
def older(project_id: UUID, time: datetime, name: str) -> QuerySet[Trace]:
    rows = Trace.objects.filter(project_id=project_id, start_time__lt=time, name=name)
    return rows.order_by("-pk")


@prepared
def named(ids: list[UUID]) -> "QuerySet[Trace, tuple[UUID, str | None]]":
    return Trace.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "name")


def traces(number: int) -> list[Trace]:
    access = factories.access()
    return [
        factories.trace(access, name="chat", started=NOON + timedelta(minutes=at))
        for at in range(number)
    ]


def test_the_rows_are_those_of_the_queryset_whenever_it_is_asked() -> None:
    made = traces(3)
    for minute in (0, 1, 3):
        asked = made[0].project_id, NOON + timedelta(minutes=minute), "chat"
        found = older(*asked)
        assert found == list(older.build(*asked))
        assert [row.__dict__ | {"_state": 0} for row in found] == [
            row.__dict__ | {"_state": 0} for row in older.build(*asked)
        ]
        assert len(found) == older.count(*asked) == minute


def test_a_row_is_one_of_the_database() -> None:
    (made,) = traces(1)
    found = older.first(made.project_id, NOON + timedelta(days=1), "chat")
    assert found is not None
    assert (found._state.adding, found._state.db) == (False, "default")
    assert older.first(made.project_id, NOON, "chat") is None


@pytest.mark.parametrize("number", [0, 1, 2, 33])
def test_a_list_of_any_length_is_taken(number: int) -> None:
    made = traces(number)
    ids = [row.pk for row in made]
    assert named(ids) == [(pk, "chat") for pk in sorted(ids)]
    assert named.count([*ids, uuid7()]) == number


def test_what_is_annotated_comes_along() -> None:
    @prepared
    def told(pk: UUID, word: str) -> QuerySet[Project]:
        rows = Project.objects.filter(pk=pk)
        traced = Exists(Trace.objects.filter(project_id=OuterRef("pk")))
        said = Concat("name", Value(word, output_field=CharField()))
        return rows.annotate(traced=traced, said=said)

    project = factories.project(name="Helpdesk")
    (found,) = told(project.pk, "!")
    assert (found.said, bool(found.traced)) == ("Helpdesk!", False)  # type: ignore[attr-defined]


def test_a_key_is_followed_in_the_same_statement(django_assert_num_queries: Any) -> None:
    @prepared
    def whole(ids: list[UUID]) -> QuerySet[Trace]:
        return Trace.objects.filter(pk__in=ids).select_related("project")

    (made,) = traces(1)
    project = Project.objects.get(pk=made.project_id)
    with django_assert_num_queries(1):
        (found,) = whole([made.pk])
        assert (found.project, found.project.name) == (project, project.name)


def test_one_column_alone_is_itself() -> None:
    @prepared
    def names(pk: UUID) -> "QuerySet[Project, str]":
        return Project.objects.filter(pk=pk).values_list("name", flat=True)

    assert names(factories.project(name="Helpdesk").pk) == ["Helpdesk"]


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_in_a_transaction_only() -> None:
    @prepared
    def locked(pk: UUID) -> QuerySet[Project]:
        return Project.objects.filter(pk=pk).select_for_update()

    project = factories.project()
    with transaction.atomic():
        assert locked(project.pk) == [project]
    with pytest.raises(TransactionManagementError):
        locked(project.pk)


def test_a_value_that_is_looked_at_is_refused() -> None:
    @prepared
    def shouted(name: str) -> QuerySet[Project]:
        return Project.objects.filter(name=name.upper())

    with pytest.raises(TypeError, match="does not hand on"):
        shouted("a")


def test_a_value_of_another_kind_is_refused() -> None:
    rows: Prepared[[bool], Project] = prepared(lambda flag: Project.objects.filter(name=flag))
    with pytest.raises(TypeError, match="takes no bool"):
        rows(True)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps its statements itself")
def test_postgresql_plans_it_once_a_connection() -> None:
    (made,) = traces(1)

    for _ in range(8):
        older(made.project_id, NOON, "chat")

    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        kept = [statement for (statement,) in cursor.fetchall()]
    assert any('"traces_app_trace"."start_time" < $' in statement for statement in kept)
