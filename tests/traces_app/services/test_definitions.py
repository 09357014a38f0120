import pytest

from tests import factories
from traces_app.errors import Conflict, Forbidden, Invalid, NotFound
from traces_app.models import VERDICT, AuditEvent, FeedbackDefinition, Role, Workspace
from traces_app.services import definitions, queues, workspaces
from traces_app.services.definitions import Definition

pytestmark = pytest.mark.django_db

TONE = Definition("tone", "numerical", '{"min": 0, "max": 5}')


@pytest.mark.parametrize(
    ("type_", "details"),
    [
        ("numerical", '{"min": 1, "max": 1}'),
        ("numerical", '{"min": true, "max": 5}'),
        ("numerical", '{"min": "0", "max": 5}'),
        ("categorical", '{"categories": {"one": 1}}'),
        ("categorical", '{"categories": {"one": 1, "two": "2"}}'),
        ("boolean", '{"true_label": "Yes"}'),
        ("boolean", "[]"),
        ("boolean", "{"),
        ("numerical", '{"min": 0, "max": 1, "step": 0}'),
        ("numerical", '{"min": 0, "max": 1, "step": 0.3}'),
        ("numerical", '{"min": 0, "max": 1, "step": 2}'),
        ("numerical", '{"min": 0, "max": 1, "step": "0.1"}'),
        ("numerical", '{"min": 0, "max": 1, "step": 1e-300}'),
        ("multiple", '{"categories": {"one": 1}}'),
        ("multiple", '{"categories": {"one": 999999999, "two": 1}}'),
        ("text", '{"min": 1}'),
        ("stars", "{}"),
    ],
)
def test_details_must_have_the_shape_of_the_type(type_: str, details: str) -> None:
    with pytest.raises(Invalid):
        definitions.create(access=factories.access(), said=Definition("x", type_, details))


@pytest.mark.parametrize(
    ("type_", "details"),
    [
        ("numerical", '{"min":0.5,"max":5}'),
        ("numerical", '{"min":0.1,"max":0.7,"step":0.3}'),
        ("multiple", '{"categories":{"late":1,"rude":-2}}'),
        ("text", "{}"),
        ("categorical", '{"categories":{"good":1,"bad":0}}'),
        ("boolean", '{"true_label":"Yes","false_label":"No"}'),
    ],
)
def test_details_of_each_type_are_stored_in_the_normal_form(type_: str, details: str) -> None:
    said = Definition("x", type_, f" {details} ")

    assert definitions.create(access=factories.access(), said=said).details == details


def test_name_is_once_in_a_workspace() -> None:
    access = factories.access()
    definitions.create(access=access, said=TONE)

    with pytest.raises(Conflict, match="Feedback already exists"):
        definitions.create(access=access, said=TONE)
    definitions.create(access=factories.access(), said=TONE)


def test_built_in_definition_stays_as_it_is() -> None:
    workspace = workspaces.get_or_create(name="w")
    built_in = workspace.definitions.get()

    with pytest.raises(Conflict):
        definitions.edit(access=factories.access(workspace), definition_id=built_in.pk, said=TONE)


def test_definition_of_another_workspace_is_not_found() -> None:
    stranger = definitions.create(access=factories.access(), said=TONE)

    with pytest.raises(NotFound):
        definitions.edit(access=factories.access(), definition_id=stranger.pk, said=TONE)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.VIEWER])
def test_reviewers_and_viewers_make_none(role: Role) -> None:
    with pytest.raises(Forbidden):
        definitions.create(access=factories.access(role=role), said=TONE)


def test_numbers_are_finite() -> None:
    said = Definition("x", "numerical", '{"min": 0, "max": 1e999}')

    with pytest.raises(Invalid):
        definitions.create(access=factories.access(), said=said)


def test_id_that_is_taken_anywhere_is_a_conflict() -> None:
    stranger = definitions.create(access=factories.access(), said=TONE)

    with pytest.raises(Conflict):
        definitions.create(access=factories.access(), said=TONE, definition_id=stranger.pk)

    assert FeedbackDefinition.objects.get() == stranger


def test_deletion_is_on_record_and_takes_the_callers_own_only() -> None:
    access = factories.access()
    mine = definitions.create(access=access, said=TONE)
    stranger = definitions.create(access=factories.access(), said=TONE)

    definitions.delete(access=access, ids=[mine.pk, stranger.pk])

    assert FeedbackDefinition.objects.get() == stranger
    event = AuditEvent.objects.get(action="definition.delete")
    assert (event.entity_id, event.after) == (mine.pk, "{}")


def test_built_in_definition_is_not_deleted_and_nothing_beside_it() -> None:
    workspace = workspaces.get_or_create(name="w")
    access = factories.access(workspace)
    other = definitions.create(access=access, said=TONE)

    with pytest.raises(Conflict):
        definitions.delete(
            access=access, ids=[other.pk, workspace.definitions.get(name=VERDICT).pk]
        )

    assert workspace.definitions.count() == 2


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.VIEWER])
def test_reviewers_and_viewers_delete_none(role: Role) -> None:
    with pytest.raises(Forbidden):
        definitions.delete(access=factories.access(role=role), ids=[])


def test_reviewer_sees_those_that_own_queues_ask_for() -> None:
    owner = factories.access()
    project = factories.trace(owner).project_id
    for name in ("tone", "mood"):
        definitions.create(access=owner, said=Definition(name, TONE.type, TONE.details))
    factories.queue(owner, project, questions=[queues.Question(name="tone")])
    reviewer = factories.access(Workspace.objects.get(), Role.REVIEWER)

    seen = FeedbackDefinition.objects.visible_to(reviewer)

    assert [each.name for each in seen] == ["tone"]
