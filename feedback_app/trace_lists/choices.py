"""The fields that the filter bar offers, in its order, and what else is said of each."""

from traces_app.query.fields import EMPTINESS, OPERATORS, Operator, Type
from traces_app.query.filters import NEEDS_KEY
from traces_app.query.traces import TRACES

FIELDS: list[tuple[str, list[tuple[str, str]]]] = [
    (
        "What was said",
        [
            ("verdict", "verdict: the score"),
            ("verdict_feedback", "verdict_feedback: its text"),
            ("feedback_scores", "feedback_scores: by name"),
            ("span_feedback_scores", "span_feedback_scores: by name"),
            ("reviewed", "reviewed by a person"),
            ("annotation_queue_ids", "annotation_queue_ids"),
            ("added_to_dataset", "added_to_dataset"),
            ("processing_status", "processing_status: of a dataset"),
        ],
    ),
    (
        "What went in and came out",
        [
            ("tags", "tags"),
            ("input", "input: its text"),
            ("output", "output: its text"),
            ("input_json", "input: at a path"),
            ("output_json", "output: at a path"),
            ("metadata", "metadata: at a path"),
            ("name", "name"),
            ("thread_id", "thread_id"),
            ("id", "id"),
        ],
    ),
    (
        "How it ran",
        [
            ("model_id", "model"),
            ("environment", "environment"),
            ("source", "source"),
            ("start_time", "start_time"),
            ("end_time", "end_time"),
            ("created_at", "created_at"),
            ("last_updated_at", "last_updated_at"),
            ("duration", "duration in ms"),
            ("ttft", "ttft: ms to the first token"),
            ("error_info", "error_info"),
            ("error_type", "error_type"),
            ("total_estimated_cost", "total_estimated_cost"),
            ("usage.total_tokens", "usage.total_tokens"),
            ("usage.prompt_tokens", "usage.prompt_tokens"),
            ("usage.completion_tokens", "usage.completion_tokens"),
            ("llm_span_count", "llm_span_count"),
            ("visibility_mode", "visibility_mode"),
        ],
    ),
]
NAMES = frozenset(name for _, listed in FIELDS for name, _ in listed)
_ORDER = list(Operator)
_FIRST = {
    Type.FEEDBACK_SCORES_NUMBER: Operator.LESS,
    Type.VERDICT: Operator.LESS,
    Type.NUMBER: Operator.GREATER,
    Type.DATE_TIME: Operator.GREATER,
    Type.STRING: Operator.CONTAINS,
    Type.TEXT: Operator.CONTAINS,
    Type.DICTIONARY: Operator.EQUAL,
}
"""What is asked most of a type, where that is not =."""


def operators(name: str) -> list[Operator]:
    """Those of the field's type, the likeliest first."""
    kind = TRACES.fields[name].type
    first = _FIRST.get(kind, Operator.EQUAL)
    return sorted(OPERATORS[kind], key=lambda each: (each is not first, _ORDER.index(each)))


def takes_key(name: str) -> bool:
    return TRACES.fields[name].type in NEEDS_KEY


def takes_value(name: str) -> bool:
    """False where no operator compares with anything."""
    return not EMPTINESS.issuperset(OPERATORS[TRACES.fields[name].type])
