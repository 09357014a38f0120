"""Projects as Opik's clients send and read them."""

from typing import Any, Literal

from msgspec import Struct
from msgspec.json import Decoder

from traces_app.models import Project


class ProjectWrite(Struct):
    """A project to be made."""

    name: str | None = None
    description: str | None = None


class ProjectUpdate(Struct):
    """What changes of a project; null and absent keep. All projects are private."""

    name: str | None = None
    description: str | None = None
    visibility: Literal["private", "public"] | None = None


class ProjectName(Struct):
    """The name of a project to look up."""

    name: str | None = None


PROJECT = Decoder(ProjectWrite)
PROJECT_UPDATE = Decoder(ProjectUpdate)
PROJECT_NAME = Decoder(ProjectName)


def read(project: Project) -> dict[str, Any]:
    """One project as the API prints it."""
    printed: dict[str, Any] = {
        "id": project.pk,
        "name": project.name,
        "visibility": "private",
        "description": project.description or None,
        "created_at": project.created_at,
        "created_by": project.created_by.author_name if project.created_by else None,
        "last_updated_at": project.last_updated_at,
        "last_updated_trace_at": project.last_trace_at,
    }
    return {name: value for name, value in printed.items() if value is not None}
