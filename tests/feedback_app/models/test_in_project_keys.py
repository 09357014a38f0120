"""What PostgreSQL refuses: a correction without its trace, in its project."""

from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from feedback_app.models import Correction
from tests import factories
from traces_app.services import projects, traces

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has no such key: the services keep it"
    ),
]


def correction(project_id: UUID, trace_id: UUID, author_id: UUID) -> Correction:
    now = timezone.now()
    return Correction.objects.create(
        project_id=project_id,
        trace_id=trace_id,
        author_id=author_id,
        output='"x"',
        created_at=now,
        last_updated_at=now,
    )


def check_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_correction_in_another_project_than_its_trace_is_refused() -> None:
    access = factories.access()
    trace = factories.trace(access)
    other = factories.project()

    correction(other.pk, trace.pk, access.user_id)

    with pytest.raises(IntegrityError, match="correction_is_of_a_trace_here"), transaction.atomic():
        check_now()
    Correction.objects.all().delete()


def test_move_and_delete_take_the_correction_along() -> None:
    access = factories.access()
    trace = factories.trace(access)
    correction(trace.project_id, trace.pk, access.user_id)
    to = projects.get_or_create(access=access, name="elsewhere")

    traces.move(access=access, trace_id=trace.pk, to=to)
    check_now()
    traces.delete(access=access, ids=[trace.pk])
    check_now()

    assert not Correction.objects.exists()
