"""Environments as Opik's clients send and read them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.json import Decoder

from traces_app.api.opik import checks
from traces_app.models import Environment
from traces_app.services import environments
from traces_app.services.environments import Wishes


class EnvironmentUpdate(Struct, kw_only=True):
    """What changes of an environment; null and absent keep."""

    name: str | None = None
    description: str | None = None
    color: str | None = None
    position: int | None = None

    def wishes(self) -> Wishes:
        """Raises Unprocessable."""
        rules = checks.Rules()
        self.check(rules)
        rules.enforce()
        return Wishes(
            name=self.name,
            description=self.description,
            color=self.color,
            position=self.position,
        )

    def check(self, rules: checks.Rules) -> None:
        rules.blank_only_if_absent("name", self.name)
        rules.at_most("name", self.name, environments.MAX_NAME)
        rules.at_most("description", self.description, environments.MAX_DESCRIPTION)
        rules.at_most("color", self.color, environments.MAX_COLOR)
        rules.at_least_zero("position", self.position)


class EnvironmentWrite(EnvironmentUpdate, kw_only=True):
    """An environment to be made."""

    id: UUID | None = None

    def check(self, rules: checks.Rules) -> None:
        if self.name is None:
            rules.not_blank("name", self.name)
        super().check(rules)


class EnvironmentRead(Struct, kw_only=True):
    """One environment."""

    id: UUID
    name: str
    position: int
    created_at: datetime
    last_updated_at: datetime
    description: str | None = None
    color: str | None = None
    created_by: str | None = None
    last_updated_by: str | None = None


class EnvironmentPage(Struct):
    """All environments of the workspace."""

    page: int
    size: int
    total: int
    content: list[EnvironmentRead]
    sortable_by: list[str]


ENVIRONMENT = Decoder(EnvironmentWrite)
ENVIRONMENT_UPDATE = Decoder(EnvironmentUpdate)


def read(environment: Environment) -> dict[str, Any]:
    """One environment as the API prints it."""
    made_by, changed_by = environment.created_by, environment.last_updated_by
    printed: dict[str, Any] = {
        "id": environment.pk,
        "name": environment.name,
        "description": environment.description or None,
        "color": environment.color or None,
        "position": environment.position,
        "created_at": environment.created_at,
        "created_by": made_by.author_name if made_by else None,
        "last_updated_at": environment.last_updated_at,
        "last_updated_by": changed_by.author_name if changed_by else None,
    }
    return {name: value for name, value in printed.items() if value is not None}
