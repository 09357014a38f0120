from django.contrib import admin

from feedback_app.models import DatasetImport
from traces_app.admin.filters import BELOW_PROJECT, by_id, by_person
from traces_app.admin.operator_admin import ProjectRowAdmin


@admin.register(DatasetImport)
class DatasetImportAdmin(ProjectRowAdmin):
    list_display = (
        "id",
        "file_name",
        "form",
        "state",
        "good",
        "refused",
        "project",
        "workspace",
        "created_at",
    )
    list_filter = (
        "state",
        *BELOW_PROJECT,
        by_id("dataset_id", "dataset"),
        by_person("created_by", "uploaded by"),
    )
    large_fields = ("mapping", "mistakes")
