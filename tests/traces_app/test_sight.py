"""What a reviewer sees: the items of own queues, what hangs on them, and nothing else."""

from typing import Any

import pytest
from django.db.models import QuerySet

from feedback_app.models import Correction
from tests import factories
from traces_app.access import Access
from traces_app.errors import Forbidden
from traces_app.models import (
    AnnotationQueue,
    Comment,
    EntityType,
    Project,
    Role,
    Score,
    ScoreMean,
    Span,
    Thread,
    Trace,
    Workspace,
)
from traces_app.services import comments

pytestmark = pytest.mark.django_db

KINDS: list[Any] = [
    Project,
    Trace,
    Thread,
    Span,
    Score,
    ScoreMean,
    Comment,
    Correction,
    AnnotationQueue,
]


@pytest.fixture
def owner() -> Access:
    return factories.access()


def reviewer() -> Access:
    return factories.access(Workspace.objects.get(), Role.REVIEWER)


def seen(kind: Any, access: Access) -> set[Any]:
    rows: QuerySet[Any] = kind.objects.visible_to(access)
    return set(rows.values_list("pk", flat=True))


def furnished(by: Access, **values: Any) -> Trace:
    """A trace with a span, both scored and commented on, and a correction."""
    trace = factories.trace(by, **values)
    span = factories.span(by, trace)
    for on, kind in ((trace, EntityType.TRACE), (span, EntityType.SPAN)):
        factories.score(by, on, 1)
        comments.add(access=by, entity_type=kind, entity_id=on.pk, text="remark")
    Correction.objects.create(
        project_id=trace.project_id,
        trace=trace,
        author_id=by.author_id,
        output='"better"',
        created_at=factories.NOON,
        last_updated_at=factories.NOON,
        submitted_at=factories.NOON,
    )
    return trace


def hanging_on(*traces: Trace) -> dict[str, set[Any]]:
    """What hangs on traces, by the name of its kind."""
    pks = [trace.pk for trace in traces]
    spans = set(Span.objects.filter(trace_id__in=pks).values_list("pk", flat=True))
    about = {
        kind.__name__: set(
            kind.objects.filter(entity_id__in={*pks, *spans}).values_list("pk", flat=True)
        )
        for kind in (Score, ScoreMean, Comment)
    }
    corrections = set(Correction.objects.filter(trace_id__in=pks).values_list("pk", flat=True))
    return {"Trace": set(pks), "Span": spans, "Correction": corrections} | about


def seen_of_all(access: Access) -> dict[str, set[Any]]:
    kinds = (Trace, Span, Correction, Score, ScoreMean, Comment)
    return {kind.__name__: seen(kind, access) for kind in kinds}


@pytest.mark.parametrize("kind", KINDS)
def test_reviewer_without_queues_sees_nothing(owner: Access, kind: Any) -> None:
    trace = furnished(owner, thread_id="t")
    factories.queue(owner, trace.project_id, trace, is_for_everyone=False)

    assert seen(kind, reviewer()) == set()
    assert seen(kind, owner) != set()


def test_trace_item_brings_what_hangs_on_it_and_nothing_else(owner: Access) -> None:
    mine, other = (furnished(owner, thread_id="t") for _ in range(2))
    me = reviewer()
    own = factories.queue(
        owner, mine.project_id, mine, is_for_everyone=False, reviewer_ids=[me.user_id]
    )
    factories.queue(owner, mine.project_id, other, is_for_everyone=False)

    assert seen_of_all(me) == hanging_on(mine)
    assert seen(AnnotationQueue, me) == {own.pk}
    assert seen(Project, me) == {mine.project_id}
    assert seen(Thread, me) == set()


def test_thread_item_brings_its_traces_and_what_hangs_on_them(owner: Access) -> None:
    mine = [furnished(owner, thread_id="t") for _ in range(2)]
    furnished(owner, thread_id="other")
    furnished(owner)
    thread = factories.thread_of(mine[0])
    remark = comments.add(
        access=owner, entity_type=EntityType.THREAD, entity_id=thread.pk, text="of the thread"
    )

    factories.queue(owner, thread.project_id, thread, scope="thread")

    me = reviewer()
    wanted = hanging_on(*mine)
    wanted["Comment"].add(remark.pk)
    assert seen_of_all(me) == wanted
    assert seen(Thread, me) == {thread.pk}


def test_thread_of_the_same_name_in_another_project_stays_hidden(owner: Access) -> None:
    mine = factories.trace(owner, thread_id="t")
    workspace = Workspace.objects.get()
    namesake = factories.trace(owner, project=factories.project(workspace), thread_id="t")
    lone = factories.trace(owner, project=Project.objects.get(pk=namesake.project_id))

    factories.queue(owner, mine.project_id, factories.thread_of(mine), scope="thread")
    factories.queue(owner, lone.project_id, lone)

    assert seen(Trace, reviewer()) == {mine.pk, lone.pk}


def test_queue_for_everyone_is_every_reviewers_of_the_workspace(owner: Access) -> None:
    trace = factories.trace(owner)
    factories.queue(owner, trace.project_id, trace)
    mine, stranger = reviewer(), factories.access(role=Role.REVIEWER)

    assert seen(Trace, mine) == {trace.pk}
    assert seen(Trace, stranger) == set()


def test_reviewer_named_in_one_workspace_sees_nothing_of_it_from_another(owner: Access) -> None:
    trace = factories.trace(owner)
    me = reviewer()
    factories.queue(
        owner, trace.project_id, trace, is_for_everyone=False, reviewer_ids=[me.user_id]
    )

    elsewhere = Access(
        user_id=me.user_id,
        author_id=me.author_id,
        workspace_id=factories.workspace().pk,
        workspace_name="elsewhere",
        role=Role.REVIEWER,
        face=me.face,
    )

    assert [seen(kind, elsewhere) for kind in KINDS] == [set()] * len(KINDS)


def test_on_a_blind_queue_reviewer_sees_own_scores_only(owner: Access) -> None:
    blind, plain = furnished(owner), furnished(owner)
    me, workspace = reviewer(), blind.project_id
    factories.queue(owner, workspace, blind, is_blind=True, comments_enabled=True)
    factories.queue(owner, workspace, plain)

    own = factories.score(me, blind, 0)

    on_plain = hanging_on(plain)
    assert seen(Score, me) == {own.pk} | on_plain["Score"]
    assert seen(ScoreMean, me) == on_plain["ScoreMean"]
    assert seen(Correction, me) == on_plain["Correction"]
    assert seen(Comment, me) == hanging_on(blind, plain)["Comment"]


def test_blind_holds_for_a_trace_that_is_also_in_an_open_queue(owner: Access) -> None:
    trace = furnished(owner)
    factories.queue(owner, trace.project_id, trace)
    factories.queue(owner, trace.project_id, trace, is_blind=True)

    me = reviewer()

    assert (seen(Score, me), seen(ScoreMean, me)) == (set(), set())


def test_blind_thread_hides_the_scores_of_its_traces(owner: Access) -> None:
    trace = furnished(owner, thread_id="t")
    thread = factories.thread_of(trace)

    factories.queue(owner, thread.project_id, thread, scope="thread", is_blind=True)

    me = reviewer()
    assert (seen(Score, me), seen(ScoreMean, me)) == (set(), set())
    assert seen(Trace, me) == {trace.pk}


def test_blind_queue_of_somebody_else_hides_nothing_from_me(owner: Access) -> None:
    trace = furnished(owner)
    factories.queue(owner, trace.project_id, trace)
    factories.queue(owner, trace.project_id, trace, is_blind=True, is_for_everyone=False)

    assert seen(Score, reviewer()) == hanging_on(trace)["Score"]


def test_blind_queue_without_comments_hides_those_of_others(owner: Access) -> None:
    trace = furnished(owner)
    factories.queue(owner, trace.project_id, trace, is_blind=True)
    me = reviewer()

    own = comments.add(access=me, entity_type=EntityType.TRACE, entity_id=trace.pk, text="my words")

    assert seen(Comment, me) == {own.pk}


def test_scores_may_not_be_asked_for_where_a_blind_queue_is(owner: Access) -> None:
    trace = factories.trace(owner)
    elsewhere = factories.trace(owner, project=factories.project(Workspace.objects.get()))
    factories.queue(owner, trace.project_id, trace, is_blind=True)
    factories.queue(owner, elsewhere.project_id, elsewhere)
    me = reviewer()

    me.must_see_scores([elsewhere.project_id])
    owner.must_see_scores([trace.project_id])
    with pytest.raises(Forbidden):
        me.must_see_scores([elsewhere.project_id, trace.project_id])


@pytest.mark.parametrize("kind", KINDS)
def test_seeing_takes_a_fixed_number_of_queries(
    owner: Access, kind: Any, django_assert_num_queries: Any
) -> None:
    trace = furnished(owner, thread_id="t")
    for blind in (True, False):
        factories.queue(owner, trace.project_id, trace, is_blind=blind)
        thread = factories.thread_of(trace)
        factories.queue(owner, trace.project_id, thread, scope="thread", is_blind=blind)
    me = reviewer()

    with django_assert_num_queries(3):  # projects, own queues, the rows
        seen(kind, me)
