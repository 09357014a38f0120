"""What a filter's key and value may be: what the newest traces have, never a look at all."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models.functions import Length

from feedback_app.trace_lists import orders
from feedback_app.trace_lists.orders import Sort
from traces_app import normal_form
from traces_app.access import Access
from traces_app.models import AnnotationQueue, EntityType, Environment, Trace
from traces_app.models.traces import TraceQuerySet
from traces_app.query import merged, score_names
from traces_app.query.fields import Type
from traces_app.query.traces import TRACES, model_name

MOST = 50
_LOOKED_AT = 300
_LONGEST_DOCUMENT = 20_000
_ROOTS = {"metadata": "metadata", "input_json": "input", "output_json": "output"}
_TIMES = ("1 hour ago", "1 day ago", "7 days ago", "30 days ago")

Suggestion = tuple[str, str]
"""What is filled in, and what is said of it."""


def keys(access: Access, name: str, projects: Sequence[UUID]) -> list[str]:
    """Names of scores, or the keys on top of the documents of the newest traces."""
    if name == "feedback_scores":
        return score_names.names(access, EntityType.TRACE, projects)[:MOST]
    if name == "span_feedback_scores":
        return score_names.names(access, EntityType.SPAN, projects)[:MOST]
    newest = _newest(access, projects).annotate(length=Length(_ROOTS[name]))
    texts = newest.filter(length__lte=_LONGEST_DOCUMENT).values_list(_ROOTS[name], flat=True)
    documents = (normal_form.load(text) for text in texts)
    return _distinct(key for each in documents if isinstance(each, dict) for key in each)


def values(access: Access, name: str, projects: Sequence[UUID]) -> list[Suggestion]:
    """None where only a person can know."""
    if name in _READERS:
        return _READERS[name](access, projects)
    kind = TRACES.fields[name].type
    if kind is Type.BOOLEAN:
        return _plain(("true", "false"))
    return _plain(_TIMES) if kind is Type.DATE_TIME else []


def _tags(access: Access, projects: Sequence[UUID]) -> list[Suggestion]:
    stored = _newest(access, projects).filter(tags__isnull=False).values_list("tags", flat=True)
    return _plain(_distinct(tag for text in stored for tag in normal_form.load(text or "[]")))


def _models(access: Access, projects: Sequence[UUID]) -> list[Suggestion]:
    newest = _newest(access, projects).annotate(model=model_name(projects))
    return _plain(_distinct(newest.values_list("model", flat=True)))


def _environments(access: Access, projects: Sequence[UUID]) -> list[Suggestion]:
    """Those that were set up, and those that traces merely name."""
    set_up = Environment.objects.visible_to(access).values_list("name", flat=True)[:MOST]
    named = _newest(access, projects).values_list("environment", flat=True)
    return _plain(_distinct([*set_up, *named]))


def _queues(access: Access, projects: Sequence[UUID]) -> list[Suggestion]:
    visible = AnnotationQueue.objects.visible_to(access).filter(project_id__in=projects)
    return [(str(each.pk), each.name) for each in visible.newest_first()[:MOST]]


def _column(name: str) -> Callable[[Access, Sequence[UUID]], list[Suggestion]]:
    def read(access: Access, projects: Sequence[UUID]) -> list[Suggestion]:
        return _plain(_distinct(_newest(access, projects).values_list(name, flat=True)))

    return read


_READERS: dict[str, Callable[[Access, Sequence[UUID]], list[Suggestion]]] = {
    "tags": _tags,
    "model_id": _models,
    "environment": _environments,
    "annotation_queue_ids": _queues,
    "name": _column("name"),
    "thread_id": _column("thread_id"),
    "source": _column("source"),
    "processing_status": lambda _, __: _plain(Trace.ProcessingStatus.values),
}


def _newest(access: Access, projects: Sequence[UUID]) -> TraceQuerySet:
    visible = Trace.objects.visible_to(access)
    inside = visible.filter(project_id__in=projects)
    places = [inside]
    if len(projects) <= merged.AT_MOST:
        places = [visible.filter(project_id=project) for project in projects]
    found = orders.walk(places, Sort.NEWEST, limit=_LOOKED_AT)
    return inside.filter(pk__in=[position.pk for position in found])


def _distinct(found: Iterable[Any]) -> list[str]:
    texts = dict.fromkeys(each for each in found if isinstance(each, str) and each.strip())
    return sorted(islice(texts, MOST))


def _plain(found: Iterable[str]) -> list[Suggestion]:
    return [(each, "") for each in found]
