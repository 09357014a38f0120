"""Files that the SDK attaches, and base64 that it takes out, come back as they were sent."""

import base64
import json
import logging
import os
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import opik
import pytest
from opik.api_objects.attachment.client import AttachmentClient

from tests.servers import Server, wait_until

pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("default")]

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ABOVE = 300_000
"""More bytes than the SDK leaves in a run."""


@pytest.fixture
def files(client: opik.Opik) -> AttachmentClient:
    return client.get_attachment_client()


def listed(
    files: AttachmentClient, project: str, kind: Any, entity_id: str
) -> dict[str, tuple[int, str]]:
    """What is listed, as name: (size, type)."""
    found = files.get_attachment_list(project, entity_id, kind)
    return {each.file_name: (each.file_size, each.mime_type) for each in found}


def downloaded(
    files: AttachmentClient, project: str, kind: Any, entity_id: str, name: str, mime: str
) -> bytes:
    return b"".join(files.download_attachment(project, kind, entity_id, name, mime))


def picture(size: int) -> bytes:
    """A PNG of about ``size`` bytes: what follows its end is ignored by those who show it."""
    return PNG + os.urandom(size)


def ours(value: Any) -> Any:
    """A copy to hand over: the SDK writes its placeholders into what it is given."""
    return deepcopy(value)


def data_uri(content: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def test_bytes_files_and_base64_come_back_from_traces_and_spans(
    client: opik.Opik, files: AttachmentClient, project: str, tmp_path: Path
) -> None:
    path = tmp_path / "Straße 🎉.txt"
    path.write_bytes(b"hello" * 100)
    coded = base64.b64encode(b"coded").decode()
    trace = client.trace(
        name="with files",
        attachments=[
            opik.Attachment(data=str(path)),
            opik.Attachment(data=b"raw bytes", file_name="raw.bin"),
        ],
    )
    span = trace.span(
        name="step",
        attachments=[opik.Attachment(data=coded, file_name="c.csv", content_type="text/csv")],
    )
    client.flush()

    assert listed(files, project, "trace", trace.id) == {
        "Straße 🎉.txt": (500, "text/plain"),
        "raw.bin": (9, "application/octet-stream"),
    }
    assert listed(files, project, "span", span.id) == {"c.csv": (5, "text/csv")}
    text = downloaded(files, project, "trace", trace.id, "Straße 🎉.txt", "text/plain")
    assert text == b"hello" * 100
    assert downloaded(files, project, "span", span.id, "c.csv", "text/csv") == b"coded"


def test_links_lead_to_the_server_that_was_called(
    client: opik.Opik, files: AttachmentClient, project: str, server: Server
) -> None:
    trace = client.trace(name="t", attachments=[opik.Attachment(data=b"x", file_name="x.txt")])
    client.flush()

    (found,) = files.get_attachment_list(project, trace.id, "trace")

    assert (found.link or "").startswith(f"{server.base_url}/api/")
    assert urlsplit(found.link or "").path == "/api/v1/private/attachment/download"


@pytest.mark.parametrize("size", [1, 8 * 1024 * 1024 - 1, 8 * 1024 * 1024 + 1, 20_000_000])
def test_files_of_any_size_are_uploaded_by_the_attachments_client(
    client: opik.Opik, files: AttachmentClient, project: str, tmp_path: Path, size: int
) -> None:
    content = os.urandom(size)
    path = tmp_path / "some.bin"
    path.write_bytes(content)
    trace = client.trace(name="sized")
    client.flush()

    files.upload_attachment(project, "trace", trace.id, str(path), mime_type="application/x-some")

    kind = "application/x-some"
    assert downloaded(files, project, "trace", trace.id, "some.bin", kind) == content


def test_another_upload_of_the_same_name_replaces_the_file(
    client: opik.Opik, files: AttachmentClient, project: str, tmp_path: Path
) -> None:
    path = tmp_path / "report.txt"
    trace = client.trace(name="t")
    client.flush()
    for text in (b"first", b"the second"):
        path.write_bytes(text)
        files.upload_attachment(project, "trace", trace.id, str(path))

    assert listed(files, project, "trace", trace.id) == {"report.txt": (10, "text/plain")}
    again = downloaded(files, project, "trace", trace.id, "report.txt", "text/plain")
    assert again == b"the second"


def test_base64_in_a_run_is_taken_out_and_put_back(
    client: opik.Opik, files: AttachmentClient, project: str
) -> None:
    image, second = data_uri(picture(ABOVE)), data_uri(picture(ABOVE))
    pdf = data_uri(b"%PDF-1.7 " + os.urandom(ABOVE), "application/pdf")
    sent = {"question": "What is it?", "image": image, "deep": [{"image_url": {"url": second}}]}
    runs = {"input": sent, "output": {"file": pdf}, "metadata": {"shot": image}}
    trace = client.trace(name="t", end_time=datetime.now(UTC), **ours(runs))
    client.flush()
    wait_until(lambda: len(listed(files, project, "trace", trace.id)) == 4)

    read = client.get_trace_content(trace.id)

    assert {name: getattr(read, name) == value for name, value in runs.items()} == dict.fromkeys(
        runs, True
    )


def test_base64_in_a_span_is_taken_out_and_put_back(
    client: opik.Opik, files: AttachmentClient, project: str
) -> None:
    sent = {"image": data_uri(picture(ABOVE))}
    trace = client.trace(name="t", input={"q": 1})
    span = trace.span(name="s")
    span.end(output=ours(sent))
    client.flush()
    wait_until(lambda: len(listed(files, project, "span", span.id)) == 1)

    read = client.get_span_content(span.id)

    assert read.output == sent


def test_lists_and_searches_put_base64_back_only_when_nothing_is_to_be_cut(
    client: opik.Opik, files: AttachmentClient, project: str
) -> None:
    sent = {"image": data_uri(picture(ABOVE))}
    trace = client.trace(name="t", input=ours(sent), end_time=datetime.now(UTC))
    client.flush()
    wait_until(lambda: len(listed(files, project, "trace", trace.id)) == 1)
    traces = client.rest_client.traces

    whole = client.search_traces(project_name=project, truncate=False)
    cut = client.search_traces(project_name=project, truncate=True)
    page = traces.get_traces_by_project(project_name=project)
    stripped = traces.get_trace_by_id(trace.id, strip_attachments=True)

    assert [each.input for each in (whole[0], (page.content or [])[0])] == [sent, sent]
    for each in (cut[0], stripped):
        assert json.dumps(each.input).startswith('{"image": "[input-attachment-')


def test_sdk_logs_no_error_about_files(client: opik.Opik, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="opik"):
        client.trace(name="t", attachments=[opik.Attachment(data=b"x", file_name="a b&c.txt")])
        client.flush()

    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_files_of_a_deleted_trace_are_gone_from_the_disk(
    client: opik.Opik, project: str, server: Server
) -> None:
    content = os.urandom(5000)
    trace = client.trace(name="t", attachments=[opik.Attachment(data=content, file_name="f")])
    client.flush()

    def kept() -> bool:
        found = (server.folder / "attachments").rglob("*")
        return any(path.read_bytes() == content for path in found if path.is_file())

    assert kept()
    client.rest_client.traces.delete_trace_by_id(trace.id)

    wait_until(lambda: not kept())
