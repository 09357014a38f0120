"""Traces of every origin as Prem prints them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from tests import factories
from tests.traces_app.api.prem.studio import studio
from traces_app.access import Access
from traces_app.api.prem.representation import TraceRead, default_project_id, represent
from traces_app.models import Project, Span, Trace
from traces_app.services import traces
from traces_app.services.sent_traces import SentTrace

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 23, 12, 16, tzinfo=UTC)


def ingested(access: Access, project: str | None = None, **values: Any) -> UUID:
    pk = uuid7()
    traces.ingest(access=access, sent=[SentTrace(pk, NOW, NOW, project, values)])
    return pk


def printed(access: Access, pk: UUID) -> TraceRead:
    visible = Trace.objects.visible_to(access).filter(pk=pk)
    return represent(visible, access=access, unassigned=default_project_id(access))[0]


def span(access: Access, trace_id: UUID, **fields: Any) -> None:
    home = Trace.objects.get(pk=trace_id).project_id
    Span.objects.create(
        id=uuid7(),
        project_id=home,
        sent_project_id=home,
        trace_id=trace_id,
        start_time=NOW,
        created_at=NOW,
        created_by_id=access.author_id,
        last_updated_at=NOW,
        last_updated_by_id=access.author_id,
        **fields,
    )


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ('"plain"', "plain"),
        ('"a \\"b\\" \\n ü"', 'a "b" \n ü'),
        ('{"a": [1, 2],  "b": "x y"}', '{"a":[1,2],"b":"x y"}'),
        ("[ ]", "[]"),
        ("1.50", "1.50"),
        (None, ""),
    ],
)
def test_strings_print_as_themselves_and_all_else_as_compact_json(
    stored: str | None, text: str
) -> None:
    access = factories.access()

    trace = printed(access, ingested(access, input=stored, output=stored))

    assert (trace.input, trace.output) == (text, text)


def test_deepest_json_is_printed() -> None:
    access = factories.access()
    deepest = "[" * 500 + "]" * 500

    assert printed(access, ingested(access, input=deepest)).input == deepest


def test_model_is_the_traces_own_before_all_others() -> None:
    access = factories.access()
    pk = ingested(access, model_id="own", metadata='{"model": "named"}')
    span(access, pk, type="llm", model="of a span")

    assert printed(access, pk).model_id == "own"


def test_model_of_the_last_llm_span_stands_in() -> None:
    access = factories.access()
    pk = ingested(access, metadata='{"model": "named"}')
    span(access, pk, type="llm", model="first")
    span(access, pk, type="llm", model="last")
    span(access, pk, type="llm", model=None)
    span(access, pk, type="tool", model="no")

    assert printed(access, pk).model_id == "last"


@pytest.mark.parametrize(
    ("metadata", "model"),
    [
        ('{"model": "named"}', "named"),
        ('{"model": {"a": 1}}', ""),
        ('["model"]', ""),
        ('{"a": {"model": "x"}}', ""),
        (None, ""),
    ],
)
def test_model_that_metadata_names_comes_last(metadata: str | None, model: str) -> None:
    access = factories.access()

    assert printed(access, ingested(access, metadata=metadata)).model_id == model


def test_default_project_prints_as_null_and_others_by_id() -> None:
    access = factories.access()
    unassigned, assigned = ingested(access), ingested(access, "Support")

    assert printed(access, unassigned).project_id is None
    assert printed(access, assigned).project_id == Project.objects.get(name="Support").pk


def test_default_project_sent_by_its_id_prints_as_null() -> None:
    workspace = factories.workspace()
    prem = studio(workspace)
    prem.create()
    default = Project.objects.get(workspace=workspace)

    pk = prem.create(projectId=str(default.pk))

    assert prem.read("get", f"traces/{pk}")["projectId"] is None


def test_conversation_is_the_thread() -> None:
    access = factories.access()

    assert printed(access, ingested(access, thread_id="t-1")).conversation_id == "t-1"


def test_list_finds_by_the_model_that_it_prints() -> None:
    workspace = factories.workspace()
    access, prem = factories.access(workspace), studio(workspace)
    of_span = ingested(access)
    span(access, of_span, type="llm", model="m-span")
    of_metadata = ingested(access, metadata='{"model": "m-named"}')
    ingested(access)

    found = prem.read("get", "traces", modelIds="m-span,m-named")

    assert [trace["id"] for trace in found["results"]] == [str(of_metadata), str(of_span)]
