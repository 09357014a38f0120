"""Lists of any length: counted up to a limit, one page of rows at a time."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from traces_app.normal_form import clean_text

if TYPE_CHECKING:
    _Paginator = Paginator[Any]
else:
    _Paginator = Paginator

COUNTED = 10_000
"""Rows that a list counts, and the furthest row that its pages reach; search goes further."""


class BoundedPaginator(_Paginator):
    """Counts no further than COUNTED: an exact count reads the whole table on PostgreSQL."""

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by().values("pk")[: COUNTED + 1].count()
        return len(rows)

    @cached_property
    def count(self) -> int:
        return min(self._counted, COUNTED)

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than the pages reach."""
        return self._counted > COUNTED


class BoundedList(ChangeList):
    """A changelist that leaves the large columns in the database."""

    def get_filters(self, request: HttpRequest) -> Any:
        # PostgreSQL refuses a NUL; what no row can hold finds nothing.
        for values in self.filter_params.values():
            values[:] = map(clean_text, values)
        return super().get_filters(request)

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        return rows.defer(*getattr(self.model_admin, "large_fields", ()))

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        # Else the search bar repeats the count, without the sign that there are more.
        self.full_result_count = self.result_count


class PageActionForm(ActionForm):
    """Actions reach the ticked rows of one page, never every row that a filter finds."""

    def clean_select_across(self) -> bool:
        return False
