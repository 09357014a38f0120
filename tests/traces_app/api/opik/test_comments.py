"""Comments through Opik's dialect."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from tests.traces_app.api.opik.client import Opik, trace

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(opik: Opik) -> str:
    sent = trace()
    opik.post("/traces", sent)
    return f"/traces/{sent['id']}"


def add(opik: Opik, path: str, text: str = "hello") -> Any:
    return opik.post(f"{path}/comments", {"text": text}).json()["id"]


def test_comment_is_added_with_its_address_and_read(opik: Opik, path: str) -> None:
    response = opik.post(f"{path}/comments", {"text": "Привет 🎉"})

    pk = UUID(response.json()["id"])
    assert response.status_code == 201
    assert response["Location"].endswith(f"{path}/comments/{pk}")
    assert opik.get(f"{path}/comments/{pk}").json()["text"] == "Привет 🎉"
    assert opik.get(path).json()["comments"][0]["id"] == str(pk)


def test_comment_on_a_missing_trace_is_404_in_lower_case(opik: Opik) -> None:
    pk = uuid7()

    response = opik.post(f"/traces/{pk}/comments", {"text": "x"})

    assert response.status_code == 404
    assert response.json()["message"] == f"trace id: {pk} not found"


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": " \n"}, {"text": None}])
def test_blank_comment_is_422(opik: Opik, path: str, body: dict[str, Any]) -> None:
    response = opik.post(f"{path}/comments", body)

    assert (response.status_code, response.json()) == (422, {"errors": ["text must not be blank"]})


def test_comment_is_edited(opik: Opik, path: str) -> None:
    pk = add(opik, path)

    response = opik.patch(f"/traces/comments/{pk}", {"text": "other"})

    assert response.status_code == 204
    assert opik.get(f"{path}/comments/{pk}").json()["text"] == "other"


def test_edit_of_a_missing_comment_is_404(opik: Opik) -> None:
    pk = uuid7()

    response = opik.patch(f"/traces/comments/{pk}", {"text": "x"})

    assert (response.status_code, response.json()["message"]) == (
        404,
        f"Comment id: {pk} not found",
    )


def test_comment_is_not_found_under_another_trace(opik: Opik, path: str) -> None:
    pk = add(opik, path)

    assert opik.get(f"/traces/{uuid7()}/comments/{pk}").status_code == 404


def test_comments_are_deleted_and_unknown_ids_ignored(opik: Opik, path: str) -> None:
    pk = add(opik, path)

    response = opik.post("/traces/comments/delete", {"ids": [pk, str(uuid7())]})

    assert response.status_code == 204
    assert "comments" not in opik.get(path).json()


@pytest.mark.parametrize("body", [{}, {"ids": []}])
def test_delete_needs_ids(opik: Opik, body: dict[str, Any]) -> None:
    assert opik.post("/traces/comments/delete", body).status_code == 422
