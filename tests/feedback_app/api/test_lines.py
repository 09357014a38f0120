import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from uuid_utils.compat import uuid7

from feedback_app.api import lines
from feedback_app.services.imports import Row
from tests import factories
from traces_app.errors import Refusal
from traces_app.models import VERDICT, EntityType, Workspace
from traces_app.services import scores, traces
from traces_app.services.scores import Said
from traces_app.services.sent_traces import SentTrace

START = datetime(2026, 11, 1, 10, tzinfo=UTC)

ID = "0193f2a7-0000-7000-8000-00000000c41e"
OPIK: dict[str, Any] = {"id": ID, "start_time": "2026-11-01T10:00:00Z", "name": "turn"}
PREM: dict[str, Any] = {"modelId": "mistral-small", "input": "Hello", "output": "Good day"}


def row_of(value: object) -> Row:
    return lines.row_of(json.dumps(value).encode())


def reasons(sent: bytes) -> dict[int, str]:
    found = lines.read(io.BytesIO(sent))
    return {line.number: line.reason for line in found if line.row is None and line.reason}


def test_opik_trace_is_taken_as_the_api_takes_it() -> None:
    row = row_of({**OPIK, "input": {"q": "ü"}, "tags": ["a", "a"]})

    assert str(row.sent.id) == ID
    assert row.sent.start_time == datetime(2026, 11, 1, 10, tzinfo=UTC)
    assert row.sent.values["tags"] == '["a"]'


def test_opik_trace_brings_its_scores() -> None:
    scores = [{"name": "Grounded", "value": 0.25, "reason": "half of it", "created_by": "x"}]

    row = row_of({**OPIK, "feedback_scores": scores})

    said = [(score.name, score.value, score.source, score.reason) for score in row.said]
    assert said == [("Grounded", Decimal("0.25"), "sdk", "half of it")]


@pytest.mark.parametrize("name", ["modelId", "model_id"])
def test_prem_trace_is_taken_in_both_spellings(name: str) -> None:
    row = row_of({name: "mistral-small", "input": "Hello", "output": "Good day", "score": 0.5})

    assert row.sent.values["model_id"] == "mistral-small"
    assert (row.sent.values["input"], row.sent.values["output"]) == ('"Hello"', '"Good day"')
    assert [(score.name, score.value) for score in row.said] == [(VERDICT, Decimal("0.5"))]


def test_prem_export_keeps_its_time_id_and_conversation() -> None:
    created = "2026-11-01T10:00:00Z"

    row = row_of({**PREM, "id": ID, "createdAt": created, "conversationId": "c-1", "score": None})

    assert str(row.sent.id) == ID
    assert row.sent.start_time == row.sent.values["end_time"] == datetime.fromisoformat(created)
    assert row.sent.values["thread_id"] == "c-1"


def test_prem_id_of_another_version_becomes_one_of_version_7_each_time_the_same() -> None:
    sent = {**PREM, "id": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "createdAt": "2026-11-01"}

    first, second = row_of(sent).sent.id, row_of(sent).sent.id

    assert first == second
    assert first.version == 7
    assert first.int >> 80 == int(datetime(2026, 11, 1, tzinfo=UTC).timestamp() * 1000)


def test_feedback_without_a_score_stands_alone() -> None:
    row = row_of({**PREM, "feedback": "too short"})

    assert (row.said, row.feedback) == ([], "too short")


def test_input_with_other_keys_of_the_same_name_does_not_confuse_the_shapes() -> None:
    row = row_of({**OPIK, "input": {"modelId": "x"}, "metadata": {"model_id": "y"}})

    assert "model_id" not in row.sent.values


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({**PREM, "createdAt": "0001-01-01T00:00:00+14:00"}, "createdAt must be after"),
        ({**PREM, "conversationId": "c" * 1001}, "conversationId size must be between 0 and 1000"),
        ({"input": "a"}, "neither Opik's start_time nor Prem's modelId"),
        ({**OPIK, "id": "7c9e6679-7425-40de-944b-e07fc1f90ae7"}, "Invalid UUID for id"),
        ({**OPIK, "start_time": "yesterday"}, "start_time"),
        ({**OPIK, "feedback_scores": [{"name": "x"}]}, r"feedback_scores\[0\].value must not"),
        ({**PREM, "output": ""}, "output"),
        ({**PREM, "score": 1.5}, "score"),
        ({**PREM, "feedback": "x" * 2049}, "2048"),
        ({**PREM, "createdAt": "once"}, "createdAt is no date"),
        ({**PREM, "id": "12"}, "id is no UUID"),
        ([OPIK], "array"),
    ],
)
def test_what_the_apis_refuse_is_refused_with_its_reason(sent: object, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        row_of(sent)


def test_unreadable_lines_are_told_apart_by_number_and_reason() -> None:
    deep = b'{"start_time":"2026-11-01T10:00:00Z","input":' + b"[" * 501 + b"]" * 501 + b"}"
    sent = [b'{"start_time":', b"\xff\xfe", deep, deep[:-502] + b"[" * 200_000]

    found = reasons(b"\n".join([json.dumps(OPIK).encode(), *sent]))

    assert list(found) == [2, 3, 4, 5]
    assert found[2] == "Unable to process JSON. Expecting value at column 15"
    assert "not valid UTF-8" in found[3]
    assert "500 levels" in found[4]
    assert "500 levels" in found[5]


def test_reason_says_what_an_id_must_be() -> None:
    sent = json.dumps({**OPIK, "id": "7c9e6679-7425-40de-944b-e07fc1f90ae7"}).encode()

    assert reasons(sent) == {1: "Trace id must be a version 7 UUID"}


def test_nan_and_lone_surrogates_pass_as_they_do_through_the_api() -> None:
    start = b'{"start_time":"2026-11-01T10:00:00Z","output":'

    rows = [lines.row_of(start + end) for end in (b"NaN}", b'{"a":NaN}}', b'"\\ud800"}')]

    assert [row.sent.values["output"] for row in rows] == [None, '{"a":null}', '"\ufffd"']


def test_line_that_is_too_long_is_skipped_and_the_next_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lines, "MAX_LINE", 1024 * 1024)
    sent = b'"' + b"x" * 3_000_000 + b'"\n' + json.dumps(OPIK).encode()

    found = list(lines.read(io.BytesIO(sent)))

    assert [line.number for line in found] == [1, 2]
    assert found[0].reason == "It is longer than 1 MiB."
    assert found[1].row is not None
    assert sum(line.size for line in found) == len(sent)


def test_blank_lines_windows_ends_and_a_byte_order_mark_are_no_errors() -> None:
    one = json.dumps(OPIK).encode()

    found = list(lines.read(io.BytesIO(b"\xef\xbb\xbf" + one + b"\r\n\r\n" + one + b"\r\n")))

    assert [line.row is not None for line in found] == [True, False, True]
    assert [line.reason for line in found] == ["", "", ""]


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", ["/api/v1/private/traces?project_name=p", "/api/v1/traces"])
def test_what_either_api_prints_can_be_imported(client: Client, prefix: str) -> None:
    access = factories.access(factories.workspace("w"))
    values = {"input": '{"a":1}', "output": '"b"', "model_id": "m"}
    sent = SentTrace(uuid7(), START, START, "p", values)
    traces.ingest(access=access, sent=[sent])
    said = Said(sent.id, VERDICT, Decimal("0.25"), "ui", "why")
    scores.record(access=access, entity_type=EntityType.TRACE, said=[said])
    key = factories.key(Workspace.objects.get(name="w"))

    answer = client.get(prefix, headers={"Authorization": f"Bearer {key}"}).json()
    row = row_of(next(iter(answer.get("content") or answer["results"])))

    assert row.sent.id == sent.id
    assert row.sent.values["output"] == '"b"'
    assert [(s.name, s.value, s.reason) for s in row.said] == [(VERDICT, Decimal("0.25"), "why")]


def test_empty_file_has_no_lines() -> None:
    assert list(lines.read(io.BytesIO(b""))) == []
