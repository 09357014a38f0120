"""Which field of a record is what, and the datapoint that it makes."""

from collections.abc import Mapping as Fields
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from feedback_app.example_files import jsonl
from feedback_app.example_files.records import MOST_COLUMNS, Record
from feedback_app.models import Datapoint
from traces_app import normal_form
from traces_app.errors import Invalid, Malformed

NO_QUESTION = "There is no question in “{}”."
NO_ANSWER = "There is no answer in “{}”."
_GUESSES: dict[str, tuple[str, ...]] = {
    "question": ("question", "prompt", "input", "instruction", "user"),
    "answer": ("answer", "completion", "output", "response", "assistant", "chosen"),
    "system": ("system", "system_prompt"),
    "replaced": ("replaced", "rejected"),
    "bucket": ("bucket", "split"),
}
_BUCKETS = {
    "train": Datapoint.Bucket.TRAINING,
    "val": Datapoint.Bucket.VALIDATION,
    "valid": Datapoint.Bucket.VALIDATION,
    "dev": Datapoint.Bucket.VALIDATION,
} | {str(each.value): each for each in Datapoint.Bucket}


class Reading(StrEnum):
    """What a record is taken for."""

    CHATS = "chats"
    COLUMNS = "columns"
    OBJECTS = "objects"


@dataclass(frozen=True, slots=True)
class Mapping:
    """How records become datapoints; the texts name fields, empty for none.

    ``put_into`` is the bucket of what names none.
    """

    reading: Reading = Reading.COLUMNS
    question: str = ""
    answer: str = ""
    system: str = ""
    replaced: str = ""
    bucket: str = ""
    put_into: str = Datapoint.Bucket.UNCATEGORIZED
    skips_duplicates: bool = False

    @classmethod
    def load(cls, stored: str) -> "Mapping":
        """The mapping of JSON text that ``dump`` has made."""
        value = normal_form.load(stored)
        known = {each.name: value[each.name] for each in fields(cls) if each.name in value}
        return cls(**known | {"reading": Reading(value.get("reading", Reading.COLUMNS))})

    def dump(self) -> str:
        return normal_form.dump(asdict(self))


@dataclass(frozen=True, slots=True)
class Example:
    """A datapoint to be: JSON text of its content, or why there is none."""

    number: int
    content: str = ""
    bucket: str = Datapoint.Bucket.UNCATEGORIZED
    replaced: str = ""
    error: str = ""


def columns_of(records: Sequence[Record]) -> list[str]:
    """The names of the fields of these records, as they come; not more than a CSV file has."""
    names: dict[str, None] = {}
    for record in records:
        if isinstance(record.value, dict):
            names |= dict.fromkeys(record.value)
    return list(names)[:MOST_COLUMNS]


def guess(records: Sequence[Record], *, is_csv: bool) -> Mapping:
    """What the first records look like."""
    values = [record.value for record in records if isinstance(record.value, dict)]
    if not is_csv and any(_as_chat(value) is not None for value in values):
        return Mapping(Reading.CHATS)
    lowered = {name.lower(): name for name in reversed(columns_of(records))}
    found: dict[str, Any] = {
        field: next((lowered[each] for each in names if each in lowered), "")
        for field, names in _GUESSES.items()
    }
    is_told = found["question"] and found["answer"]
    return Mapping(Reading.COLUMNS if is_told or is_csv else Reading.OBJECTS, **found)


def example(record: Record, mapping: Mapping) -> Example:
    """What a record makes."""
    if record.error:
        return Example(record.number, error=record.error)
    try:
        return _example(record, mapping)
    except (Invalid, Malformed) as mistake:
        return Example(record.number, error=str(mistake))


def _example(record: Record, mapping: Mapping) -> Example:
    value = record.value
    if not isinstance(value, dict):
        raise Invalid("It is no JSON object.")
    bucket = _bucket(value, mapping)
    if mapping.reading is Reading.OBJECTS:
        return Example(record.number, normal_form.dump(value), bucket)
    if mapping.reading is Reading.CHATS:
        chat = _as_chat(value) or value
        wrong = jsonl.what_is_wrong(chat)
        if wrong:
            raise Invalid(wrong)
        content = normal_form.dump({"messages": chat["messages"]})
        return Example(record.number, content, bucket, _replaced(value))
    content = normal_form.dump({"messages": _messages(value, mapping)})
    return Example(record.number, content, bucket, _text(value, mapping.replaced))


def _as_chat(value: dict[str, Any]) -> dict[str, Any] | None:
    """A chat as trainers read it, also one of a preference pair with the chosen answer."""
    if isinstance(value.get("messages"), list):
        return value
    asked, chosen = value.get("prompt"), value.get("chosen")
    if isinstance(asked, list) and isinstance(chosen, list):
        return {"messages": [*asked, *chosen]}
    return None


def _replaced(value: dict[str, Any]) -> str:
    rejected = value.get("rejected")
    last = rejected[-1] if isinstance(rejected, list) and rejected else None
    words = last.get("content") if isinstance(last, dict) else None
    return normal_form.clean_text(words) if isinstance(words, str) else ""


def _messages(value: dict[str, Any], mapping: Mapping) -> list[dict[str, str]]:
    question, answer = _text(value, mapping.question), _text(value, mapping.answer)
    if not question.strip():
        raise Invalid(NO_QUESTION.format(mapping.question))
    if not answer.strip():
        raise Invalid(NO_ANSWER.format(mapping.answer))
    system = _text(value, mapping.system)
    first = [{"role": "system", "content": system}] if system.strip() else []
    said = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return first + said


def _text(value: Fields[str, Any], name: str) -> str:
    """A field as text."""
    found = value.get(name) if name else None
    if found is None:
        return ""
    text = found if isinstance(found, str) else normal_form.dump(found)
    return normal_form.clean_text(text)


def _bucket(value: Fields[str, Any], mapping: Mapping) -> str:
    named = _text(value, mapping.bucket).strip().lower()
    if not named:
        return mapping.put_into
    if named not in _BUCKETS:
        raise Invalid(f"“{named[:40]}” is no bucket: training, validation or uncategorized.")
    return _BUCKETS[named]
