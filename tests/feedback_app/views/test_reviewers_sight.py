"""A reviewer's account opens My work, and no other page of the app."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from uuid_utils.compat import uuid7

from tests.feedback_app.desk import Desk
from traces_app.models import Role

pytestmark = pytest.mark.django_db

OWN = {"home", "home-history", "home-notices", "change-password"}
"""What a reviewer opens; items of own queues are reached from there."""
ANYBODY = {"sign-in", "signed-out", "api-schema", "api-docs"}


def pages(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    """Every address with a name that is no API's and not the admin's."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if not str(pattern.pattern):
                yield from pages(pattern.url_patterns)
        elif pattern.name and not pattern.name.startswith("opik"):
            yield pattern


def address(pattern: URLPattern) -> str:
    made = {"uuid": uuid7(), "str": "x", "int": 1}
    kinds = {"UUIDConverter": "uuid", "StringConverter": "str", "IntConverter": "int"}
    given = {
        name: made[kinds[type(converter).__name__]]
        for name, converter in pattern.pattern.converters.items()
    }
    return reverse(str(pattern.name), kwargs=given)


PAGES = {str(each.name): each for each in pages(get_resolver().url_patterns)}


def test_a_reviewer_opens_own_work_and_nothing_else() -> None:
    browser = Desk().colleague(Role.REVIEWER).browser

    answers = {name: browser.get(address(PAGES[name])) for name in sorted(set(PAGES) - ANYBODY)}

    assert {name for name, answer in answers.items() if answer.status_code == 200} == OWN
    assert {answer.status_code for answer in answers.values()} <= {200, 302, 403, 404, 405}


def test_the_pages_are_found() -> None:
    known = {*OWN, "traces", "queues", "datasets", "members", "api-keys", "review-item"}
    assert known <= set(PAGES)
