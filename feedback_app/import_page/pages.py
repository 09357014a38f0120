"""The page of one import: what its file begins with, how far it is, what could not be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from feedback_app.example_files import mapping as mappings
from feedback_app.example_files.mapping import Mapping
from feedback_app.example_files.records import Record
from feedback_app.models import DatasetImport
from feedback_app.reading.chats import messages_of
from feedback_app.reading.preview import preview
from feedback_app.services import dataset_imports, take_backs
from traces_app import normal_form
from traces_app.models import Job

SHOWN = 8
"""Records of the preview."""
MISTAKES = 50
_CUT = 400


@dataclass(frozen=True)
class Sample:
    """One record as it would be stored, or why it would not."""

    number: int
    question: str = ""
    answer: str = ""
    replaced: str = ""
    bucket: str = ""
    error: str = ""


def samples(records: Sequence[Record], mapping: Mapping) -> list[Sample]:
    """What the first records would become."""
    return [_sample(mappings.example(record, mapping)) for record in records[:SHOWN]]


def standing(task: DatasetImport) -> dict[str, Any]:
    """How far it is, for the part that asks for itself again. One query while it goes on.

    ``may_take_back`` is whether that is offered; ``back`` is the job that does it, or did.
    """
    mistakes = normal_form.load(task.mistakes)
    return {
        "task": task,
        "mistakes": mistakes[:MISTAKES],
        "told": len(mistakes),
        "percent": 100 * task.place // task.size if task.size else 100,
        "stuck": _stuck(task) if task.is_going else "",
        "may_take_back": take_backs.may_ask(task),
        "back": Job.objects.filter(pk=task.take_back_job_id).first()
        if task.take_back_job_id
        else None,
    }


def _sample(example: mappings.Example) -> Sample:
    if example.error:
        return Sample(example.number, error=example.error)
    messages = messages_of(example.content)
    if messages is None:
        question, answer = preview(example.content, _CUT), ""
    else:
        asked = [each["content"] for each in messages if each["role"] == "user"]
        question, answer = asked[-1] if asked else "", messages[-1]["content"]
    return Sample(
        example.number, question[:_CUT], answer[:_CUT], example.replaced[:_CUT], example.bucket
    )


def _stuck(task: DatasetImport) -> str:
    """Why the job has given up, when something else than a refusal ended it."""
    key = f"{dataset_imports.KIND}:{task.pk}:{task.run}"
    given_up = Job.objects.filter(key=key, state=Job.State.FAILED).first()
    return given_up.error if given_up else ""
