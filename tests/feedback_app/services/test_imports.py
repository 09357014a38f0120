from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from feedback_app.services import imports
from feedback_app.services.imports import Row
from tests import factories
from traces_app.access import Access
from traces_app.errors import Invalid, NotFound
from traces_app.models import NIL, VERDICT, Project, Role, Score, Trace
from traces_app.services import projects
from traces_app.services.scores import Said
from traces_app.services.sent_traces import SentTrace

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 1, 10, tzinfo=UTC)


def row(trace_id: UUID | None = None, **values: str) -> Row:
    return Row(SentTrace(trace_id or uuid7(), START, START, values=values))


def project_of(access: Access, name: str = "imported") -> Project:
    return projects.get_or_create(access=access, name=name)


def test_rows_are_stored_in_the_project() -> None:
    access = factories.access()
    project = project_of(access)

    renamed = imports.store(access=access, project=project, rows=[row(name="a"), row(name="b")])

    assert renamed == {}
    assert set(Trace.objects.filter(project=project).values_list("name", flat=True)) == {"a", "b"}


def test_scores_and_lone_feedback_come_along() -> None:
    access = factories.access()
    scored, told = row(), row()
    scored.said = [Said(NIL, VERDICT, Decimal("0.4"), "prem", "so so")]
    told.feedback = "words alone"

    imports.store(access=access, project=project_of(access), rows=[scored, told])

    verdicts = Trace.objects.values_list("score", "feedback").order_by("score")
    assert set(verdicts) == {(Decimal("0.4"), "so so"), (None, "words alone")}


def test_taken_id_gets_a_new_one_with_its_time_and_its_scores() -> None:
    strange = factories.access()
    taken = row(name="theirs")
    imports.store(access=strange, project=project_of(strange), rows=[taken])
    access, old = factories.access(), taken.sent.id
    mine = row(old, name="mine")
    mine.said = [Said(NIL, "Grounded", Decimal(1), "sdk")]

    renamed = imports.store(access=access, project=project_of(access), rows=[mine, row()])

    new = renamed[old]
    assert Trace.objects.get(pk=old).name == "theirs"
    assert Trace.objects.get(pk=new).name == "mine"
    assert (new.version, new.int >> 80) == (7, old.int >> 80)
    assert Score.objects.get().entity_id == new


def test_importing_again_adds_nothing_even_under_new_ids() -> None:
    access = factories.access()
    here, there = project_of(access, "here"), project_of(access, "there")
    trace_id = uuid7()
    imports.store(access=access, project=there, rows=[row(trace_id)])

    first = imports.store(access=access, project=here, rows=[row(trace_id)])
    second = imports.store(access=access, project=here, rows=[row(trace_id)])

    assert first == second
    assert Trace.objects.filter(project=here).count() == 1


def test_access_is_the_owners_or_writes_as_a_service_account() -> None:
    workspace = factories.workspace("Shop")
    owner = factories.member(workspace, Role.OWNER)

    plain = imports.access_to(workspace="shop")
    judge = imports.access_to(workspace="shop", author="judge-v9")

    assert (plain.user_id, plain.author_id) == (owner.pk, owner.pk)
    assert judge.user_id == owner.pk != judge.author_id


def test_workspace_without_a_name_or_an_owner_is_refused_in_a_sentence() -> None:
    empty = factories.workspace("empty")
    factories.member(empty, Role.OWNER, factories.user(is_active=False))

    with pytest.raises(NotFound, match="no active owner"):
        imports.access_to(workspace="empty")
    with pytest.raises(NotFound, match="There is no workspace nowhere"):
        imports.access_to(workspace="nowhere")


def test_person_is_no_service_account() -> None:
    factories.member(factories.workspace("shop"), Role.OWNER)

    with pytest.raises(Invalid):
        imports.access_to(workspace="shop", author="somebody@example.com")
