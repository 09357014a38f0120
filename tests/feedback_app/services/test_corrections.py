import json
from uuid import UUID

import pytest
from django.utils import timezone
from uuid_utils.compat import uuid7

from feedback_app.models import Correction, CorrectionVersion
from feedback_app.services import corrections
from tests import factories
from traces_app.access import Access
from traces_app.errors import Conflict, Forbidden, NotFound
from traces_app.models import AuditEvent, Role, Workspace
from traces_app.services import traces
from traces_app.services.sent_traces import SentTrace

pytestmark = pytest.mark.django_db


def trace(access: Access) -> UUID:
    sent = SentTrace(uuid7(), timezone.now(), timezone.now())
    traces.create(access=access, sent=sent)
    return sent.id


def test_correction_is_stored_and_submitted() -> None:
    access = factories.access()

    stored = corrections.submit(access=access, trace_id=trace(access), output={"a": "b\u00fc"})

    assert Correction.objects.submitted().get() == stored
    assert stored.output == '{"a":"bü"}'


def test_second_one_replaces_the_authors_first_and_is_on_record() -> None:
    access = factories.access()
    trace_id = trace(access)
    corrections.submit(access=access, trace_id=trace_id, output="one")

    corrections.submit(access=access, trace_id=trace_id, output="two")

    event = AuditEvent.objects.filter(action="correction.submit").latest("id")
    assert Correction.objects.get().output == '"two"'
    assert json.loads(event.before) == {"output": '"one"'}


def test_two_people_may_each_have_one() -> None:
    workspace: Workspace = factories.workspace()
    access, other = factories.access(workspace), factories.access(workspace)
    trace_id = trace(access)

    corrections.submit(access=access, trace_id=trace_id, output="one")
    corrections.submit(access=other, trace_id=trace_id, output="two")

    assert Correction.objects.count() == 2


def test_strangers_find_nothing_and_viewers_only_read() -> None:
    workspace = factories.workspace()
    trace_id = trace(factories.access(workspace))

    with pytest.raises(NotFound):
        corrections.submit(access=factories.access(), trace_id=trace_id, output="x")
    with pytest.raises(Forbidden):
        corrections.submit(
            access=factories.access(workspace, Role.VIEWER), trace_id=trace_id, output="x"
        )


def test_the_same_one_twice_is_one() -> None:
    access = factories.access()
    trace_id = trace(access)
    corrections.submit(access=access, trace_id=trace_id, output="one")

    corrections.submit(access=access, trace_id=trace_id, output="one")

    assert CorrectionVersion.objects.count() == 1
    assert AuditEvent.objects.filter(action="correction.submit").count() == 1


def test_draft_is_kept_and_ends_with_the_submit() -> None:
    access = factories.access()
    trace_id = trace(access)

    corrections.keep_draft(access=access, trace_id=trace_id, text="half a th\0ought")
    assert Correction.objects.get().draft == "half a th\ufffdought"
    assert not Correction.objects.submitted().exists()
    corrections.submit(access=access, trace_id=trace_id, output="a thought")

    assert Correction.objects.get().draft is None


def test_draft_thrown_away_leaves_what_was_submitted() -> None:
    access = factories.access()
    trace_id = trace(access)
    corrections.submit(access=access, trace_id=trace_id, output="one")
    corrections.keep_draft(access=access, trace_id=trace_id, text="two")

    corrections.keep_draft(access=access, trace_id=trace_id, text=None)

    left = Correction.objects.get()
    assert (left.output, left.draft) == ('"one"', None)


def test_first_draft_thrown_away_leaves_nothing() -> None:
    access = factories.access()
    trace_id = trace(access)
    corrections.keep_draft(access=access, trace_id=trace_id, text="one")

    corrections.keep_draft(access=access, trace_id=trace_id, text=None)

    assert not Correction.objects.exists()


def test_undo_goes_back_one_submit_at_a_time() -> None:
    access = factories.access()
    trace_id = trace(access)
    for words in ("one", "two"):
        corrections.submit(access=access, trace_id=trace_id, output=words)

    back = corrections.undo(access=access, trace_id=trace_id)
    assert back is not None
    assert back.output == '"one"'
    assert corrections.undo(access=access, trace_id=trace_id) is None

    assert not Correction.objects.exists()
    assert AuditEvent.objects.filter(action="correction.undo").count() == 2


def test_undo_takes_back_ones_own_alone() -> None:
    workspace = factories.workspace()
    access, other = factories.access(workspace), factories.access(workspace)
    trace_id = trace(access)
    corrections.submit(access=other, trace_id=trace_id, output="theirs")

    with pytest.raises(Conflict):
        corrections.undo(access=access, trace_id=trace_id)

    assert Correction.objects.get().author_id == other.author_id
