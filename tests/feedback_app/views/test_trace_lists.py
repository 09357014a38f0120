"""The trace list: who sees it, what it shows, how it is filtered and paged."""

import pytest
from django.test import Client

from tests import factories
from traces_app.access import Access
from traces_app.models import Face, Role, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Workspace:
    return factories.workspace("Kettle & Finch")


@pytest.fixture
def owner(room: Workspace, client: Client) -> Access:
    """An owner of the room, signed in."""
    person = factories.member(room, Role.OWNER)
    client.force_login(person)
    return factories.access(room, person=person, face=Face.PAGE)


def test_the_newest_trace_comes_first(client: Client, owner: Access) -> None:
    factories.trace(owner, input='"older question"')
    factories.trace(owner, input='"newer question"', output='"an answer"')

    text = client.get("/traces").text

    assert text.index("newer question") < text.index("older question")
    assert "an answer" in text
