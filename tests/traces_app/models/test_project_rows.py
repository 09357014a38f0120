"""The law of every table below a project, for those that are there and those that will come."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models.expressions import OrderBy
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from feedback_app.models import Correction
from tests import factories
from tests.factories import NOON
from traces_app.access import Access
from traces_app.models import Attachment, Comment, EntityType, Score, ScoreMean, Trace
from traces_app.models.project_rows import BY_ID, InProjectFK, ProjectRow

MODELS = [model for model in apps.get_models() if issubclass(model, ProjectRow)]


def columns(constraint: models.UniqueConstraint) -> list[str]:
    """The columns of a unique constraint, also of one that is written as expressions."""
    if constraint.fields:
        return list(constraint.fields)
    names = []
    for expression in constraint.expressions:
        inner: Any = expression.expression if isinstance(expression, OrderBy) else expression
        names.append(inner.name)
    return names


def uniques(model: type[models.Model]) -> Iterator[models.UniqueConstraint]:
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            yield constraint


def test_the_project_tables_are_found() -> None:
    names = {model.__name__ for model in MODELS}

    assert names >= {"Trace", "Span", "Thread", "Score", "ScoreMean", "Comment", "OutboxRow"}
    assert names >= {"Correction", "Dataset", "Datapoint"}


def test_every_model_with_a_project_is_a_project_row() -> None:
    pointing = {
        model
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.name == "project"
    }

    assert pointing == set(MODELS)


@pytest.mark.parametrize("model", MODELS)
def test_project_and_id_are_unique_together(model: type[ProjectRow]) -> None:
    whole = [columns(unique) for unique in uniques(model) if unique.condition is None]

    assert ["project", "id"] in whole


@pytest.mark.parametrize("model", MODELS)
def test_every_other_unique_begins_with_the_project_and_holds_no_null(
    model: type[ProjectRow],
) -> None:
    for unique in uniques(model):
        names = columns(unique)
        assert names[0] == "project", unique.name
        assert not any(model._meta.get_field(name).null for name in names), unique.name
    assert not model._meta.unique_together
    assert [field.name for field in model._meta.local_fields if field.unique] == ["id"]


@pytest.mark.parametrize("model", MODELS)
def test_keys_of_project_tables_are_no_constraints_of_the_database(
    model: type[ProjectRow],
) -> None:
    keys: list[Any] = [
        field for field in model._meta.local_fields if isinstance(field, models.ForeignKey)
    ]

    assert not any(key.db_constraint for key in keys)
    assert not model._meta.local_many_to_many
    for key in keys:
        if issubclass(key.related_model, ProjectRow):
            assert isinstance(key, InProjectFK), key


@pytest.mark.parametrize("model", MODELS)
def test_project_is_always_named(model: type[ProjectRow]) -> None:
    assert not model._meta.get_field("project").null


def comment(access: Access) -> Comment:
    trace = factories.trace(access)
    return Comment.objects.create(
        project_id=trace.project_id,
        entity_type="trace",
        entity_id=trace.pk,
        text="before",
        created_at=NOON,
        created_by_id=access.author_id,
        last_updated_at=NOON,
        last_updated_by_id=access.author_id,
    )


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [None, ["text"], ["text", "project"]])
def test_saved_row_names_its_project_to_be_found_and_never_writes_it(
    fields: list[str] | None,
) -> None:
    row = comment(factories.access())
    row.text = "after"

    with CaptureQueriesContext(connection) as queries:
        row.save(update_fields=fields)

    (update,) = [query["sql"] for query in queries if query["sql"].startswith("UPDATE")]
    assignments, _, condition = update.partition(" WHERE ")
    assert '"project_id"' not in assignments
    assert '"project_id" = ' in condition
    assert Comment.objects.get().text == "after"


@pytest.mark.django_db
def test_row_does_not_change_its_project_by_being_saved() -> None:
    row = comment(factories.access())
    row.project_id, home = uuid7(), row.project_id

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()

    assert Comment.objects.get().project_id == home


def correction(access: Access, trace: Trace) -> Correction:
    return Correction.objects.create(
        project_id=trace.project_id,
        trace=trace,
        author_id=access.author_id,
        output='"better"',
        created_at=NOON,
        last_updated_at=NOON,
    )


@pytest.mark.django_db
def test_joins_in_either_direction_match_on_the_project() -> None:
    access = factories.access()
    row = correction(access, factories.trace(access, name="n"))
    there = {"trace__name": "n"}, {"corrections__author": access.author_id}

    assert Correction.objects.filter(**there[0]).get() == row
    assert Trace.objects.filter(**there[1]).get().pk == row.trace_id
    assert Trace.objects.exclude(**there[1]).count() == 0

    Correction.objects.update(project_id=uuid7())
    assert not Correction.objects.filter(**there[0]).exists()
    assert not Trace.objects.filter(**there[1]).exists()
    Correction.objects.all().delete()  # PostgreSQL would refuse it at the commit


@pytest.mark.django_db
def test_following_a_key_asks_for_the_project_too() -> None:
    access = factories.access()
    pk = correction(access, factories.trace(access)).pk
    row = Correction.objects.get(pk=pk)

    with CaptureQueriesContext(connection) as queries:
        assert row.trace.pk == row.trace_id

    assert '"traces_app_trace"."project_id" = ' in queries[-1]["sql"]


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps statistics")
@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("model", [Score, ScoreMean, Comment, Attachment])
def test_few_rows_in_order_are_found_by_what_they_are_about(model: Any, number: int) -> None:
    here = model.objects.filter(project_id__in=[uuid7()])
    few = here.about(EntityType.TRACE, {uuid7() for _ in range(number)})

    assert "entity_id=?" in few.order_by(BY_ID).explain()
