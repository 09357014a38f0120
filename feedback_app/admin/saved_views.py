from django.contrib import admin

from feedback_app.models import DefaultView, SavedView
from traces_app.admin.filters import WorkspaceFilter, by_person
from traces_app.admin.operator_admin import OperatorAdmin


@admin.register(SavedView)
class SavedViewAdmin(OperatorAdmin):
    list_display = ("id", "name", "owner", "is_shared", "workspace", "updated_at")
    list_filter = ("is_shared", WorkspaceFilter, by_person("owner", "owner"))
    list_select_related = ("owner", "workspace")
    large_fields = ("query",)


@admin.register(DefaultView)
class DefaultViewAdmin(OperatorAdmin):
    list_display = ("id", "user", "view", "workspace")
    list_filter = (WorkspaceFilter, by_person("user", "person"))
    list_select_related = ("user", "view", "workspace")
