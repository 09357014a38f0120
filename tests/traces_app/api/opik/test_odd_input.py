"""What no client should send: refused or answered in Opik's form, never a 500."""

import gzip

import pytest
from uuid_utils.compat import uuid7

from tests.traces_app.api.opik.client import Opik, trace

pytestmark = pytest.mark.django_db
NUL = "a\x00b"


def test_page_beyond_every_database_is_refused(opik: Opik) -> None:
    refused = opik.get("/projects", page="9" * 32)

    assert refused.status_code == 400
    assert refused.json()["errors"] == ["query param page must be less than or equal to 1000000000"]


def test_project_name_with_nul_is_found_as_it_was_stored(opik: Opik) -> None:
    opik.post("/traces/batch", {"traces": [trace(project_name=NUL)]})

    assert opik.get("/traces", project_name=NUL).json()["total"] == 1
    assert opik.post("/projects/retrieve", {"name": NUL}).status_code == 200
    assert opik.get("/projects", name=NUL).json()["total"] == 1


def test_patch_names_a_project_with_nul(opik: Opik) -> None:
    pk = uuid7()
    opik.post("/traces/batch", {"traces": [trace(pk, project_name=NUL)]})

    assert opik.patch(f"/traces/{pk}", {"project_name": NUL, "name": "x"}).status_code == 204


def test_score_name_with_nul_is_deleted_as_it_was_stored(opik: Opik) -> None:
    pk = uuid7()
    opik.post("/traces/batch", {"traces": [trace(pk)]})
    opik.put(f"/traces/{pk}/feedback-scores", {"name": NUL, "value": 1, "source": "sdk"})

    opik.post(f"/traces/{pk}/feedback-scores/delete", {"name": NUL})

    assert "feedback_scores" not in opik.get(f"/traces/{pk}").json()


def test_author_with_nul_is_nobody(opik: Opik) -> None:
    pk = uuid7()
    opik.post("/traces/batch", {"traces": [trace(pk)]})
    nobody = {"name": "accuracy", "author": NUL}

    assert opik.post(f"/traces/{pk}/feedback-scores/delete", nobody).status_code == 204


def test_thread_id_beyond_an_index_is_refused(opik: Opik) -> None:
    # Texts that compress well fit all the same; these do not.
    texts = ["".join(chr(0x20000 + n * 31 % 40_000) for n in range(size)) for size in (650, 651)]

    answers = [opik.post("/traces", trace(thread_id=text)) for text in texts]

    assert [answer.status_code for answer in answers] == [201, 422]
    assert answers[1].json()["errors"] == ["threadId size must be between 0 and 2600 bytes"]


@pytest.mark.parametrize("value", ["1e9999999", "-1e9999999"])
def test_number_beyond_arithmetic_is_422(opik: Opik, value: str) -> None:
    sent = trace()
    opik.post("/traces/batch", {"traces": [sent]})
    said = {"name": "a", "value": value, "source": "sdk"}

    assert opik.put(f"/traces/{sent['id']}/feedback-scores", said).status_code == 422


@pytest.mark.parametrize("key", ["\\u0000", "\\ud800"])
@pytest.mark.parametrize("family", ["feedback_scores", "usage"])
def test_sorting_by_what_cannot_be_stored_is_no_error(opik: Opik, family: str, key: str) -> None:
    opik.post("/traces/batch", {"traces": [trace()]})
    sorting = f'[{{"field":"{family}.{key}","direction":"ASC"}}]'

    found = opik.get("/traces", project_name="rec proj", sorting=sorting)

    assert found.json()["total"] == 1


def test_what_a_client_accepts_makes_no_difference(opik: Opik) -> None:
    opik.post("/traces/batch", {"traces": [trace()]})
    opik.headers["Accept"] = "application/octet-stream"

    assert opik.post("/traces/search", {"project_name": "rec proj"}).getvalue()
    assert opik.get("/traces", project_name="rec proj", format="x").status_code == 200


def test_gzip_body_of_countless_members_is_400(opik: Opik) -> None:
    body = gzip.compress(b"") * 10_000

    answer = opik.raw("POST", "/traces/batch", body, **{"Content-Encoding": "gzip"})

    assert answer.status_code == 400
