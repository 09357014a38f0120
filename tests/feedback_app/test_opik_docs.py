"""The table of Opik's endpoints in docs/ is the site's: each address, each method, each test."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

DOCS = settings.BASE_DIR / "docs" / "opik.md"
ROW = re.compile(r"^\| `([A-Z]+) (/\S+)` \| `tests/(\S+)::(\w+)` \|$", re.MULTILINE)
METHODS = ("get", "post", "put", "patch", "delete")
FACES = ("traces_app.api.opik", "feedback_app.api.opik")


def served(resolver: URLResolver, path: str = "/") -> Iterator[tuple[str, str]]:
    """(Method, address) of each endpoint of Opik's dialect under the prefix ``/api``."""
    for each in resolver.url_patterns:
        below = path + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(each.pattern))
        if isinstance(each, URLResolver):
            yield from served(each, below)
        elif isinstance(each, URLPattern) and each.callback.__module__.startswith(FACES):
            view = each.callback.view_class  # type: ignore[attr-defined]
            yield from ((name.upper(), below) for name in METHODS if hasattr(view, name))


def written() -> list[tuple[str, str, str, str]]:
    return ROW.findall(DOCS.read_text())


def test_table_names_each_endpoint_and_no_other() -> None:
    site = {(method, path) for method, path in served(get_resolver()) if path.startswith("/api/")}

    assert {(method, f"/api{path}") for method, path, *_ in written()} == site


def test_both_prefixes_serve_the_same() -> None:
    site = set(served(get_resolver()))
    private = {each for each in site if each[1].startswith("/v1/private/")}

    assert {(method, f"/api{path}") for method, path in private} == {
        each for each in site if each[1].startswith("/api/v1/private/")
    }


@pytest.mark.parametrize("file", sorted({row[2] for row in written()}))
def test_tests_that_the_table_names_exist(file: str) -> None:
    tree = ast.parse((Path(settings.BASE_DIR) / "tests" / file).read_text())
    there = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}

    assert {name for *_, row_file, name in written() if row_file == file} <= there
