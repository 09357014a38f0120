"""A person at a browser in a workspace with one project, and the page of a trace."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.test import Client

from tests import factories
from traces_app.access import Access
from traces_app.models import VERDICT, EntityType, Face, Project, Role, Source, Trace, Workspace
from traces_app.services import scores
from traces_app.services.scores import Said

HTMX = {"HX-Request": "true"}
CHAT = '[{"role":"user","content":"Is it covered?"}]'


class Desk:
    """One member of a workspace, signed in."""

    def __init__(self, role: Role = Role.MEMBER, room: Workspace | None = None) -> None:
        self.room = room or factories.workspace()
        self.person = factories.member(self.room, role)
        self.browser = Client()
        self.browser.force_login(self.person)

    @property
    def access(self) -> Access:
        member = self.person.memberships.get()
        return factories.access(self.room, Role(member.role), self.person, Face.PAGE)

    def colleague(self, role: Role = Role.MEMBER) -> "Desk":
        return Desk(role, self.room)

    def project(self, name: str = "support") -> Project:
        return factories.project(self.room, name)

    def trace(self, **values: Any) -> Trace:
        """A trace that an owner's client has sent."""
        sender = factories.access(self.room)
        return factories.trace(sender, **{"input": CHAT, "output": '"Yes."'} | values)

    def score(self, on: Trace, value: str, reason: str | None = None, name: str = VERDICT) -> None:
        said = Said(on.pk, name, Decimal(value), Source.UI.value, reason)
        scores.record(access=self.access, entity_type=EntityType.TRACE, said=[said])

    def open(self, trace: Trace | UUID, query: str = "") -> Any:
        pk = trace.pk if isinstance(trace, Trace) else trace
        return self.browser.get(f"/traces/{pk}{query}")

    def post(self, trace: Trace, part: str, *, htmx: bool = False, **fields: str) -> Any:
        headers = HTMX if htmx else {}
        return self.browser.post(f"/traces/{trace.pk}/{part}", fields, headers=headers)


def words(answer: Any) -> str:
    """The answer's text with one space wherever there is white space."""
    return " ".join(answer.text.split())
