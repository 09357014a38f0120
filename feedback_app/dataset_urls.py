"""The pages of datasets and of what they hold."""

from django.urls import path

from feedback_app.views import (
    approvals,
    datapoints,
    dataset_imports,
    datasets,
    generations,
    opik_links,
    projects,
    snapshots,
    take_backs,
)

urlpatterns = [
    path("datasets", datasets.shelf, name="datasets"),
    path("datasets/<uuid:dataset_id>", datasets.dataset, name="dataset"),
    path("datasets/<uuid:dataset_id>/writing", generations.of_dataset, name="dataset-writing"),
    path("datasets/<uuid:dataset_id>/edit", datasets.edit, name="dataset-edit"),
    path("datasets/<uuid:dataset_id>/delete", datasets.delete, name="dataset-delete"),
    path("datasets/<uuid:dataset_id>/split", datasets.split, name="dataset-split"),
    path("datasets/<uuid:dataset_id>/datapoints", datapoints.bulk, name="dataset-datapoints"),
    path(
        "datasets/<uuid:dataset_id>/restore/<uuid:deletion>",
        datapoints.restore,
        name="dataset-restore",
    ),
    path("datasets/<uuid:dataset_id>/export.<str:form>", datasets.export, name="dataset-export"),
    path("datasets/<uuid:dataset_id>/imports", dataset_imports.shelf, name="dataset-imports"),
    path("imports/<uuid:import_id>", dataset_imports.one, name="dataset-import"),
    path("imports/<uuid:import_id>/take-back", take_backs.ask, name="dataset-take-back"),
    path(
        "imports/<uuid:import_id>/mistakes.csv",
        dataset_imports.mistakes,
        name="dataset-import-mistakes",
    ),
    path("datapoints/<uuid:datapoint_id>", datapoints.datapoint, name="datapoint"),
    path("datapoints/<uuid:datapoint_id>/do", datapoints.one, name="datapoint-do"),
    path(
        "datapoints/<uuid:datapoint_id>/writing",
        generations.of_datapoint,
        name="datapoint-writing",
    ),
    path(
        "datapoints/<uuid:datapoint_id>/approval", approvals.on_datapoint, name="datapoint-approval"
    ),
    path(
        "traces/<uuid:trace_id>/dataset/<uuid:datapoint_id>/approval",
        approvals.on_trace,
        name="trace-approval",
    ),
    path("projects/<uuid:project_id>/settings", projects.settings, name="project-settings"),
    path("datasets/<uuid:dataset_id>/snapshots", snapshots.shelf, name="dataset-snapshots"),
    path("snapshots/<uuid:snapshot_id>", snapshots.snapshot, name="dataset-snapshot"),
    path("snapshots/<uuid:snapshot_id>/diff", snapshots.diff, name="dataset-snapshot-diff"),
    path(
        "snapshots/<uuid:snapshot_id>/files/<str:name>",
        snapshots.download,
        name="dataset-snapshot-file",
    ),
    path(
        "<str:workspace>/projects/<uuid:project_id>/datasets/<uuid:dataset_id>/items",
        opik_links.to_dataset,
    ),
]
