"""Prem Studio's addresses of this app, under ``/api/v1/``."""

from feedback_app.api.prem.views import datasets
from traces_app.api.prem.base import address

studio = [
    *address("traces/addToDataset", datasets.TracesAddToDataset),
    *address(
        "traces/<str:trace_id>/addToDataset",
        datasets.TraceAddToDataset,
        "traces/<str:trace_id>/add-to-dataset",
        "traces/<str:trace_id>/add_to_dataset",
    ),
]
