"""Feedback definitions as Opik's clients send and read them."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Raw, Struct, field
from msgspec.json import Decoder

from traces_app import normal_form
from traces_app.api.opik import checks
from traces_app.models import FeedbackDefinition
from traces_app.services import definitions
from traces_app.services.definitions import Definition

Types = Literal["numerical", "categorical", "boolean"]


class DefinitionWrite(Struct, kw_only=True):
    """A definition, to be made or to stand in place of another.

    ``details`` is ``{"min", "max"}``, ``{"categories": {label: number}}`` with two labels or
    more, or ``{"true_label", "false_label"}``, as ``type`` says.
    """

    type: Types
    id: UUID | None = None
    name: str | None = None
    description: str | None = None
    details: Raw = field(default_factory=lambda: Raw(b"null"))

    def said(self) -> Definition:
        """Raises Unprocessable, Malformed; the details are looked at by the service."""
        rules = checks.Rules()
        rules.not_blank("name", self.name)
        rules.at_most("name", self.name, definitions.MAX_NAME)
        rules.at_most("description", self.description, definitions.MAX_NAME)
        details = normal_form.from_raw(self.details)
        rules.not_null("details", details)
        rules.enforce()
        return Definition(self.name or "", self.type, details or "", self.description or "")


class DefinitionRead(Struct, kw_only=True):
    """One definition."""

    id: UUID
    name: str
    type: Types
    details: dict[str, Any]
    created_at: datetime
    last_updated_at: datetime
    description: str | None = None
    created_by: str | None = None
    last_updated_by: str | None = None


class DefinitionPage(Struct):
    """One page of definitions."""

    page: int
    size: int
    total: int
    content: list[DefinitionRead]
    sortable_by: list[str]


DEFINITION = Decoder(DefinitionWrite)


def read(definition: FeedbackDefinition) -> dict[str, Any]:
    """One definition as the API prints it."""
    made_by, changed_by = definition.created_by, definition.last_updated_by
    printed: dict[str, Any] = {
        "id": definition.pk,
        "name": definition.name,
        "description": definition.description or None,
        "type": definition.type,
        "details": Raw(definition.details.encode()),
        "created_at": definition.created_at,
        "created_by": made_by.author_name if made_by else None,
        "last_updated_at": definition.last_updated_at,
        "last_updated_by": changed_by.author_name if changed_by else None,
    }
    return {name: value for name, value in printed.items() if value is not None}
