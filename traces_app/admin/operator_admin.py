"""What every admin page has in common: staff operates the installation and sees all workspaces."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from traces_app.access import Access, admin_access
from traces_app.admin import shown
from traces_app.admin.filters import parse_uuid
from traces_app.admin.lists import BoundedList, BoundedPaginator, PageActionForm
from traces_app.errors import Invalid, Refusal
from traces_app.models import Project, Workspace
from traces_app.models.project_rows import ProjectRow

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin


class OperatorAdmin(_ModelAdmin):
    """Read-only unless it says otherwise, and what it writes goes through a service.

    Lists sort by key and nothing else, count no further than they must and search by index.
    """

    may_add = may_change = may_delete = False
    large_fields: tuple[str, ...] = ()
    """JSON text, or long text: left out of lists, folded on the row's page."""

    action_form = PageActionForm
    list_max_show_all = 0
    list_per_page = 50
    ordering = ("-pk",)
    paginator = BoundedPaginator
    search_fields = ("pk",)
    search_help_text: ClassVar[Any] = "An exact id."
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    sortable_by = ()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_operator(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_operator(request)

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:
        return self.may_add and _is_operator(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_change and _is_operator(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_delete and _is_operator(request)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[BoundedList]:
        return BoundedList

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if self.fields:
            return self.fields
        return [shown.field(of, self.large_fields) for of in self.model._meta.concrete_fields]

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        term = search_term.strip()
        return (self.found(queryset, term) if term else queryset), False

    def found(self, rows: models.QuerySet[Any], term: str) -> models.QuerySet[Any]:
        """The row of this id, else what ``found_beside`` finds."""
        row_id = parse_uuid(term)
        own = rows.filter(pk=row_id)
        if row_id is not None and own.exists():
            return own
        return self.found_beside(rows, term, row_id)

    def found_beside(
        self, rows: models.QuerySet[Any], term: str, row_id: UUID | None
    ) -> models.QuerySet[Any]:
        """What else a search finds, where no row has the id; each of its lookups has an index."""
        return rows.none()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        # What else goes is the service's knowledge; collecting it here would load it all.
        names = [f"{self.opts.verbose_name}: {row}" for row in objs]
        return names, {str(self.opts.verbose_name_plural): len(names)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.delete_queryset(request, [obj])

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: Iterable[Any]) -> None:
        by_workspace: dict[Workspace, list[Any]] = defaultdict(list)
        for row in queryset:
            by_workspace[self.workspace_of(row)].append(row)
        for workspace in sorted(by_workspace, key=lambda each: each.pk):
            self.delete_rows(admin_access(request.user, workspace), by_workspace[workspace])

    def delete_rows(self, access: Access, rows: list[Any]) -> None:
        """Delete rows of one workspace through their service."""
        raise PermissionDenied

    def workspace_of(self, row: Any) -> Workspace:
        workspace: Workspace = (row.project if isinstance(row, ProjectRow) else row).workspace
        return workspace

    def access_to(self, request: HttpRequest, row: Any) -> Access:
        """The operator's access to where ``row`` is."""
        return admin_access(request.user, self.workspace_of(row))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._or_refusal(request, super().changeform_view, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._or_refusal(request, super().changelist_view, *args, **kwargs)

    def response_action(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if any(parse_uuid(row_id) is None for row_id in ticked):
            raise Invalid("Something was ticked that is no row.")
        return super().response_action(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self._or_refusal(request, super().delete_view, *args, **kwargs)

    def _or_refusal(
        self, request: HttpRequest, view: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Any:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """The audit events about the row."""
        events = reverse("admin:traces_app_auditevent_changelist")
        return HttpResponseRedirect(f"{events}?{urlencode({'q': unquote(object_id)})}")

    # The audit trail is the one record: Django's own would keep the names of deleted rows.

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        return None


class ProjectRowAdmin(OperatorAdmin):
    """Rows below a project: shown with it, found by their id or by an index that starts with it."""

    list_select_related: ClassVar[Any] = ("project__workspace",)
    also_by_id = also_by_text = ""
    """A column by which a search finds rows too; it has an index that starts with the project."""

    def found_beside(
        self, rows: models.QuerySet[Any], term: str, row_id: UUID | None
    ) -> models.QuerySet[Any]:
        if self.also_by_text:
            return self.in_any_project(rows, **{self.also_by_text: term})
        if self.also_by_id and row_id is not None:
            return self.in_any_project(rows, **{self.also_by_id: row_id})
        return rows.none()

    @admin.display(description="workspace")
    def workspace(self, row: ProjectRow) -> str:
        return row.project.workspace.name

    def in_any_project(self, rows: models.QuerySet[Any], **lookup: Any) -> models.QuerySet[Any]:
        """``rows`` by columns whose index starts with the project."""
        return rows.filter(project_id__in=Project.objects.values("pk"), **lookup)


def _is_operator(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_staff)
