"""The views above a trace list: which there are, which is open, and whether it was changed."""

from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from feedback_app.forms.trace_lists import TraceListForm
from feedback_app.models import DefaultView, SavedView
from feedback_app.trace_lists.asked import Asked
from traces_app.access import Access

MOST = 200


@dataclass(frozen=True)
class Tab:
    view: SavedView
    query: str
    """The list's query string, which names the view."""


@dataclass(frozen=True)
class Saved:
    """``is_changed``: the list is not what the open view says any more."""

    tabs: list[Tab]
    open: Tab | None
    is_changed: bool
    is_default: bool
    may_change: bool
    may_share: bool


def of(access: Access, asked: Asked, view_id: UUID | None) -> Saved:
    """Two queries. ``view_id`` is what the address names, also where the rest of it is bad."""
    visible = SavedView.objects.visible_to(access).select_related("owner").in_order()
    tabs = [Tab(view, address(view)) for view in visible[:MOST]]
    found = next((tab for tab in tabs if tab.view.pk == view_id), None)
    mine = DefaultView.objects.filter(workspace_id=access.workspace_id, user_id=access.user_id)
    default_id = mine.values_list("view_id", flat=True).first()
    is_own = found is not None and found.view.owner_id == access.user_id
    return Saved(
        tabs=tabs,
        open=found,
        is_changed=found is not None and found.view.query != asked.definition,
        is_default=found is not None and found.view.pk == default_id,
        may_change=is_own or (found is not None and access.may_administer),
        may_share=access.may_write,
    )


def default(access: Access) -> str:
    """The query string that the caller's list opens with; empty for all traces."""
    mine = DefaultView.objects.filter(workspace_id=access.workspace_id, user_id=access.user_id)
    view = SavedView.objects.visible_to(access).filter(pk__in=mine.values("view_id")).first()
    return "" if view is None else address(view)


def address(view: SavedView) -> str:
    """What it says stands in the address, too, so that it can be changed there."""
    return f"{view.query}&view={view.pk}" if view.query else f"view={view.pk}"


def read(query: str) -> Asked | None:
    """The list of a query string; None where it cannot be read."""
    form = TraceListForm(QueryDict(query))
    return form.asked() if form.is_valid() else None
