"""What each filter means, in plain Python over the same rows: the judge of the SQL."""

import json
import math
import operator as compare
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.traces_app.query.rows import Row, span_means
from traces_app.models import Source

_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "=": compare.eq,
    ">": compare.gt,
    ">=": compare.ge,
    "<": compare.lt,
    "<=": compare.le,
}
OPPOSITES = {"!=": "=", "not_contains": "contains", "is_not_empty": "is_empty", "not_in": "in"}


class Written(str):
    """A number of a document, by the digits that are stored."""

    __slots__ = ()


def holds(row: Row, name: str, operator: str, key: str, value: str) -> bool:
    """Does the filter let the row through?"""
    if name == "feedback_scores":
        return score_holds(list(row.means.items()), operator, key, value)
    if name == "span_feedback_scores":
        return score_holds(span_means(row), operator, key, value)
    if name in NUMBERS:
        return number_holds(NUMBERS[name](row), operator, value, as_number)
    if name == "verdict":
        return number_holds(row.trace.score, operator, value, _nine_digits)
    if name in ("start_time", "end_time", "created_at", "last_updated_at"):
        return number_holds(getattr(row.trace, name), operator, value, datetime.fromisoformat)
    if operator in OPPOSITES:
        return not holds(row, name, OPPOSITES[operator], key, value)
    return _HELD[name](row, operator, key, value)


def score_holds(means: list[tuple[str, Decimal]], operator: str, key: str, value: str) -> bool:
    named = [mean for name, mean in means if name.casefold() == key.casefold()]
    if operator in ("is_empty", "is_not_empty"):
        return bool(named) == (operator == "is_not_empty")
    wanted = _nine_digits(value)
    if operator == "!=":
        return wanted not in named
    return any(_COMPARED[operator](mean, wanted) for mean in named)


def _nine_digits(value: str) -> Decimal:
    return round(Decimal(value), 9) if abs(Decimal(value)) < 10**12 else Decimal(value)


def number_holds(found: Any, operator: str, value: str, read: Callable[[str], Any]) -> bool:
    if operator in ("is_empty", "is_not_empty"):
        return (found is None) == (operator == "is_empty")
    if found is None:
        return False
    if operator == "!=":
        return bool(found != read(value))
    return bool(_COMPARED[operator](found, read(value)))


def as_number(text: str) -> float | None:
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text, re.ASCII):
        return None
    return float(text)


def _total(row: Row, column: str) -> float | None:
    costs = [span[column] for span in row.spans if column in span and abs(span[column]) <= 1e15]
    return round(sum(costs), 12) if costs else None


def _usage(key: str) -> Callable[[Row], float | None]:
    def total(row: Row) -> float | None:
        numbers = [as_number(text_at(span.get("usage"), [key]) or "") for span in row.spans]
        kept = [number for number in numbers if number is not None and abs(number) <= 1e15]
        return sum(kept) if kept else None

    return total


def _duration(row: Row) -> float | None:
    if row.trace.end_time is None:
        return None
    return (row.trace.end_time - row.trace.start_time).total_seconds() * 1000


NUMBERS: dict[str, Callable[[Row], float | None]] = {
    "duration": _duration,
    "ttft": lambda row: row.trace.ttft,
    "llm_span_count": lambda row: sum(span.get("type") == "llm" for span in row.spans),
    "total_estimated_cost": lambda row: _total(row, "total_estimated_cost"),
    **{
        f"usage.{key}": _usage(key)
        for key in ("total_tokens", "prompt_tokens", "completion_tokens")
    },
}


def load(document: str) -> Any:
    return json.loads(document, parse_int=Written, parse_float=Written)


def text_at(document: str | None, path: list[str]) -> str | None:
    """The text of what stands at a path: null and nothing are None."""
    if document is None:
        return None
    here = load(document)
    for step in path:
        if isinstance(here, dict) and step in here:
            here = here[step]
        elif isinstance(here, list) and re.fullmatch(r"-?\d+", step, re.ASCII):
            inside = -len(here) <= int(step) < len(here)
            here = here[int(step)] if inside else None
        else:
            return None
    if here is None or isinstance(here, str):
        return here
    return _json(here)


def _json(value: Any) -> str:
    if isinstance(value, Written):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_json(key)}:{_json(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_json(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def text_holds(text: str | None, operator: str, value: str, *, fold: bool = True) -> bool:
    found = text or ""
    if fold:
        found, value = found.lower(), value.lower()
    if operator == "is_empty":
        return found in ("", "[]", "{}")
    return {
        "contains": value in found,
        "starts_with": found.startswith(value),
        "ends_with": found.endswith(value),
        "=": found == value,
        ">": found > value,
        "<": found < value,
    }[operator]


def document_holds(text: str | None, operator: str, value: str) -> bool:
    """A text out of JSON: a part of it may also be given as JSON writes it."""
    written = json.dumps(value, ensure_ascii=False)[1:-1]
    also = operator == "contains" and text_holds(text, operator, written)
    return also or text_holds(text, operator, value)


def _at_path(column: str) -> Callable[[Row, str, str, str], bool]:
    def held(row: Row, operator: str, key: str, value: str) -> bool:
        path = key.removeprefix("$").replace("[", ".").replace("]", "").strip(".").split(".")
        if key == '"a.b".c':
            path = ["a.b", "c"]
        found = text_at(getattr(row.trace, column), path)
        if operator in (">", ">=", "<", "<="):
            number = as_number(found or "")
            if number is None or math.isinf(number):
                return False
            return bool(_COMPARED[operator](number, float(value)))
        return document_holds(found, operator, value)

    return held


def _whole(column: str) -> Callable[[Row, str, str, str], bool]:
    def held(row: Row, operator: str, _: str, value: str) -> bool:
        stored = getattr(row.trace, column)
        text = load(stored) if stored and stored.startswith('"') else stored
        return document_holds(text, operator, value)

    return held


def listed_holds(texts: list[str], operator: str, value: str) -> bool:
    if operator == "is_empty":
        return not texts
    if operator == "=":
        return value in texts
    return any(value.lower() in text.lower() for text in texts)


def member_holds(text: str | None, operator: str, value: str) -> bool:
    if operator == "is_empty":
        return not text
    return text in value.split(",") if operator == "in" else text == value


def source_holds(text: str | None, value: str) -> bool:
    return text == value or (value == "sdk" and text in (None, "", "unknown"))


def _model(row: Row) -> str | None:
    last = [s["model"] for s in row.spans if s.get("type") == "llm" and "model" in s][-1:]
    return row.trace.model_id or (last[0] if last else text_at(row.trace.metadata, ["model"]))


_HELD: dict[str, Callable[[Row, str, str, str], bool]] = {
    "id": lambda r, o, _, v: text_holds(str(r.trace.pk), o, v, fold=False),
    "name": lambda r, o, _, v: text_holds(r.trace.name, o, v),
    "thread_id": lambda r, o, _, v: text_holds(r.trace.thread_id, o, v, fold=False),
    "error_type": lambda r, o, _, v: text_holds(
        text_at(r.trace.error_info, ["exception_type"]), o, v
    ),
    "error_info": lambda r, _, __, ___: r.trace.error_info is None,
    "input": _whole("input"),
    "output": _whole("output"),
    "input_json": _at_path("input"),
    "output_json": _at_path("output"),
    "metadata": _at_path("metadata"),
    "tags": lambda r, o, _, v: listed_holds(json.loads(r.trace.tags or "[]"), o, v),
    "guardrails": lambda r, o, _, v: text_holds(None, o, v),
    "experiment_id": lambda r, o, _, v: text_holds(None, o, v, fold=False),
    "experiment_ids": lambda r, o, _, v: member_holds(None, o, v),
    "annotation_queue_ids": lambda r, o, _, v: listed_holds(r.queues, o, v),
    "visibility_mode": lambda r, o, _, v: member_holds(r.trace.visibility_mode, o, v),
    "environment": lambda r, o, _, v: member_holds(r.trace.environment, o, v),
    "source": lambda r, _, __, v: source_holds(r.trace.source, v),
    "verdict_feedback": lambda r, o, _, v: text_holds(r.trace.feedback, o, v),
    "added_to_dataset": lambda r, _, __, v: r.trace.added_to_dataset == (v == "true"),
    "reviewed": lambda r, _, __, v: (
        any(queue or source is Source.UI for source, queue in r.scores) == (v == "true")
    ),
    "processing_status": lambda r, o, _, v: member_holds(r.trace.processing_status, o, v),
    "model_id": lambda r, o, _, v: member_holds(_model(r), o, v),
}
