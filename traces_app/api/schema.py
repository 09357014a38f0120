"""What ``/api/schema`` says: shapes of msgspec as OpenAPI, and one way to describe a view."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

import msgspec
from django.utils.text import slugify
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

View = TypeVar("View")
_REF = "#/components/schemas/{name}"
_OTHER_PREFIXES = ("/v1/private/", "/is-alive/", "/opik/api/")


def of(shape: Any) -> dict[str, Any]:
    """The JSON schema of a msgspec type, complete in itself."""
    (schema,), components = msgspec.json.schema_components([shape], ref_template=_REF)
    inlined = _inline(schema, components)
    assert isinstance(inlined, dict)  # noqa: S101
    return inlined


def operation(
    summary: str,
    *,
    tag: str,
    body: Any = None,
    form: Mapping[str, str] | None = None,
    example: Any = None,
    answers: Mapping[int, tuple[str, Any] | str],
    params: Sequence[OpenApiParameter] = (),
    answer_example: Any = None,
) -> Callable[[View], View]:
    """Describe one method of a view.

    ``answers`` has a sentence by status, or a pair of sentence and msgspec type or schema.
    """
    examples = []
    if example is not None:
        sent_as = "application/json" if form is None else "multipart/form-data"
        examples.append(
            OpenApiExample("Request", value=example, request_only=True, media_type=sent_as)
        )
    if answer_example is not None:
        examples.append(OpenApiExample("Answer", value=answer_example, response_only=True))
    described: Any = extend_schema(
        operation_id=slugify(f"{tag.split(':')[0]} {summary}").replace("-", "_"),
        summary=summary,
        tags=[tag],
        request=_request(body, form),
        responses={status: _answer(answer) for status, answer in answers.items()},
        parameters=list(params),
        examples=examples,
    )
    return cast("Callable[[View], View]", described)


def _request(body: Any, form: Mapping[str, str] | None) -> dict[str, Any] | None:
    if form is None:
        return {"application/json": of(body)} if body is not None else None
    fields = {
        name: {"type": "string"} | ({"format": kind} if kind else {}) for name, kind in form.items()
    }
    described = {"type": "object", "properties": fields, "required": list(form)}
    return {"multipart/form-data": described}


def query(name: str, words: str, kind: type = str, **more: Any) -> OpenApiParameter:
    """One query parameter."""
    return OpenApiParameter(name, kind, OpenApiParameter.QUERY, description=words, **more)


def first_of_prefixes(endpoints: list[Any]) -> list[Any]:
    """drf-spectacular's hook: what is served under several prefixes is described once."""
    return [
        endpoint
        for endpoint in endpoints
        if not endpoint[0].startswith(_OTHER_PREFIXES) and not endpoint[0].endswith("/")
    ]


def _answer(answer: tuple[str, Any] | str) -> OpenApiResponse:
    if isinstance(answer, str):
        return OpenApiResponse(description=answer)
    words, shape = answer
    return OpenApiResponse(shape if isinstance(shape, dict) else of(shape), description=words)


def _inline(schema: Any, components: Mapping[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_inline(item, components) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inline(components[schema["$ref"].rpartition("/")[2]], components)
    if schema.get("format") == "decimal":
        return {"type": "number"}
    return {name: _inline(value, components) for name, value in schema.items()}
