"""What traces are called where several of them are listed."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import Substr

from feedback_app.reading.preview import preview
from traces_app.models import Trace
from traces_app.models.prepared import prepared

Head = tuple[UUID, str | None, str]
_HEAD = 2_000  # characters of an input that its line is made from


def of_traces(traces: QuerySet[Trace], most: int, paired: Collection[UUID] = ()) -> dict[UUID, str]:
    """What these are called, see ``of``."""
    return of(list(_with_heads(traces)), most, paired)


def asked(trace: QuerySet[Trace], most: int) -> str:
    """What one was asked, as there is no other to tell whether its name is its own; empty where
    that has no line."""
    head = trace.values_list(Substr(F("input"), 1, _HEAD), flat=True).first()
    return preview(head, most) if head else ""


@prepared
def heads(project_id: UUID, ids: list[UUID]) -> QuerySet[Any, Head]:
    """What some traces of a project are called by, for ``of``."""
    return _with_heads(Trace.objects.filter(project_id=project_id, pk__in=ids))


def of(rows: Sequence[Head], most: int, paired: Collection[UUID] = ()) -> dict[UUID, str]:
    """By name, or by what was asked where several share theirs, as clients name many alike.

    Those that are ``paired`` never by name: it may tell the model.
    """
    bearers = Counter(name for _, name, _ in rows)
    found = {}
    for pk, name, head in rows:
        own = "" if pk in paired else name or ""
        asked = "" if own and bearers[name] == 1 else preview(head, most)
        found[pk] = asked or own or str(pk)
    return found


def _with_heads(traces: QuerySet[Trace]) -> QuerySet[Any, Head]:
    return traces.annotate(head=Substr(F("input"), 1, _HEAD)).values_list("pk", "name", "head")
