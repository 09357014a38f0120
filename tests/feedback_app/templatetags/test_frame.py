"""Icons, scores, times and the navigation."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from feedback_app.templatetags.frame import ago, icon, score, short_number
from tests import factories
from traces_app.models import Role


def test_an_icon_is_decoration_unless_it_is_named() -> None:
    assert 'aria-hidden="true"' in icon("copy")
    assert 'role="img" aria-label="by &quot;x&quot;"' in icon("copy", label='by "x"')


@pytest.mark.parametrize(
    ("value", "css", "shown"),
    [
        (Decimal("0.7"), "good", ">0.7<"),
        (Decimal("0.69"), "mid", ">0.69<"),
        (0.5, "mid", ">0.5<"),
        (Decimal("0.499999999"), "bad", ">0.5<"),
        (0, "bad", ">0.0<"),
        (1, "good", ">1.0<"),
        (Decimal("-3.25"), "plain", "-3.25<"),
        (None, "unset", "no score"),
    ],
)
def test_a_score_has_a_shape_and_a_rounded_number(
    value: Decimal | float | None, css: str, shown: str
) -> None:
    assert f'class="score {css}"' in score(value)
    assert shown in score(value)


def test_a_score_keeps_its_exact_value_for_hovering() -> None:
    assert 'title="0.333333333"' in score(Decimal("0.333333333"))


@pytest.mark.parametrize(
    ("value", "text"), [(0.35, "0.35"), (1, "1.0"), (12500, "12500"), (-0.5, "-0.5")]
)
def test_numbers_are_rounded_for_reading(value: float, text: str) -> None:
    assert short_number(value) == text


@pytest.mark.parametrize(
    ("passed", "words"),
    [(timedelta(seconds=5), "now"), (timedelta(minutes=12), "12 min"), (timedelta(hours=3), "3 h")],
)
def test_recent_times_are_relative(passed: timedelta, words: str) -> None:
    assert f">{words}</time>" in ago(timezone.now() - passed)


def test_older_times_are_days_and_the_exact_one_is_in_the_title() -> None:
    moment = timezone.now().replace(year=2024, month=2, day=9)

    assert ">9 Feb 2024</time>" in ago(moment)
    assert f'title="{moment.isoformat(timespec="seconds")}"' in ago(moment)


@pytest.mark.django_db
def test_a_reviewer_of_two_workspaces_can_switch(client: Client) -> None:
    person = factories.member(factories.workspace("Ant"), Role.REVIEWER)
    factories.member(factories.workspace("Zebra"), Role.REVIEWER, person)
    client.force_login(person)

    text = client.get("/").text

    assert 'popovertarget="places"' in text
    assert "Zebra" in text


@pytest.mark.django_db
def test_a_page_asks_the_database_six_times(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    room = factories.workspace()
    for _ in range(3):
        factories.project(room)
    client.force_login(factories.member(room))

    # session, user, memberships, ids of projects, unread notices, projects
    with django_assert_num_queries(6):
        client.get("/settings/password")


@pytest.mark.django_db
def test_the_navigation_lists_only_the_open_workspace(client: Client) -> None:
    room = factories.workspace("Ant")
    factories.project(room, "ours")
    factories.project(factories.workspace("Zebra"), "theirs")
    client.force_login(factories.member(room))

    text = client.get("/settings/password").text

    assert "Ant" in text
    assert "theirs" not in text
    assert "Zebra" not in text
