"""What traces and spans have in common as Opik's clients send them (opik.md §1)."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Raw, Struct, field
from msgspec.json import Decoder

from traces_app import normal_form
from traces_app.api.opik import checks
from traces_app.services.tags import TagChange

Instant = Annotated[datetime, Meta(tz=True)]
Sources = Literal["sdk", "experiment", "playground", "optimization", "evaluator"]


def _absent() -> Raw:
    return Raw(b"null")


class ErrorInfo(Struct, omit_defaults=True):
    """What went wrong in a run."""

    exception_type: str | None = None
    message: str | None = None
    traceback: str | None = None


class RunFields(Struct, kw_only=True):
    """What a creation and an update have in common."""

    name: str | None = None
    end_time: Instant | None = None
    input: Raw = field(default_factory=_absent)
    output: Raw = field(default_factory=_absent)
    metadata: Raw = field(default_factory=_absent)
    tags: list[str] | None = None
    error_info: ErrorInfo | None = None
    ttft: float | None = None
    source: Sources | None = None
    environment: str | None = None
    project_name: str | None = None

    def check(self, rules: checks.Rules) -> None:
        rules.blank_only_if_absent("projectName", self.project_name)
        rules.within("endTime", self.end_time, checks.LATEST_START)
        rules.at_least_zero("ttft", self.ttft)
        rules.at_most("environment", self.environment, checks.MAX_ENVIRONMENT)
        if self.error_info is not None:
            rules.not_blank("errorInfo.exceptionType", self.error_info.exception_type)
            rules.not_blank("errorInfo.traceback", self.error_info.traceback)

    def values(self) -> dict[str, Any]:
        """The merging columns, in stored form; None where nothing was sent."""
        text = normal_form.clean_text
        return {
            "end_time": self.end_time,
            "input": normal_form.from_raw(self.input),
            "output": normal_form.from_raw(self.output),
            "metadata": normal_form.from_raw(self.metadata),
            "error_info": None if self.error_info is None else _error_text(self.error_info),
            "ttft": self.ttft,
            "source": self.source,
            "name": None if self.name is None else text(self.name),
            "environment": text(self.environment) if self.environment else None,
        }


class RunWrite(RunFields, kw_only=True):
    """What a creation has beside."""

    id: UUID | None = None
    start_time: Instant | None = None
    last_updated_at: Instant | None = None

    def check(self, rules: checks.Rules) -> None:
        rules.not_null("startTime", self.start_time)
        rules.within("startTime", self.start_time, checks.LATEST_START)
        rules.within("lastUpdatedAt", self.last_updated_at, checks.LATEST_UPDATE)
        rules.tags("tags", self.tags, limited=False)
        super().check(rules)

    def values(self) -> dict[str, Any]:
        values = super().values()
        if self.tags is not None:
            values["tags"] = normal_form.dump(list(dict.fromkeys(self.tags)))
        return values


class RunUpdate(RunFields, kw_only=True):
    """What an update has beside; null and absent keep, ``tags: []`` clears."""

    project_id: UUID | None = None
    tags_to_add: list[str] | None = None
    tags_to_remove: list[str] | None = None

    def check(self, rules: checks.Rules) -> None:
        super().check(rules)
        rules.tags("tags", self.tags, limited=True)
        rules.tags("tagsToAdd", self.tags_to_add, limited=True)
        rules.tags("tagsToRemove", self.tags_to_remove, limited=True)

    def values(self) -> dict[str, Any]:
        values = super().values()
        if not (self.name or "").strip():
            values["name"] = None
        return values

    def tag_change(self, *, merge: bool = False) -> TagChange:
        """What is asked of the tags; with ``merge`` all of ``tags`` are added.

        Tags to add or to remove are all that counts where there are any.
        """
        added, removed = self.tags_to_add or [], self.tags_to_remove or []
        if merge and not added and not removed:
            return TagChange(add=self.tags or [])
        return TagChange(self.tags, added, removed)


class Ids(Struct):
    """Ids of things to delete."""

    ids: list[UUID] | None = None
    project_id: UUID | None = None


IDS = Decoder(Ids)


def _error_text(error: ErrorInfo) -> str:
    said = {"exception_type": error.exception_type, "message": error.message}
    said["traceback"] = error.traceback
    return normal_form.dump({key: value for key, value in said.items() if value is not None})
