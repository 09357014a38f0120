"""What traces are called where several of them are listed."""

from collections import Counter
from collections.abc import Collection
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import Substr

from feedback_app.reading.preview import preview
from traces_app.models import Trace

_HEAD = 2_000  # characters of an input that its line is made from


def of_traces(traces: QuerySet[Trace], most: int, paired: Collection[UUID] = ()) -> dict[UUID, str]:
    """By name, or by what was asked where several share theirs, as clients name many alike.

    Those that are ``paired`` never by name: it may tell the model.
    """
    heads = traces.annotate(head=Substr(F("input"), 1, _HEAD)).values_list("pk", "name", "head")
    rows = list(heads)
    bearers = Counter(name for _, name, _ in rows)
    found = {}
    for pk, name, head in rows:
        own = "" if pk in paired else name or ""
        asked = "" if own and bearers[name] == 1 else preview(head, most)
        found[pk] = asked or own or str(pk)
    return found
