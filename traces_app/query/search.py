"""Text search (opik.md §0.10): a substring of any of a trace's texts, without regard to case.

The plain filter until there is a text index; newest first, so a page ends with its last match.
"""

from functools import reduce
from operator import or_

from django.db.models import F, Q, Value

from traces_app.models.traces import TraceQuerySet
from traces_app.normal_form import clean_text
from traces_app.query.conditions import contains
from traces_app.query.expressions import DocumentText, TagContains, UuidText

_TEXTS = ("name", "thread_id")
_DOCUMENTS = ("input", "output", "metadata", "error_info")


def apply(traces: TraceQuerySet, text: str | None) -> TraceQuerySet:
    """Those with ``text``, trimmed, in id, name, thread, tags, input, output, metadata or error."""
    wanted = clean_text((text or "").strip())
    if not wanted:
        return traces
    texts = [UuidText(F("pk")), *[F(name) for name in _TEXTS]]
    texts += [DocumentText(F(name)) for name in _DOCUMENTS]
    found = Q(TagContains(F("tags"), Value(wanted)))
    return traces.filter(reduce(or_, [contains(text, wanted) for text in texts], found))
