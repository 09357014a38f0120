"""What projects add up to, as Opik's clients read it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from msgspec import Struct

from traces_app.api.opik.serializers import stats as shapes
from traces_app.query.stats import Stat

_SAME = ("duration", "total_estimated_cost", "total_estimated_cost_sum")
_COUNTS = ("trace_count", "thread_count", "guardrails_failed_count")


class ScoreAverage(Struct):
    """The mean of a score over the traces that have it."""

    name: str
    value: float


class Errors(Struct):
    """How many traces ended in an error."""

    count: int


class ProjectFigures(Struct, kw_only=True):
    """Figures about the traces of one project; ``duration`` is in milliseconds."""

    project_id: UUID
    trace_count: int = 0
    thread_count: int = 0
    guardrails_failed_count: int = 0
    error_count: Errors
    duration: dict[str, float] | None = None
    total_estimated_cost: float | None = None
    total_estimated_cost_sum: float | None = None
    usage: dict[str, float] | None = None
    feedback_scores: list[ScoreAverage] | None = None


class ProjectStatsRead(Struct):
    """One page of projects."""

    content: list[ProjectFigures]


def read(project_id: UUID, stats: Iterable[Stat]) -> dict[str, Any]:
    """One project's figures as the API prints them; a project without traces has zeros."""
    named = {stat["name"]: stat["value"] for stat in shapes.read(stats)["stats"]}
    return {
        "project_id": project_id,
        **{name: named.get(name, 0) for name in _COUNTS},
        "error_count": {"count": named.get("error_count", 0)},
        **{name: named[name] for name in _SAME if name in named},
        "usage": _family("usage.", named),
        "feedback_scores": [
            {"name": name, "value": value}
            for name, value in _family("feedback_scores.", named).items()
        ],
    }


def _family(prefix: str, named: dict[str, Any]) -> dict[str, Any]:
    return {
        name.removeprefix(prefix): value for name, value in named.items() if name.startswith(prefix)
    }
