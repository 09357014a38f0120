"""Query parameters of Opik's lists, with its errors (opik.md §0.4, §0.6, §0.7)."""

from collections.abc import Container, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.http import Http404
from rest_framework.request import Request

from traces_app.access import Access
from traces_app.api.opik.errors import BadParameter, BadRequest
from traces_app.models import Project
from traces_app.services import projects

MAX_PAGE = 10**9
MAX_SIZE = 15_000
NO_PROJECT = "Either 'project_name' or 'project_id' query params must be provided"


def page_and_size(request: Request, size: int = 10) -> tuple[int, int]:
    """``page`` from 1 and ``size`` from 1 to 15,000. Raises BadParameter, Http404."""
    return _whole(request, "page", 1, MAX_PAGE), _whole(request, "size", size, MAX_SIZE)


def project(request: Request, access: Access) -> Project:
    """The project that ``project_id``, else ``project_name`` names; it is never made here."""
    raw_id = request.query_params.get("project_id")
    name = request.query_params.get("project_name")
    if raw_id:
        return projects.find(access=access, project_id=uuid(raw_id))
    if not name or not name.strip():
        raise BadRequest(NO_PROJECT)
    return projects.find(access=access, name=name)


def scored_projects(request: Request, access: Access) -> list[UUID]:
    """The project of ``project_id``, else all that are visible, to ask for scores in.

    Raises NotFound, Http404, and Forbidden where the caller is to judge blind.
    """
    raw_id = request.query_params.get("project_id")
    if not raw_id:
        return list(Project.objects.visible_to(access).values_list("pk", flat=True))
    seen = [projects.find(access=access, project_id=uuid(raw_id)).pk]
    access.must_see_scores(seen)
    return seen


def flag(request: Request, name: str) -> bool:
    return request.query_params.get(name, "").lower() == "true"


def exclude(request: Request, excludable: frozenset[str]) -> frozenset[str]:
    """The fields that the caller does not want, out of those that may go. Raises BadRequest."""
    raw = request.query_params.get("exclude", "")
    if not raw:
        return frozenset()
    try:
        names = msgspec.json.decode(raw, type=list[str])
    except (msgspec.DecodeError, UnicodeEncodeError):
        raise _bad_exclude(raw) from None
    return excluded(names, excludable, raw)


def excluded(names: Iterable[str], excludable: frozenset[str], raw: object) -> frozenset[str]:
    """``names`` as a set. Raises BadRequest when one of them is not ``excludable``."""
    wanted = frozenset(names)
    if not wanted <= excludable:
        raise _bad_exclude(raw)
    return wanted


def _bad_exclude(raw: object) -> BadRequest:
    return BadRequest(f"Invalid query param exclude '{raw}'")


def queue_id(request: Request) -> UUID | None:
    """``annotation_queue_id``."""
    raw = request.query_params.get("annotation_queue_id", "")
    return uuid(raw) if raw else None


def one_of(request: Request, name: str, known: Container[str]) -> str | None:
    """One of the known words, None when the parameter is absent. Raises Http404."""
    word = request.query_params.get(name) or None
    if word is not None and word not in known:
        raise Http404
    return word


def window(request: Request) -> tuple[datetime | None, datetime | None]:
    """``from_time`` and ``to_time``."""
    return _instant(request, "from_time"), _instant(request, "to_time")


def uuid(raw: str) -> UUID:
    try:
        return UUID(raw)
    except ValueError as error:
        raise Http404 from error


def _whole(request: Request, name: str, default: int, most: int) -> int:
    raw = request.query_params.get(name, "")
    if not raw:
        return default
    try:
        number = int(raw)
    except ValueError as error:
        raise Http404 from error
    if number < 1:
        raise BadParameter(f"query param {name} must be greater than or equal to 1")
    if number > most:
        raise BadParameter(f"query param {name} must be less than or equal to {most}")
    return number


def _instant(request: Request, name: str) -> datetime | None:
    raw = request.query_params.get(name, "")
    if not raw:
        return None
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError as error:
        raise Http404 from error
    if moment.tzinfo is None:
        raise Http404
    return moment


def envelope(page: int, total: int, content: list[Any], sortable: list[str]) -> dict[str, Any]:
    """A page as Opik prints it; ``size`` is the number of items in it."""
    return {
        "page": page,
        "size": len(content),
        "total": total,
        "content": content,
        "sortable_by": sortable,
    }
