"""The bodies that Prem's clients send about traces: both generations and both spellings."""

from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from traces_app import normal_form
from traces_app.api.prem.errors import InvalidFields
from traces_app.api.prem.serializers.fields import Fields
from traces_app.services.judged_traces import JudgedTrace, Rejudgement

MAX_TRACES = 10_000
UNKNOWN_PROJECT = "There is no such project."
NO_OBJECT = "Send an object with modelId, input and output."


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
