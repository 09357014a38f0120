from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from feedback_app.models import User
from tests import factories
from traces_app.access import Access
from traces_app.errors import Forbidden
from traces_app.models import (
    NIL,
    AuditEvent,
    EntityType,
    Role,
    Score,
    ScoreMean,
    Trace,
    Workspace,
)
from traces_app.services import scores

pytestmark = pytest.mark.django_db


def colleague(access: Access, role: Role = Role.MEMBER) -> Access:
    return factories.access(Workspace.objects.get(pk=access.workspace_id), role)


def name_of(access: Access) -> str:
    return User.objects.get(pk=access.author_id).author_name


def values() -> list[str]:
    return [f"{row.value.normalize():f}" for row in Score.objects.order_by("created_at", "pk")]


def delete(
    access: Access,
    trace: Trace,
    author: str | None = None,
    queue: UUID = NIL,
    name: str = "quality",
) -> int:
    return scores.delete(
        access=access,
        entity_type=EntityType.TRACE,
        entity_id=trace.pk,
        names=[name],
        author=author,
        queue_id=queue,
    )


def test_without_an_author_the_scores_of_all_go() -> None:
    access = factories.access()
    trace = factories.trace(access)
    for author in (access, colleague(access)):
        factories.score(author, trace, 1)
        factories.score(author, trace, 1, "other")

    assert delete(access, trace) == 2

    assert set(Score.objects.values_list("name", flat=True)) == {"other"}
    assert ScoreMean.objects.values_list("name", "count").get() == ("other", 2)


def test_with_an_author_only_those_of_that_name_go() -> None:
    access = factories.access()
    other, trace = colleague(access), factories.trace(access)
    factories.score(access, trace, 1)
    factories.score(other, trace, 4)

    assert delete(access, trace, name_of(other)) == 1
    assert delete(access, trace, "nobody@example.com") == 0

    assert values() == ["1"]
    assert ScoreMean.objects.values_list("value", "count").get() == (1, 1)


def test_judge_without_a_sign_in_is_an_author_of_its_own() -> None:
    access = factories.access()
    judge = User.objects.service_account("judge-v2")
    as_judge = Access(
        user_id=access.user_id,
        author_id=judge.pk,
        workspace_id=access.workspace_id,
        workspace_name=access.workspace_name,
        role=access.role,
        face=access.face,
    )
    trace = factories.trace(access)
    factories.score(access, trace, 1)
    factories.score(as_judge, trace, 2)

    assert delete(access, trace, "judge-v2") == 1
    assert values() == ["1"]


def test_only_scores_of_the_same_queue_go() -> None:
    access, queue = factories.access(), uuid7()
    trace = factories.trace(access)
    factories.score(access, trace, 1)
    factories.score(access, trace, 2, queue_id=queue)

    assert delete(access, trace, queue=uuid7()) == 0
    assert delete(access, trace, queue=queue) == 1
    assert values() == ["1"]
    assert delete(access, trace) == 1
    assert not ScoreMean.objects.exists()


def test_stranger_and_reviewer_delete_nothing() -> None:
    owner = factories.access()
    trace = factories.trace(owner)
    factories.score(owner, trace, 1)
    reviewer = colleague(owner, Role.REVIEWER)

    assert delete(factories.access(), trace) == 0
    assert delete(reviewer, trace) == 0
    assert delete(reviewer, trace, name_of(reviewer)) == 0
    with pytest.raises(Forbidden):
        delete(reviewer, trace, name_of(owner))
    with pytest.raises(Forbidden):
        delete(colleague(owner, Role.VIEWER), trace)
    assert values() == ["1"]


def test_each_deleted_score_is_an_event_that_names_its_author() -> None:
    access = factories.access()
    other, trace = colleague(access), factories.trace(access)
    factories.score(other, trace, "0.5", reason="fair")

    delete(access, trace)

    event = AuditEvent.objects.get(action="score.delete")
    assert str(other.author_id) in event.before
    assert '"reason":"fair"' in event.before
    assert event.actor_id == access.author_id
