"""Prem Studio's addresses of this app, under ``/api/v1/``."""

from feedback_app.api.prem.views import datasets, public
from traces_app.api.prem.base import address

studio = [
    *address("traces/addToDataset", datasets.TracesAddToDataset),
    *address(
        "traces/<str:trace_id>/addToDataset",
        datasets.TraceAddToDataset,
        "traces/<str:trace_id>/add-to-dataset",
        "traces/<str:trace_id>/add_to_dataset",
    ),
    *address("public/projects", public.Projects),
    *address("public/projects/create", public.ProjectCreate),
    *address("public/projects/<str:project_id>", public.ProjectItem),
    *address("public/datasets/create-from-jsonl", public.DatasetFromJsonl),
    *address("public/datasets/<str:dataset_id>", public.DatasetItem),
    *address(
        "datasets/<str:dataset_id>/addDatapoint",
        public.AddDatapoint,
        "datasets/<str:dataset_id>/add-datapoint",
    ),
    *address("public/snapshots/create", public.SnapshotCreate),
    *address("public/snapshots/create-from-files", public.SnapshotFromFiles),
    *address("public/snapshots/<str:snapshot_id>", public.SnapshotItem),
    *address("public/snapshots/<str:snapshot_id>/files/<str:name>", public.SnapshotFile),
]
