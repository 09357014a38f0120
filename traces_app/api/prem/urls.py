"""Prem Studio's addresses of this app, under ``/api/v1/`` (prem.md §2)."""

from traces_app.api.prem.base import address
from traces_app.api.prem.views import traces

studio = [
    *address("traces", traces.Traces),
    *address("traces/<str:trace_id>", traces.TraceItem),
]
