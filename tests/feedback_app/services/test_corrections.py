import json
from uuid import UUID

import pytest
from django.utils import timezone
from uuid_utils.compat import uuid7

from feedback_app.models import Correction
from feedback_app.services import corrections
from tests import factories
from traces_app.access import Access
from traces_app.errors import Forbidden, NotFound
from traces_app.models import AuditEvent, Role, Workspace
from traces_app.services import traces

pytestmark = pytest.mark.django_db


def trace(access: Access) -> UUID:
    sent = traces.SentTrace(uuid7(), timezone.now(), timezone.now())
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
