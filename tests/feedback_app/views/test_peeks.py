"""The panel over the list of traces."""

from uuid import uuid4

import pytest
from django.test import Client

from tests.feedback_app.desk import HTMX, Desk, words
from traces_app.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_address_opens_the_panel_over_its_list(desk: Desk) -> None:
    trace = desk.trace(tags='["vip"]')
    desk.score(trace, "0.4", "cold")

    text = words(desk.browser.get(f"/traces?tag=vip&peek={trace.pk}"))

    assert f'data-peeked="trace-{trace.pk}"' in text
    assert 'href="/traces?tag=vip" aria-label="Close the panel"' in text
    assert f'href="/traces/{trace.pk}?tag=vip"' in text
    assert "cold" in text.partition('id="peek"')[2]


def test_panel_comes_by_itself_and_names_its_address(desk: Desk) -> None:
    trace = desk.trace()

    answer = desk.browser.get(f"/traces/{trace.pk}/peek?tag=vip", headers=HTMX)

    assert answer["HX-Push-Url"] == f"/traces?tag=vip&peek={trace.pk}"
    assert answer.text.lstrip().startswith('<aside id="peek"')


def test_every_row_leads_to_its_panel_without_script(desk: Desk) -> None:
    trace = desk.trace(tags='["vip"]')

    text = desk.browser.get("/traces?tag=vip").text

    assert f'href="/traces?tag=vip&amp;peek={trace.pk}"' in text
    assert 'id="peek"' not in text


def test_its_forms_redraw_what_the_panel_shows(desk: Desk) -> None:
    trace = desk.trace()
    address = f"/traces/{trace.pk}/verdict?parts=verdict-scores-comments"
    assert f'hx-post="{address}"' in desk.browser.get(f"/traces/{trace.pk}/peek").text

    text = desk.browser.post(address, {"score": "0.7"}, headers=HTMX).text

    assert 'id="verdict"' in text
    assert 'id="scores"' in text
    assert 'id="history"' not in text


def test_one_row_asked_for_again_leaves_the_address_alone(desk: Desk) -> None:
    trace = desk.trace()

    headers = HTMX | {"HX-Target": f"trace-{trace.pk}"}
    answer = desk.browser.get(f"/traces?peek={trace.pk}", headers=headers)

    assert f'id="trace-{trace.pk}"' in answer.text
    assert "HX-Push-Url" not in answer


def test_viewers_read_in_it_and_nobody_else_finds_it(desk: Desk) -> None:
    trace = desk.trace()
    viewer = desk.colleague(Role.VIEWER)

    assert "Viewers read; they do not judge." in viewer.browser.get(f"/traces/{trace.pk}/peek").text
    for other in (Desk(), desk.colleague(Role.REVIEWER)):
        assert other.browser.get(f"/traces/{trace.pk}/peek").status_code == 404
    assert Client().get(f"/traces/{trace.pk}/peek")["Location"].startswith("/sign-in")


@pytest.mark.parametrize("odd", ["x", "%00", "01890a5d-ac96-774b-bcce-b302099a8057"])
def test_panel_of_nothing_is_not_found(desk: Desk, odd: str) -> None:
    desk.trace()

    assert desk.browser.get(f"/traces?peek={odd}").status_code == 404
    assert desk.browser.get(f"/traces/{uuid4()}/peek").status_code == 404
