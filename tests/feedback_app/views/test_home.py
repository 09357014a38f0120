"""The first page after signing in."""

import pytest
from django.test import Client

from tests import factories
from tests.feedback_app.desk import Desk
from traces_app.models import Role

pytestmark = pytest.mark.django_db


def test_visitors_are_asked_to_sign_in() -> None:
    assert Client().get("/")["Location"] == "/sign-in?next=/"


def test_a_reviewer_sees_own_work_and_no_other_section(client: Client) -> None:
    room = factories.workspace()
    factories.project(room, "secret-project")
    client.force_login(factories.member(room, Role.REVIEWER))

    answer = client.get("/")

    assert "Your work will be listed here" in answer.text
    assert "secret-project" not in answer.text
    assert "Settings" not in answer.text


def test_unknown_addresses_have_a_page_that_says_so(client: Client) -> None:
    answer = client.get("/nowhere")

    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


def test_a_viewer_is_not_asked_to_judge() -> None:
    desk = Desk(Role.VIEWER)
    trace = desk.trace()
    factories.queue(factories.access(desk.room), trace.project_id, trace, name="Warranty")

    answer = desk.browser.get("/")

    assert answer["Location"] == "/traces"
