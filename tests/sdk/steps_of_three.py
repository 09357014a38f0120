"""One trace whose three spans differ in everything that can be searched."""

from datetime import UTC, datetime, timedelta
from typing import Any

import opik

START = datetime(2026, 11, 22, 23, 12, 16, tzinfo=UTC)
ERROR: Any = {"exception_type": "Timeout", "message": "too slow", "traceback": "line 1"}


def send(client: opik.Opik) -> None:
    """Two calls of models and a tool that failed."""
    trace = client.trace(name="of three")
    one = trace.span(
        name="one",
        type="llm",
        start_time=START,
        end_time=START + timedelta(seconds=1),
        model="gpt-4o",
        provider="openai",
        usage={"prompt_tokens": 12, "completion_tokens": 40, "total_tokens": 52},
        total_cost=0.5,
        metadata={"city": "Köln"},
    )
    trace.span(
        name="two",
        type="llm",
        start_time=START + timedelta(seconds=1),
        end_time=START + timedelta(seconds=4),
        model="gpt-4o-mini",
        provider="anthropic",
        usage={"prompt_tokens": 1, "completion_tokens": 99, "total_tokens": 100},
        total_cost=0.75,
        tags=["красный"],
    )
    trace.span(
        name="три",
        type="tool",
        start_time=START + timedelta(seconds=4),
        input={"words": "Где заказ?"},
        error_info=ERROR,
    )
    one.log_feedback_score("my score", 0.75)
    client.flush()
