"""How spans are written: plain SQL, one statement a batch."""

from traces_app.models.upserts import Upserts

MERGED = (
    "parent_span_id",
    "name",
    "type",
    "end_time",
    "input",
    "output",
    "metadata",
    "tags",
    "error_info",
    "model",
    "provider",
    "usage",
    "total_estimated_cost",
    "ttft",
    "source",
    "environment",
)

UPSERTS = Upserts(table="traces_app_span", identity=("trace_id",), merged=MERGED)
