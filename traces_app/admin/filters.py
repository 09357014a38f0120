"""Filters that take what is typed: a list of all projects or people would have no end."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from traces_app import normal_form
from traces_app.models import Project, Workspace
from traces_app.models.project_rows import ProjectRow

NAMESAKES = 100


def parse_uuid(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None


class TypedFilter(admin.SimpleListFilter):
    """A text box beside the list."""

    template = "admin/typed_filter.html"

    def has_output(self) -> bool:
        return True

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return []

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """One choice: what the form of the box needs."""
        own = (self.parameter_name, PAGE_VAR)
        others = {name: value for name, value in changelist.params.items() if name not in own}
        yield {"name": self.parameter_name, "value": self.value() or "", "others": others.items()}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        typed = normal_form.clean_text((self.value() or "").strip())
        return self.narrowed(queryset, typed) if typed else queryset

    def narrowed(self, queryset: QuerySet[Any], typed: str) -> QuerySet[Any]:
        raise NotImplementedError


class ProjectFilter(TypedFilter):
    title = "project (name or id)"
    parameter_name = "in_project"

    def narrowed(self, queryset: QuerySet[Any], typed: str) -> QuerySet[Any]:
        project_id = parse_uuid(typed)
        if project_id is not None:
            return queryset.filter(project_id=project_id)
        named = Project.objects.named(typed).values_list("pk", flat=True)
        return queryset.filter(project_id__in=list(named[:NAMESAKES]))


class WorkspaceFilter(TypedFilter):
    """For rows below a project, and rows with a ``workspace_id`` of their own."""

    title = "workspace (name or id)"
    parameter_name = "in_workspace"

    def narrowed(self, queryset: QuerySet[Any], typed: str) -> QuerySet[Any]:
        workspace_id = parse_uuid(typed)
        if workspace_id is not None:
            ids = [workspace_id]
        else:
            named = Workspace.objects.filter(name__iexact=typed)
            ids = list(named.values_list("pk", flat=True))
        if not issubclass(queryset.model, ProjectRow):
            return queryset.filter(workspace_id__in=ids)
        projects = Project.objects.filter(workspace_id__in=ids).values_list("pk", flat=True)
        return queryset.filter(project_id__in=list(projects))


class AgeFilter(admin.SimpleListFilter):
    """By the time in the row's id, which the key's index serves."""

    title = "age"
    parameter_name = "age"
    spans: ClassVar[dict[str, timedelta]] = {
        "hour": timedelta(hours=1),
        "day": timedelta(days=1),
        "week": timedelta(weeks=1),
        "month": timedelta(days=30),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, f"Less than a {name}".replace("a hour", "an hour")) for name in self.spans]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        age = self.spans.get(self.value() or "")
        return queryset.filter(pk__gte=_first_id(timezone.now() - age)) if age else queryset


BELOW_PROJECT: tuple[type[admin.SimpleListFilter], ...] = (
    AgeFilter,
    ProjectFilter,
    WorkspaceFilter,
)
"""The filters of every list of rows below a project."""


def by_person(column: str, title: str) -> type[TypedFilter]:
    """A filter by whoever stands in ``column``: an e-mail, or a service account's name."""

    def narrowed(self: TypedFilter, queryset: QuerySet[Any], typed: str) -> QuerySet[Any]:
        person = get_user_model().objects.by_author_name(typed)
        return queryset.filter(**{column: person.pk}) if person else queryset.none()

    facts = {"title": f"{title} (e-mail or name)", "parameter_name": f"by_{column}"}
    return type("PersonFilter", (TypedFilter,), facts | {"narrowed": narrowed})


def by_id(column: str, title: str) -> type[TypedFilter]:
    """A filter by the uuid in ``column``."""

    def narrowed(self: TypedFilter, queryset: QuerySet[Any], typed: str) -> QuerySet[Any]:
        row_id = parse_uuid(typed)
        return queryset.filter(**{column: row_id}) if row_id else queryset.none()

    facts = {"title": f"{title} (id)", "parameter_name": f"of_{column}"}
    return type("IdFilter", (TypedFilter,), facts | {"narrowed": narrowed})


def _first_id(moment: datetime) -> UUID:
    """The least UUIDv7 of a moment."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
