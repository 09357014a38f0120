"""New traces with their verdicts, and changes of both."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from tests import factories
from traces_app.access import Access
from traces_app.errors import Forbidden, NotFound
from traces_app.models import AuditEvent, Face, Project, Role, Score, Trace
from traces_app.services import judged_traces
from traces_app.services.judged_traces import JudgedTrace, Rejudgement

pytestmark = pytest.mark.django_db


def prem(role: Role = Role.OWNER) -> Access:
    return factories.access(role=role, face=Face.PREM)


def created(access: Access, **fields: Any) -> UUID:
    trace = JudgedTrace({"input": '"i"', "output": '"o"', "model_id": "m"}, **fields)
    (pk,) = judged_traces.create(access=access, sent=[trace])
    assert pk is not None
    return pk


def test_new_trace_begins_and_ends_when_it_is_stored() -> None:
    trace = Trace.objects.get(pk=created(prem()))

    assert trace.start_time == trace.end_time == trace.created_at == trace.sent_at
    assert trace.pk.version == 7


def test_score_and_words_are_the_verdict_with_their_source() -> None:
    access = prem()

    trace = Trace.objects.get(pk=created(access, score=Decimal("0.5"), feedback="Good."))

    assert (trace.score, trace.feedback) == (Decimal("0.5"), "Good.")
    assert (trace.verdict_source, trace.verdict_by_id) == ("prem", access.author_id)


def test_words_of_each_trace_are_its_own() -> None:
    access = prem()
    sent = [JudgedTrace({"input": '"i"'}, feedback=text) for text in ("One.", "Two.", "")]

    ids = judged_traces.create(access=access, sent=sent)

    words = dict(Trace.objects.values_list("pk", "feedback"))
    assert [words[pk] for pk in ids if pk] == ["One.", "Two.", None]


def test_order_of_ids_is_the_order_sent() -> None:
    access = prem()
    sent = [JudgedTrace({"input": f'"{number}"'}) for number in range(20)]

    ids = judged_traces.create(access=access, sent=sent)

    inputs = dict(Trace.objects.values_list("pk", "input"))
    assert [inputs[pk] for pk in ids if pk] == [f'"{number}"' for number in range(20)]


def test_unknown_project_is_no_id_and_stores_nothing_of_it() -> None:
    access = prem()
    sent = [JudgedTrace({}, project_id=uuid7()), JudgedTrace({}, project_id=factories.project().pk)]

    assert judged_traces.create(access=access, sent=sent) == [None, None]
    assert not Trace.objects.exists()


def test_counter_of_the_project_follows() -> None:
    access = prem()
    created(access)
    created(access)

    assert Project.objects.get(workspace_id=access.workspace_id).trace_count == 2


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_only_writers_create(role: Role) -> None:
    with pytest.raises(Forbidden):
        judged_traces.create(access=prem(role), sent=[JudgedTrace({})])


def test_change_without_anything_changes_nothing() -> None:
    access = prem()
    pk = created(access, score=Decimal("0.5"), feedback="Good.")
    before = Trace.objects.filter(pk=pk).values().get()

    judged_traces.update(access=access, trace_id=pk, change=Rejudgement())

    assert Trace.objects.filter(pk=pk).values().get() == before


def test_change_of_an_unknown_trace_is_not_found() -> None:
    with pytest.raises(NotFound):
        judged_traces.update(access=prem(), trace_id=uuid7(), change=Rejudgement(score=None))


def test_score_taken_away_leaves_no_row_and_an_event() -> None:
    access = prem()
    pk = created(access, score=Decimal("0.5"), feedback="Good.")

    judged_traces.update(access=access, trace_id=pk, change=Rejudgement(score=None))

    assert not Score.objects.exists()
    assert AuditEvent.objects.filter(action="score.delete", entity_id=pk).count() == 1


def test_score_of_another_author_is_never_taken_away() -> None:
    access = prem()
    pk = created(access, score=Decimal("0.5"))
    other = Access(
        user_id=factories.user().pk,
        author_id=factories.user().pk,
        workspace_id=access.workspace_id,
        workspace_name=access.workspace_name,
        role=Role.MEMBER,
        face=Face.PREM,
    )

    judged_traces.update(access=other, trace_id=pk, change=Rejudgement(score=None))

    assert Trace.objects.get(pk=pk).score == Decimal("0.5")


def test_words_written_over_leave_an_event_with_both() -> None:
    access = prem()
    pk = created(access, feedback="Kind.")

    judged_traces.update(access=access, trace_id=pk, change=Rejudgement(feedback="Curt."))

    event = AuditEvent.objects.get(action="feedback.set", entity_id=pk)
    assert (event.before, event.after) == ('{"feedback":"Kind."}', '{"feedback":"Curt."}')


def test_move_and_score_are_one_change() -> None:
    access = prem()
    pk = created(access, score=Decimal("0.5"))
    change = Rejudgement(score=Decimal(1), project_id=uuid7())

    with pytest.raises(NotFound):
        judged_traces.update(access=access, trace_id=pk, change=change)

    assert Trace.objects.get(pk=pk).score == Decimal("0.5")
