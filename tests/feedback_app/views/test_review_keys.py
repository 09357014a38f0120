"""The sheet of keys tells those that do something on the page that is open."""

import re
from typing import Any

import pytest

from tests.feedback_app.desk import Desk
from tests.feedback_app.match import Match
from tests.feedback_app.views.test_reviews import Round
from traces_app.models import Role

pytestmark = pytest.mark.django_db


def sheet(desk: Desk, address: str) -> list[str]:
    answer: Any = desk.browser.get(address, follow=True)
    told = answer.text[answer.text.index('id="keys"') :]
    return re.findall("<dt><kbd>(.*?)</kbd>", told[: told.index("</dl>")])


@pytest.mark.parametrize("is_wanted", [True, False])
def test_a_key_is_told_where_the_queue_asks_for_it(is_wanted: bool) -> None:
    round_ = Round(comments_enabled=is_wanted, corrections_enabled=is_wanted, is_blind=False)

    told = sheet(round_.desk, round_.start)

    assert [key in told for key in "cnpd"] == [is_wanted, is_wanted, True, False]
    assert "d" in sheet(round_.lead, round_.start)  # who may write may add


def test_a_pair_has_keys_of_its_own() -> None:
    match = Match()
    match.pair()

    told = sheet(match.desk, f"/queues/{match.queue.pk}/items/{match.traces[0].pk}")

    assert told[:6] == ["a", "b", "e", "Enter", "n", "Ctrl Enter"]
    assert not {"p", "x", "c", "1 … 9, 0"} & set(told)


def test_who_only_looks_is_told_how_to_move() -> None:
    round_ = Round()
    viewer = round_.lead.colleague(Role.VIEWER)

    told = sheet(viewer, round_.path(round_.traces[0]))

    assert told[0] == "j →"
    assert "s" not in told
