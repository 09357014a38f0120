"""What traces are called where several of them are listed."""

import pytest

from feedback_app.focus.titles import of_traces
from tests import factories
from traces_app.models import Trace

pytestmark = pytest.mark.django_db


def test_traces_are_called_by_name_and_namesakes_by_what_was_asked() -> None:
    owner = factories.access(factories.workspace())
    told = [("refund", "Where is it?"), ("answer", "One"), ("answer", "Two"), (None, "Three")]
    traces = [factories.trace(owner, name=name, input=f'"{asked}"') for name, asked in told]

    called = of_traces(Trace.objects.all(), 60)
    paired = of_traces(Trace.objects.all(), 60, [each.pk for each in traces])

    assert [called[each.pk] for each in traces] == ["refund", "One", "Two", "Three"]
    assert [paired[each.pk] for each in traces] == ["Where is it?", "One", "Two", "Three"]


def test_namesakes_without_an_input_keep_their_name_or_id() -> None:
    owner = factories.access(factories.workspace())
    traces = [factories.trace(owner, name=name, input=None) for name in ("answer", "answer", None)]

    called = of_traces(Trace.objects.all(), 60)

    assert [called[each.pk] for each in traces] == ["answer", "answer", str(traces[2].pk)]
