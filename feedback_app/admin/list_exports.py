from django.contrib import admin

from feedback_app.models import ListExport
from traces_app.admin.filters import WorkspaceFilter, by_person
from traces_app.admin.operator_admin import OperatorAdmin


@admin.register(ListExport)
class ListExportAdmin(OperatorAdmin):
    list_display = ("id", "form", "state", "rows", "size", "created_by", "workspace", "created_at")
    list_filter = ("state", WorkspaceFilter, by_person("created_by", "asked by"))
    list_select_related = ("created_by", "workspace")
    large_fields = ("query",)
