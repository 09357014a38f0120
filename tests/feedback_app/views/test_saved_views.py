"""Saved views: who has them, what they remember, and what is done to them."""

import json
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from feedback_app.models import DefaultView, SavedView
from feedback_app.services import saved_views
from tests.feedback_app.desk import Desk
from traces_app.models import AuditEvent, Role

pytestmark = pytest.mark.django_db

VIP = "filters=" + quote(json.dumps([{"field": "tags", "operator": "=", "value": "vip"}]))


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.trace(tags='["vip"]')
    return desk


def save(desk: Desk, query: str = "sort=best", name: str = "Best", shared: bool = False) -> Any:
    fields = {"name": name} | ({"is_shared": "on"} if shared else {})
    return desk.browser.post(f"/traces/views?{query}", fields, follow=True)


def act(desk: Desk, view: SavedView, do: str, query: str = "", **fields: str) -> Any:
    address = f"/traces/views/{view.pk}?{query}"
    return desk.browser.post(address, {"do": do} | fields, follow=True)


def tabs(desk: Desk) -> list[str]:
    return [tab.view.name for tab in desk.browser.get("/traces?all=1").context["saved"].tabs]


def test_a_view_keeps_filters_and_order_and_not_the_place(desk: Desk) -> None:
    place = f"~{uuid4()}"

    answer = save(desk, f"{VIP}&q=a&sort=best&mode=text&after=none{place}")

    view = SavedView.objects.get()
    assert view.query == f"q=a&{VIP.replace('%20', '+')}&sort=best"
    assert answer.redirect_chain[0][0] == f"/traces?{view.query}&view={view.pk}"
    assert answer.context["saved"].open.view == view
    assert not answer.context["saved"].is_changed
    assert AuditEvent.objects.filter(action="saved_view.create", entity_id=view.pk).exists()


def test_a_name_from_right_to_left_leaves_the_message_as_it_reads(desk: Desk) -> None:
    assert "<p>“שלום” is saved.</p>" in save(desk, name="שלום").text


def test_a_changed_view_says_so_and_is_saved(desk: Desk) -> None:
    save(desk)
    view = SavedView.objects.get()

    changed = desk.browser.get(f"/traces?sort=worst&view={view.pk}")
    act(desk, view, "update", f"sort=worst&view={view.pk}")

    view.refresh_from_db()
    assert changed.context["saved"].is_changed
    assert "changed" in changed.text
    assert view.query == "sort=worst"


def test_a_view_is_renamed_shared_and_deleted(desk: Desk) -> None:
    save(desk)
    view = SavedView.objects.get()

    act(desk, view, "edit", name="Finest", is_shared="on")
    assert tabs(desk.colleague()) == ["Finest"]
    act(desk, view, "edit", name="Finest")
    assert tabs(desk.colleague()) == []
    act(desk, view, "delete")

    assert tabs(desk) == []


def test_shared_views_are_changed_by_their_owner_and_the_workspaces(desk: Desk) -> None:
    save(desk, shared=True)
    view = SavedView.objects.get()

    assert act(desk.colleague(), view, "edit", name="Mine").status_code == 403
    assert act(desk.colleague(), view, "delete").status_code == 403
    assert (
        act(desk.colleague(Role.OWNER), view, "edit", name="Ours", is_shared="on").status_code
        == 200
    )
    assert tabs(desk) == ["Ours"]


def test_names_are_unique_to_their_owner(desk: Desk) -> None:
    save(desk)

    again = save(desk, name=" Best ")
    save(desk.colleague())

    assert "There is a view “Best” already." in again.text
    assert SavedView.objects.filter(name="Best").count() == 2


@pytest.mark.parametrize("name", ["", "  ", "x" * 256, "a\x00b"])
def test_a_view_needs_a_name(desk: Desk, name: str) -> None:
    assert "at most 255 characters" in save(desk, name=name).text
    assert not SavedView.objects.exists()


def test_nobody_keeps_more_views_than_can_be_found(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_views, "MOST", 1)
    save(desk)

    assert "Delete one first." in save(desk, name="Another").text


def test_a_list_that_cannot_be_read_is_not_saved(desk: Desk) -> None:
    desk.browser.post("/traces/views?filters=nonsense", {"name": "Bad"})
    unknown = desk.browser.post(f"/traces/views?project={uuid4()}", {"name": "Bad"})

    assert unknown.status_code == 404
    assert not SavedView.objects.exists()


def test_a_view_that_cannot_be_read_any_more_says_why(desk: Desk) -> None:
    save(desk)
    view = SavedView.objects.get()
    SavedView.objects.update(query="filters=nonsense")

    answer = desk.browser.get(f"/traces/views/{view.pk}", follow=True)

    assert answer.status_code == 422
    assert "Invalid filters query parameter" in answer.text
    assert answer.context["saved"].open.view == view
    assert "Delete view" in answer.text


def test_the_list_opens_with_the_view_of_choice(desk: Desk) -> None:
    save(desk, shared=True)
    view, colleague = SavedView.objects.get(), desk.colleague()

    act(colleague, view, "default")

    assert colleague.browser.get("/traces")["Location"] == f"/traces?sort=best&view={view.pk}"
    assert colleague.browser.get("/traces?all=1").status_code == 200
    assert desk.browser.get("/traces").status_code == 200
    act(desk, view, "edit", name="Best")  # not shared any more
    assert colleague.browser.get("/traces").status_code == 200
    act(desk, view, "no-default")
    assert DefaultView.objects.count() == 1


def test_a_view_of_a_project_goes_with_it(desk: Desk) -> None:
    project = desk.project("other")
    save(desk, f"project={project.pk}")
    project.delete()

    assert tabs(desk) == []


def test_viewers_keep_views_to_themselves(desk: Desk) -> None:
    viewer = desk.colleague(Role.VIEWER)

    assert save(viewer).status_code == 200
    assert save(viewer, name="Ours", shared=True).status_code == 403
    assert (tabs(viewer), tabs(desk)) == (["Best"], [])


def test_reviewers_and_strangers_have_none_of_them(desk: Desk) -> None:
    save(desk, shared=True)
    view = SavedView.objects.get()
    reviewer, stranger = desk.colleague(Role.REVIEWER), Desk()
    stranger.trace()

    assert save(reviewer).status_code == 403
    assert act(reviewer, view, "delete").status_code == 404
    assert reviewer.browser.get(f"/traces/views/{view.pk}").status_code == 404
    assert act(stranger, view, "default").status_code == 404
    assert stranger.browser.get(f"/traces?view={view.pk}").context["saved"].open is None
    assert Client().post("/traces/views", {"name": "x"})["Location"].startswith("/sign-in")
    assert Client().get(f"/traces/views/{view.pk}")["Location"].startswith("/sign-in")


def test_another_s_own_view_is_not_found(desk: Desk) -> None:
    save(desk)

    assert act(desk.colleague(Role.OWNER), SavedView.objects.get(), "delete").status_code == 404


def test_nothing_is_done_that_was_not_asked(desk: Desk) -> None:
    save(desk)
    view = SavedView.objects.get()

    assert "Nothing was asked for." in act(desk, view, "explode").text
    assert desk.browser.get("/traces/views").status_code == 405
    assert desk.browser.get("/traces?view=nonsense").status_code == 422


def test_views_take_two_queries_however_many(desk: Desk) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            desk.browser.get("/traces?all=1")
        return len(captured)

    save(desk, shared=True)
    before = queries()
    for number in range(3):
        save(desk.colleague(), name=f"view {number}", shared=True)

    assert queries() == before
