"""What a trace gives a dataset, as one short text: kept on a datapoint when it is made of it.

As long as the trace gives the same, its datapoint is as fresh as on the first day. The same is said
in Python for one trace and in SQL for a list of datapoints; a test holds the two together.
"""

import hashlib
from typing import Any

from django.db.models import (
    Case,
    CharField,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import MD5, Coalesce, Concat

from feedback_app.models.corrections import Correction
from traces_app.models import Trace

NOTHING = "nothing"
"""Below the threshold and without a correction: what there is was generated, if anything."""
LONGEST = 50


def taken(source: str, stored: str | None) -> str:
    """That ``stored``, JSON text of an output or a correction, is the answer."""
    digest = hashlib.md5((stored or "").encode(), usedforsecurity=False).hexdigest()
    return f"{source}:{digest}"


def now() -> Subquery:
    """The same of a datapoint's trace, by now; null where the trace is gone or was moved."""
    corrections: QuerySet[Any] = Correction.objects.submitted().filter(
        project_id=OuterRef("project_id"), trace_id=OuterRef("pk")
    )
    newest = corrections.order_by("-submitted_at", "-pk").values(said=MD5("output"))[:1]
    traces = Trace.objects.filter(project_id=OuterRef("project_id"), pk=OuterRef("trace_id"))
    given = Case(
        When(score__gte=F("project__dataset_threshold"), then=_key("output", MD5(_output()))),
        When(corrected__isnull=False, then=_key("correction", F("corrected"))),
        default=Value(NOTHING),
        output_field=TextField(),
    )
    return Subquery(
        traces.annotate(corrected=Subquery(newest)).values(now=given)[:1],
        output_field=TextField(),
    )


def _output() -> Coalesce:
    return Coalesce("output", Value(""), output_field=TextField())


def _key(source: str, digest: Any) -> Concat:
    return Concat(Value(f"{source}:"), digest, output_field=CharField())
