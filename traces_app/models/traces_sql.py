"""How traces are written: plain SQL, one statement a batch."""

from traces_app.models.upserts import Upserts

MERGED = (
    "name",
    "end_time",
    "input",
    "output",
    "metadata",
    "tags",
    "error_info",
    "ttft",
    "thread_id",
    "source",
    "environment",
    "model_id",
)

UPSERTS = Upserts(table="traces_app_trace", identity=(), merged=MERGED)
