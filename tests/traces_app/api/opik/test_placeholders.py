"""Base64 that the SDK sent as a file is put back where it was."""

import base64
import json
from typing import Any

import pytest
from django.core.files.storage import storages
from django.test import override_settings

from tests import factories
from tests.traces_app.api.opik.client import Opik, trace
from traces_app.access import Access
from traces_app.api.opik.serializers import placeholders
from traces_app.models import Attachment, EntityType, Role, Trace, Workspace

pytestmark = pytest.mark.django_db
NAME = "input-attachment-1-1704067200000-sdk.png"
CONTENT = b"\x89PNG some content"
CODED = base64.b64encode(CONTENT).decode()
URI = f"data:image/png;base64,{CODED}"


@pytest.fixture
def access(db: None) -> Access:
    return factories.access()


def stored(access: Access, document: Any, name: str = NAME, mime: str = "image/png") -> Trace:
    """A trace with ``document`` as its input, and a file of that name."""
    made = factories.trace(access, input=json.dumps(document))
    attach(access, made, name, mime)
    return made


def attach(access: Access, made: Trace, name: str = NAME, mime: str = "image/png") -> None:
    row = factories.attachment(access, made, CONTENT, name)
    Attachment.objects.filter(pk=row.pk).update(mime_type=mime)


def filled(*traces: Trace) -> list[Any]:
    """The inputs of ``traces`` as they are read."""
    rows = [{"id": each.pk, "project_id": each.project_id, "input": each.input} for each in traces]
    placeholders.fill(EntityType.TRACE, rows)
    return [json.loads(str(row["input"])) for row in rows]


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({"image": f"[{NAME}]"}, {"image": URI}),
        ({"url": {"url": f"[{NAME}]"}, "n": 1.50}, {"url": {"url": URI}, "n": 1.5}),
        ([f"see [{NAME}]!", f"[{NAME}][{NAME}]"], [f"see {URI}!", URI + URI]),
        (f"[{NAME}]", URI),
        ({"image": f"data:image/png;base64,[{NAME}]"}, {"image": URI}),
        (
            {"source": {"type": "base64", "media_type": "image/png", "data": f"[{NAME}]"}},
            {"source": {"type": "base64", "media_type": "image/png", "data": CODED}},
        ),
        (
            {"input_audio": {"data": f"[{NAME}]", "format": "wav"}},
            {"input_audio": {"data": CODED, "format": "wav"}},
        ),
        (
            {"inline_data": {"data": f"[{NAME}]", "mimeType": "x/y"}},
            {"inline_data": {"data": CODED, "mimeType": "x/y"}},
        ),
        ({"b64_json": f"[{NAME}]"}, {"b64_json": CODED}),
        ({"data": f"[{NAME}]"}, {"data": URI}),
        (
            {"image": "[input-attachment-2-17-sdk.png]"},
            {"image": "[input-attachment-2-17-sdk.png]"},
        ),
        ({"image": f"({NAME})"}, {"image": f"({NAME})"}),
    ],
)
def test_files_go_where_their_placeholders_are(access: Access, sent: Any, read: Any) -> None:
    assert filled(stored(access, sent)) == [read]


def test_placeholders_of_opik_itself_are_known_too(access: Access) -> None:
    name = "input-attachment-1-1704067200000.png"

    assert filled(stored(access, {"image": f"[{name}]"}, name)) == [{"image": URI}]


def test_type_that_no_json_could_hold_is_left_out(access: Access) -> None:
    made = stored(access, {"image": f"[{NAME}]"}, mime='image/png"}<x>')

    assert filled(made) == [{"image": f"data:application/octet-stream;base64,{CODED}"}]


def test_file_of_another_trace_is_not_put_in(access: Access) -> None:
    one = stored(access, {})
    other = factories.trace(access, input=json.dumps({"image": f"[{NAME}]"}))

    assert filled(one, other) == [{}, {"image": f"[{NAME}]"}]


def test_file_that_is_gone_leaves_its_placeholder(access: Access) -> None:
    made = stored(access, {"image": f"[{NAME}]"})
    storages["attachments"].delete(Attachment.objects.get().storage_name)

    assert filled(made) == [{"image": f"[{NAME}]"}]


@override_settings(ATTACHMENT_INLINE_LIMIT=3 * len(CONTENT) + 1)
def test_answer_takes_a_bounded_number_of_bytes_each_time_counted(access: Access) -> None:
    made = [stored(access, [f"[{NAME}]", f"[{NAME}]"]) for _ in range(2)]

    assert filled(*made) == [[URI, URI], [URI, f"[{NAME}]"]]


def test_one_query_for_many_rows_and_none_without_placeholders(
    access: Access, django_assert_num_queries: Any
) -> None:
    made = [stored(access, {"image": f"[{NAME}]"}) for _ in range(5)]
    plain = factories.trace(access, input='{"q":1}')

    with django_assert_num_queries(1):
        filled(*made, plain)
    with django_assert_num_queries(0):
        filled(plain)


def test_every_read_of_traces_puts_files_back_unless_told_otherwise(
    opik: Opik, workspace: Workspace
) -> None:
    sent = trace(input={"image": f"[{NAME}]"})
    opik.post("/traces", sent)
    attach(factories.access(workspace, Role.OWNER), Trace.objects.get())
    pk, project = sent["id"], "rec proj"

    def inputs(**flags: Any) -> list[Any]:
        query = {name: str(value).lower() for name, value in flags.items()}
        found = opik.post("/traces/search", {"project_name": project} | flags)
        return [
            opik.get(f"/traces/{pk}", **query).json()["input"],
            opik.get("/traces", project_name=project, **query).json()["content"][0]["input"],
            json.loads(b"".join(found.streaming_content))["input"],
        ]

    assert inputs() == [{"image": URI}] * 3
    assert inputs(strip_attachments=True) == [{"image": f"[{NAME}]"}] * 3
    assert inputs(truncate=True)[1:] == [{"image": f"[{NAME}]"}] * 2


def test_messages_of_threads_get_the_files_of_their_traces(access: Access) -> None:
    said = [{"image": f"[{NAME}]"}, {"image": f"[{NAME.replace('input', 'output')}]"}]
    first = factories.trace(access, thread_id="t", input=json.dumps(said[0]))
    last = factories.trace(
        access, thread_id="t", output=json.dumps(said[1]), end_time=factories.at(9)
    )
    attach(access, first)
    attach(access, last, NAME.replace("input", "output"))
    opik = Opik(factories.key(Workspace.objects.get()))
    project = str(first.project_id)

    [found] = opik.get("/traces/threads", project_id=project).json()["content"]
    [stripped] = opik.get("/traces/threads", project_id=project, strip_attachments="true").json()[
        "content"
    ]

    assert (found["first_message"], found["last_message"]) == ({"image": URI}, {"image": URI})
    assert [stripped["first_message"], stripped["last_message"]] == said
