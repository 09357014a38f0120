"""Keeping lists of traces under names, changing them and sharing them."""

from uuid import UUID

from django.db import transaction

from feedback_app.models import DefaultView, SavedView
from traces_app.access import Access
from traces_app.errors import Conflict, Forbidden, Invalid, NotFound
from traces_app.models import NIL
from traces_app.models.workspaces import Workspace
from traces_app.normal_form import clean_text
from traces_app.services import events
from traces_app.services.events import Change

MOST = 100
"""Views of one person in a workspace."""


@transaction.atomic
def save(
    *, access: Access, name: str, query: str, project_id: UUID | None, is_shared: bool = False
) -> SavedView:
    """A new view. Raises Forbidden, Conflict for a name that is taken, Invalid."""
    _must_keep_views(access, is_shared)
    Workspace.objects.select_for_update().get(pk=access.workspace_id)
    own = SavedView.objects.filter(workspace_id=access.workspace_id, owner_id=access.user_id)
    if own.count() >= MOST:
        raise Invalid(f"You have {MOST} views already. Delete one first.")
    name = _free_name(name, access.workspace_id, access.user_id)
    view = SavedView.objects.create(
        workspace_id=access.workspace_id,
        owner_id=access.user_id,
        project_id=project_id or NIL,
        name=name,
        query=query,
        is_shared=is_shared,
    )
    _tell(access, "create", view, before={}, after=_facts(view))
    return view


@transaction.atomic
def update(*, access: Access, view_id: UUID, query: str, project_id: UUID | None) -> SavedView:
    """Let the view mean another list. Raises Forbidden, NotFound."""
    view = _changeable(access, view_id)
    before = _facts(view)
    view.query, view.project_id = query, project_id or NIL
    view.save()
    _tell(access, "update", view, before=before, after=_facts(view))
    return view


@transaction.atomic
def edit(*, access: Access, view_id: UUID, name: str, is_shared: bool) -> SavedView:
    """Rename it, and share it or keep it to its owner. Raises as ``save``, and NotFound."""
    view = _changeable(access, view_id)
    if is_shared and not view.is_shared:
        _must_keep_views(access, is_shared)
    before = _facts(view)
    if name.strip() != view.name:
        view.name = _free_name(name, view.workspace_id, view.owner_id)
    view.is_shared = is_shared
    view.save()
    _tell(access, "edit", view, before=before, after=_facts(view))
    return view


@transaction.atomic
def delete(*, access: Access, view_id: UUID) -> SavedView:
    """Raises Forbidden, NotFound."""
    view = _changeable(access, view_id)
    _tell(access, "delete", view, before=_facts(view), after={})
    SavedView.objects.filter(pk=view.pk).delete()
    return view


@transaction.atomic
def open_with(*, access: Access, view_id: UUID | None) -> None:
    """Let the caller's trace list open with a view, or with all traces. Raises NotFound."""
    mine = DefaultView.objects.filter(workspace_id=access.workspace_id, user_id=access.user_id)
    if view_id is None:
        mine.delete()
        return
    view = _seen(access, view_id)
    DefaultView.objects.update_or_create(
        workspace_id=access.workspace_id, user_id=access.user_id, defaults={"view": view}
    )


def _must_keep_views(access: Access, is_shared: bool) -> None:
    if access.sees_queues_only:
        raise Forbidden("Reviewers have no views.")
    if is_shared and not access.may_write:
        raise Forbidden("Viewers keep views to themselves.")


def _seen(access: Access, view_id: UUID) -> SavedView:
    visible = SavedView.objects.visible_to(access).select_for_update(of=("self",))
    view = visible.filter(pk=view_id).first()
    if view is None:
        raise NotFound("There is no such view.")
    return view


def _changeable(access: Access, view_id: UUID) -> SavedView:
    """Its owner's to change; an owner of the workspace may change what is shared in it."""
    Workspace.objects.select_for_update().get(pk=access.workspace_id)
    view = _seen(access, view_id)
    if view.owner_id != access.user_id and not access.may_administer:
        raise Forbidden("Only whoever made this view can change it. Save it under another name.")
    return view


def forget_project(*, project_id: UUID) -> int:
    """Remove the views of a project that is gone, and that people's lists open with them; how
    many. Harmless to repeat."""
    views = SavedView.objects.filter(project_id=project_id)
    return views.delete()[1].get(SavedView._meta.label, 0)


def _free_name(name: str, workspace_id: UUID, owner_id: UUID) -> str:
    name = clean_text(name).strip()
    if not name or len(name) > 255:
        raise Invalid("Give the view a name of at most 255 characters.")
    taken = SavedView.objects.filter(workspace_id=workspace_id, owner_id=owner_id, name=name)
    if taken.exists():
        raise Conflict(f"There is a view “{name}” already.")
    return name


def _facts(view: SavedView) -> dict[str, object]:
    return {"name": view.name, "query": view.query, "is_shared": view.is_shared}


def _tell(
    access: Access,
    verb: str,
    view: SavedView,
    *,
    before: dict[str, object],
    after: dict[str, object],
) -> None:
    change = Change(
        f"saved_view.{verb}", "saved_view", view.pk, view.project_id, before=before, after=after
    )
    events.record(access, [change])
