from decimal import Decimal

import pytest
from uuid_utils.compat import uuid7

from tests import factories
from tests.factories import said
from traces_app.access import Access
from traces_app.errors import Forbidden, Invalid, NotFound
from traces_app.models import (
    NIL,
    AuditEvent,
    EntityType,
    Face,
    Role,
    Score,
    ScoreMean,
    Span,
    Thread,
    Trace,
    WaitingScore,
    Workspace,
)
from traces_app.services import scores

pytestmark = pytest.mark.django_db

TRACE = EntityType.TRACE


def colleague(access: Access, role: Role = Role.MEMBER, face: Face = Face.OPIK) -> Access:
    return factories.access(Workspace.objects.get(pk=access.workspace_id), role, face=face)


def values() -> list[str]:
    return [f"{row.value.normalize():f}" for row in Score.objects.order_by("created_at", "pk")]


def test_one_row_for_each_author_and_queue() -> None:
    access, queue = factories.access(), uuid7()
    trace = factories.trace(access)

    for author in (access, colleague(access)):
        for value, where in ((1, NIL), (2, NIL), (3, queue), (4, queue)):
            factories.score(author, trace, value, queue_id=where)

    assert values() == ["2", "4", "2", "4"]
    assert ScoreMean.objects.values_list("value", "count").get() == (3, 4)


def test_overwriting_replaces_all_but_the_time_it_was_made() -> None:
    access = factories.access()
    trace = factories.trace(access)
    before = factories.score(access, trace, 1, reason=" why ", category_name=" good ", source="ui")
    assert (before.reason, before.category_name) == ("why", "good")

    after = factories.score(access, trace, 2)

    assert (after.pk, after.created_at) == (before.pk, before.created_at)
    assert (after.reason, after.category_name, after.source) == ("", "", "sdk")
    assert after.last_updated_at > before.last_updated_at


def test_later_of_two_in_a_batch_counts() -> None:
    access = factories.access()
    trace = factories.trace(access)

    scores.record(access=access, entity_type=TRACE, said=[said(trace.pk, n) for n in (1, 3, 2)])

    assert values() == ["2"]
    assert ScoreMean.objects.values_list("value", "count").get() == (2, 1)


@pytest.mark.parametrize("value", ["999999999.999999999", "-999999999.999999999", "0.000000001"])
def test_limits_are_stored_exactly(value: str) -> None:
    access = factories.access()

    row = factories.score(access, factories.trace(access), value)

    assert row.value == Decimal(value) == ScoreMean.objects.get().value


@pytest.mark.parametrize(
    "value", ["1000000000", "-1000000000", "999999999.9999999991", "NaN", "Infinity", "sNaN"]
)
def test_value_beyond_the_limits_refuses_the_batch(value: str) -> None:
    access = factories.access()
    trace = factories.trace(access)

    with pytest.raises(Invalid, match="value must be between"):
        scores.record(
            access=access, entity_type=TRACE, said=[said(trace.pk, 1), said(trace.pk, value, "b")]
        )

    assert not Score.objects.exists()


@pytest.mark.parametrize("name", ["", "  ", "x" * 256])
def test_unusable_name_refuses_the_batch(name: str) -> None:
    access = factories.access()
    trace = factories.trace(access)

    with pytest.raises(Invalid, match="name"):
        scores.record(access=access, entity_type=TRACE, said=[said(trace.pk, 1, name)])


def test_names_are_kept_as_sent_and_unstorable_characters_replaced() -> None:
    access = factories.access()
    trace = factories.trace(access)

    for name in (" Quality ", "quality", "QUALITY", "a\x00\ud800"):
        scores.record(access=access, entity_type=TRACE, said=[said(trace.pk, 1, name)])

    means = dict(ScoreMean.objects.values_list("name", "name_key"))
    assert means == {
        " Quality ": " quality ",
        "quality": "quality",
        "QUALITY": "quality",
        "a\ufffd\ufffd": "a\ufffd\ufffd",
    }


def test_scores_of_spans_and_threads_are_their_own() -> None:
    access = factories.access()
    trace = factories.trace(access, thread_id="t")
    span, thread = factories.span(access, trace), Thread.objects.get()

    for kind, pk in ((TRACE, trace.pk), (EntityType.SPAN, span.pk), (EntityType.THREAD, thread.pk)):
        scores.record(access=access, entity_type=kind, said=[said(pk, 1)])

    kinds = Score.objects.values_list("entity_type", "entity_id")
    assert set(kinds) == {("trace", trace.pk), ("span", span.pk), ("thread", thread.pk)}


@pytest.mark.parametrize("kind", list(EntityType))
def test_score_of_the_unknown_is_not_found_and_nothing_is_stored(kind: EntityType) -> None:
    access = factories.access()
    factories.span(access, factories.trace(access, thread_id="t"))
    models = {"trace": Trace, "span": Span, "thread": Thread}
    known, unknown = models[kind.value]._default_manager.get().pk, uuid7()

    with pytest.raises(NotFound, match=f"{kind.value} id: {unknown} not found"):
        scores.record(access=access, entity_type=kind, said=[said(known, 1), said(unknown, 1)])

    assert not Score.objects.exists()


def test_scores_of_threads_never_wait() -> None:
    with pytest.raises(NotFound):
        scores.record(
            access=factories.access(),
            entity_type=EntityType.THREAD,
            said=[said(uuid7(), 1)],
            may_wait=True,
        )

    assert not WaitingScore.objects.exists()


def test_viewers_and_reviewers_of_other_items_score_nothing() -> None:
    owner = factories.access()
    trace = factories.trace(owner)

    with pytest.raises(Forbidden):
        factories.score(colleague(owner, Role.VIEWER), trace, 1)
    for pk in (trace.pk, uuid7()):
        with pytest.raises(NotFound):
            scores.record(
                access=colleague(owner, Role.REVIEWER),
                entity_type=TRACE,
                said=[said(pk, 1)],
                may_wait=True,
            )
    assert not Score.objects.exists()
    assert not WaitingScore.objects.exists()


def test_first_scores_of_a_request_are_one_event() -> None:
    access = factories.access()
    trace = factories.trace(access)
    AuditEvent.objects.all().delete()

    scores.record(
        access=access, entity_type=TRACE, said=[said(trace.pk, 1, name) for name in ("a", "b")]
    )

    event = AuditEvent.objects.get()
    assert (event.action, event.after) == ("score.batch", '{"n":2}')


def test_writing_over_a_persons_score_is_an_event_with_before_and_after() -> None:
    access = factories.access()
    trace = factories.trace(access)
    factories.score(access, trace, 1, "a", source="ui", reason="good")
    factories.score(access, trace, 1, "b")
    AuditEvent.objects.all().delete()

    scores.record(
        access=access,
        entity_type=TRACE,
        said=[said(trace.pk, 0, "a", reason="bad"), said(trace.pk, 0, "b")],
    )

    event = AuditEvent.objects.get(action="score.set")
    assert event.before == '{"name":"a","value":1.0,"reason":"good"}'
    assert event.after == '{"name":"a","value":0.0,"reason":"bad"}'
    assert AuditEvent.objects.get(action="score.batch").after == '{"n":1}'


def test_each_score_given_in_a_page_is_an_event() -> None:
    access = factories.access(face=Face.PAGE)
    trace = factories.trace(access)

    factories.score(access, trace, 1, source="ui")

    event = AuditEvent.objects.get(action="score.set")
    assert (event.entity_type, event.entity_id) == ("trace", trace.pk)
