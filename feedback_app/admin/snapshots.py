from django.contrib import admin

from feedback_app.models import Snapshot, SnapshotItem
from traces_app.admin.filters import BELOW_PROJECT, by_id, by_person
from traces_app.admin.operator_admin import ProjectRowAdmin


@admin.register(Snapshot)
class SnapshotAdmin(ProjectRowAdmin):
    list_display = (
        "id",
        "name",
        "dataset_name",
        "number",
        "state",
        "project",
        "workspace",
        "created_at",
    )
    list_filter = (
        "state",
        *BELOW_PROJECT,
        by_id("dataset_id", "dataset"),
        by_person("created_by", "made by"),
    )
    large_fields = ("manifest",)


@admin.register(SnapshotItem)
class SnapshotItemAdmin(ProjectRowAdmin):
    list_display = ("id", "snapshot", "datapoint_id", "source", "bucket", "project", "workspace")
    list_filter = (
        "source",
        "bucket",
        *BELOW_PROJECT,
        by_id("snapshot_id", "snapshot"),
    )
    list_select_related = ("project__workspace", "snapshot")
    large_fields = ("content", "rejected")
