"""Bodies that are malformed, odd, too large or sent in odd ways."""

import gzip
import io
import json
from contextlib import ExitStack
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from tests.traces_app.api.opik.client import Opik, trace
from traces_app.api import bodies
from traces_app.models import Trace

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("body", [b"", b"{", b"[1,", b"null", b"[]", b'"x"', b"\xff\xfe{}", b"{}x"])
def test_malformed_body_is_400_in_opiks_form(opik: Opik, body: bytes) -> None:
    response = opik.raw("POST", "/traces/batch", body)

    assert response.status_code == 400
    assert response.json()["code"] == 400
    assert response.json()["message"].startswith("Unable to process JSON.")


def _odd_batch() -> tuple[bytes, list[dict[str, Any]]]:
    traces = [trace(name=f"t{number}") for number in range(1000)]
    traces[1]["input"] = {"text": "Где мой заказ?"}
    traces[2]["input"] = {"text": "thanks 🎉"}
    traces[3]["input"] = {"number": float("nan"), "other": float("inf")}
    traces[4]["input"] = {"text": "before\x00after"}
    traces[5]["input"] = {"text": "half \ud83d a pair"}
    traces[6]["name"] = "name\x00with\ud83dodd"
    body = json.dumps({"traces": traces})
    return body.replace('"m": 1', '"m": 1, "m": 2', 1).encode(), traces


def test_batch_with_one_odd_trace_of_each_kind_is_stored_whole(opik: Opik) -> None:
    body, traces = _odd_batch()

    response = opik.raw("POST", "/traces/batch", body)

    assert response.status_code == 204
    assert Trace.objects.count() == 1000
    read = [opik.get(f"/traces/{sent['id']}").json() for sent in traces[:7]]
    assert read[0]["metadata"] == {"m": 2}
    assert read[1]["input"] == traces[1]["input"]
    assert read[2]["input"] == traces[2]["input"]
    assert read[3]["input"] == {"number": None, "other": None}
    assert read[4]["input"] == {"text": "before\ufffdafter"}
    assert read[5]["input"] == {"text": "half \ufffd a pair"}
    assert read[6]["name"] == "name\ufffdwith\ufffdodd"


@pytest.mark.parametrize(
    ("clause", "total"),
    [
        ({"field": "input", "operator": "contains", "value": "ЗАКАЗ"}, 1),
        ({"field": "input", "operator": "contains", "value": "🎉"}, 1),
        ({"field": "input", "operator": "contains", "value": "before"}, 1),
        ({"field": "input_json", "key": "text", "operator": "ends_with", "value": "a pair"}, 1),
        ({"field": "input_json", "key": "number", "operator": "is_empty", "value": ""}, 1000),
        ({"field": "input_json", "key": "q", "operator": "=", "value": "HELLO"}, 995),
        ({"field": "metadata", "key": "m", "operator": ">", "value": "1"}, 1),
        ({"field": "metadata", "key": "m", "operator": "=", "value": "1"}, 999),
        ({"field": "name", "operator": "=", "value": "T999"}, 1),
        ({"field": "tags", "operator": "contains", "value": "A"}, 1000),
        ({"field": "duration", "operator": "=", "value": "1000"}, 1000),
        ({"field": "feedback_scores", "key": "x", "operator": "is_empty", "value": ""}, 1000),
    ],
)
def test_filters_work_after_odd_traces(opik: Opik, clause: dict[str, str], total: int) -> None:
    body, _ = _odd_batch()
    opik.raw("POST", "/traces/batch", body)

    page = opik.get("/traces", project_name="rec proj", filters=json.dumps([clause]), size="1")

    assert page.status_code == 200
    assert page.json()["total"] == total


def test_invalid_utf8_anywhere_refuses_the_whole_request(opik: Opik) -> None:
    body = json.dumps({"traces": [trace(), trace(name="MARK")]}).encode()

    response = opik.raw("POST", "/traces/batch", body.replace(b"MARK", b"\xc3\x28"))

    assert response.status_code == 400
    assert not Trace.objects.exists()


@pytest.mark.parametrize("levels", [501, 5_000, 100_000])
def test_too_many_levels_refuse_the_whole_request(opik: Opik, levels: int) -> None:
    body = json.dumps({"traces": [trace(), trace(input="DEEP")]})
    deep = "[" * levels + "]" * levels

    response = opik.raw("POST", "/traces/batch", body.replace('"DEEP"', deep).encode())

    assert response.status_code == 400
    assert "500 levels" in response.json()["message"]
    assert not Trace.objects.exists()


@pytest.mark.parametrize("escape", ["", '"\\u00fc",'])
def test_500_levels_are_stored(opik: Opik, escape: str) -> None:
    sent = trace(input="DEEP")
    deep = "[" * 500 + escape.rstrip(",") + "]" * 500

    response = opik.raw("POST", "/traces", json.dumps(sent).replace('"DEEP"', deep).encode())

    assert response.status_code == 201
    assert opik.get(f"/traces/{sent['id']}").status_code == 200


@override_settings(API_BODY_LIMIT=1000)
def test_body_over_the_limit_is_413_in_opiks_form(opik: Opik) -> None:
    response = opik.post("/traces", trace(input="x" * 2000))

    assert response.status_code == 413
    assert response.json()["code"] == 413


@override_settings(API_INFLATED_LIMIT=10_000)
def test_gzip_bomb_is_413(opik: Opik) -> None:
    response = opik.gzipped("POST", "/traces", trace(input="x" * 1_000_000))

    assert response.status_code == 413


def test_50_megabytes_pass(opik: Opik) -> None:
    sent = trace(input="x" * 50_000_000)

    response = opik.post("/traces/batch", {"traces": [sent]})

    assert response.status_code == 204


@pytest.mark.parametrize(
    "packed", [b"no gzip", gzip.compress(b'{"a": 1}')[:-9]], ids=["no gzip", "cut short"]
)
def test_broken_gzip_is_400(opik: Opik, packed: bytes) -> None:
    response = opik.raw("POST", "/traces", packed, **{"Content-Encoding": "gzip"})

    assert response.status_code == 400


def test_gzip_of_several_members_is_read_whole(opik: Opik) -> None:
    body = json.dumps(trace()).encode()
    packed = gzip.compress(body[:40]) + gzip.compress(body[40:])

    response = opik.raw("POST", "/traces", packed, **{"Content-Encoding": "gzip"})

    assert response.status_code == 201


def test_unknown_encoding_is_415(opik: Opik) -> None:
    response = opik.raw("POST", "/traces", b"{}", **{"Content-Encoding": "br"})

    assert response.status_code == 415
    assert response.json()["code"] == 415


def test_form_body_is_415(opik: Opik) -> None:
    response = opik.http.post("/api/v1/private/traces", {"a": 1}, headers=opik.headers)

    assert response.status_code == 415
    assert response.json()["code"] == 415


class _Breaking(io.BytesIO):
    """What the server hands over when a chunk has no size, or the client goes."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise OSError("Invalid chunk size")


def test_body_that_breaks_off_is_400(opik: Opik) -> None:
    headers = opik.headers | {"Transfer-Encoding": "chunked"}
    server: dict[str, Any] = {"wsgi.input": _Breaking(), "wsgi.input_terminated": True}

    sent = opik.http.generic("POST", f"{opik.prefix}/traces/batch", headers=headers, **server)

    assert sent.status_code == 400
    assert sent.json() == {"code": 400, "message": "The body breaks off before its end."}


@override_settings(API_LARGE_BODY=100)
@pytest.mark.parametrize("is_packed", [False, True])
def test_too_many_large_bodies_at_once_wait(opik: Opik, is_packed: bool) -> None:
    sent = trace(input="x" * 1_000)
    send = opik.gzipped if is_packed else opik.send
    with ExitStack() as others:
        for _ in range(settings.API_LARGE_BODIES_AT_ONCE):
            others.enter_context(bodies._a_large_body())
        busy = send("POST", "/traces", sent)

    assert (busy.status_code, busy["RateLimit-Reset"]) == (429, "1")
    assert busy.json()["message"].startswith("Too Many Requests: ")
    assert send("POST", "/traces", sent).status_code == 201


@override_settings(API_BODY_LIMIT=10)
def test_body_over_the_limit_is_read_to_its_end_before_the_answer(opik: Opik) -> None:
    body = io.BytesIO(b"x" * 100)
    server: dict[str, Any] = {"wsgi.input": body, "CONTENT_LENGTH": "100"}

    sent = opik.http.generic("POST", f"{opik.prefix}/traces/batch", headers=opik.headers, **server)

    assert sent.status_code == 413
    assert body.tell() == 100
