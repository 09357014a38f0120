import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client


def test_schema_validates_without_warnings() -> None:
    out = StringIO()

    call_command(
        "spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", stdout=out
    )

    schema = json.loads(out.getvalue())
    assert "/api/v1/private/traces/batch" in schema["paths"]
    assert not any(path.startswith("/v1/private") for path in schema["paths"])


def test_every_operation_that_takes_a_body_shows_an_example() -> None:
    out = StringIO()
    call_command("spectacular", "--format", "openapi-json", stdout=out)

    bare = [
        f"{method} {path}"
        for path, methods in json.loads(out.getvalue())["paths"].items()
        for method, operation in methods.items()
        for content in operation.get("requestBody", {}).get("content", {}).values()
        if "examples" not in content
    ]

    assert bare == []


@pytest.mark.parametrize("address", ["/api/schema", "/api/docs", "/api/docs?script="])
@pytest.mark.django_db
def test_schema_and_docs_need_no_key(address: str) -> None:
    response = Client().get(address)

    assert response.status_code == 200


@pytest.mark.django_db
def test_docs_load_nothing_from_elsewhere() -> None:
    page = Client().get("/api/docs").content.decode()

    assert "//cdn" not in page
    assert 'src="http' not in page
