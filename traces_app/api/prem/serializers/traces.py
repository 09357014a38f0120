"""The bodies that Prem's clients send about traces: both generations and both spellings."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from traces_app import normal_form
from traces_app.api.prem.errors import InvalidFields
from traces_app.api.prem.serializers.fields import MAX_FEEDBACK, Fields
from traces_app.services.judged_traces import JudgedTrace, Rejudgement

MAX_TRACES = 10_000
UNKNOWN_PROJECT = "There is no such project."
NO_OBJECT = "Send an object with modelId, input and output."

Text = Annotated[str, msgspec.Meta(min_length=1)]
ZeroToOne = Annotated[float, msgspec.Meta(ge=0, le=1)]
Feedback = Annotated[str, msgspec.Meta(max_length=MAX_FEEDBACK)]


class TraceWrite(msgspec.Struct, rename="camel"):
    """A new trace as the API schema shows it; snake_case names are taken too."""

    model_id: Text
    input: Text
    output: Text
    score: ZeroToOne | None = None
    feedback: Feedback | None = None
    project_id: UUID | None = None


class TraceChange(msgspec.Struct, rename="camel"):
    """A change as the API schema shows it: what is absent stays."""

    score: ZeroToOne | UnsetType | None = UNSET
    feedback: Feedback | UnsetType | None = UNSET
    project_id: UUID | UnsetType | None = UNSET


def judged_trace(sent: object) -> JudgedTrace:
    """One trace to create. Raises InvalidFields with all that is wrong with it."""
    if not isinstance(sent, dict):
        raise InvalidFields({"": [NO_OBJECT]})
    fields = Fields(sent)
    model_id = fields.text("modelId", "model_id")
    input_, output = fields.text("input"), fields.text("output")
    score, feedback = fields.score(), fields.feedback()
    project_id = fields.uuid("projectId", "project_id")
    fields.check()
    values = {
        "model_id": normal_form.clean_text(model_id),
        "input": normal_form.dump(input_),
        "output": normal_form.dump(output),
        "source": "sdk",
    }
    return JudgedTrace(
        values,
        project_id=project_id or None,
        score=None if score is UNSET else score,
        feedback=feedback or "",
    )


def rejudgement(sent: object) -> Rejudgement:
    """The body of an update. Raises InvalidFields."""
    if not isinstance(sent, dict):
        raise InvalidFields({"": ["Send an object with score, feedback or projectId."]})
    fields = Fields(sent)
    change = Rejudgement(
        score=fields.score(),
        feedback=fields.feedback(),
        project_id=fields.uuid("projectId", "project_id"),
    )
    fields.check()
    return change


class CreatedTrace(msgspec.Struct, rename="camel"):
    """What became of one trace of a create; ``error`` and ``index`` when it failed."""

    trace_id: UUID | None = None
    success: bool = False
    error: str | UnsetType = UNSET
    index: int | UnsetType = UNSET

    def settle(self, created: UUID | None) -> None:
        """Note the new trace's id; None when its project is unknown."""
        if created is None:
            self.error = f"projectId: {UNKNOWN_PROJECT}"
        else:
            self.trace_id, self.success, self.index = created, True, UNSET


class CreatedTraces(msgspec.Struct):
    """One result for each trace, in the order sent."""

    results: list[CreatedTrace]


class Deleted(msgspec.Struct):
    """What was deleted."""

    success: bool
    id: UUID
