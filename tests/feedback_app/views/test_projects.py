"""The settings of a project: shown, saved, refused."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client, override_settings

from feedback_app.env import Generator
from tests.feedback_app.desk import Desk, words
from traces_app.models import AuditEvent, Project, Role

pytestmark = pytest.mark.django_db


def url(project: Project) -> str:
    return f"/projects/{project.pk}/settings"


def test_member_sets_threshold_and_approval() -> None:
    desk = Desk()
    project = desk.project()

    answer = desk.browser.post(url(project), {"dataset_threshold": "0.55"})

    project.refresh_from_db()
    assert answer.status_code == 302
    assert (project.dataset_threshold, project.approves_generated) == (Decimal("0.55"), False)
    assert AuditEvent.objects.filter(action="project.edit", entity_id=project.pk).count() == 1


def test_page_says_what_is_set_and_how_a_generator_is() -> None:
    desk = Desk()
    project = desk.project()

    bare = desk.browser.get(url(project))
    with override_settings(GENERATOR=Generator("http://x", "writer-1", "sk-secret", 5)):
        set_up = desk.browser.get(url(project))

    assert 'value="0.7"' in bare.text
    assert "GENERATOR_BASE_URL" in bare.text
    assert "writer-1" in words(set_up)
    assert "sk-secret" not in set_up.text


@pytest.mark.parametrize("threshold", ["", "1.1", "-1", "nan", "x\0", "0." + "1" * 40])
def test_bad_threshold_is_shown_beside_the_field(threshold: str) -> None:
    desk = Desk()
    project = desk.project()

    answer = desk.browser.post(url(project), {"dataset_threshold": threshold})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


@pytest.mark.parametrize(
    ("role", "seen", "saved"), [(Role.OWNER, 200, 302), (Role.VIEWER, 200, 403)]
)
def test_viewers_only_read(role: Role, seen: int, saved: int) -> None:
    desk = Desk(role)
    project = desk.project()

    assert desk.browser.get(url(project)).status_code == seen
    assert desk.browser.post(url(project), {"dataset_threshold": "0.5"}).status_code == saved


def test_reviewers_and_strangers_find_nothing_and_visitors_sign_in() -> None:
    desk = Desk()
    project = desk.project()
    bodies: list[Any] = [
        desk.colleague(Role.REVIEWER).browser.get(url(project)),
        Desk().browser.post(url(project), {"dataset_threshold": "0"}),
    ]

    assert {answer.status_code for answer in bodies} == {404}
    assert Client().get(url(project))["Location"].startswith("/sign-in")
