from django.contrib import admin

from traces_app.admin.filters import BELOW_PROJECT, by_person
from traces_app.admin.scores import OnEntityAdmin
from traces_app.admin.shown import line
from traces_app.models import Attachment


@admin.register(Attachment)
class AttachmentAdmin(OnEntityAdmin):
    """Read alone, and without the files: what is in them is the workspace's."""

    list_display = (
        "id",
        line("file_name"),
        line("mime_type"),
        "size",
        "entity_type",
        "entity_id",
        "project",
        "workspace",
        "created_by",
        "created_at",
    )
    list_filter = (
        "entity_type",
        *BELOW_PROJECT,
        by_person("created_by", "sent by"),
    )
    list_select_related = ("project__workspace", "created_by")
