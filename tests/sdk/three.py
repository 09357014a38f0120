"""Three traces that differ in everything that can be searched."""

from datetime import UTC, datetime, timedelta
from typing import Any

import opik

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ERROR: Any = {"exception_type": "Timeout", "message": "too slow", "traceback": "line 1"}


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def send(client: opik.Opik) -> None:
    """Two conversations, two spans, two errors, one trace without an end."""
    first = client.trace(
        name="Order status",
        start_time=at(0),
        end_time=at(1),
        input={"question": "Wo ist meine Bestellung?", "lang": "de"},
        output={"answer": {"text": "Unterwegs", "sure": 0.9}},
        metadata={"model": "gpt-4o", "tries": 3, "user": {"plan": "gold"}},
        tags=["vip", "german"],
        thread_id="talk-1",
        environment="production",
    )
    first.span(
        name="ask",
        type="llm",
        model="gpt-4o",
        provider="openai",
        start_time=at(0),
        end_time=at(0.5),
        input={"prompt": "Bestellung"},
        output={"text": "Unterwegs"},
        metadata={"temperature": 0.5},
        tags=["paid"],
        usage={"prompt_tokens": 90, "completion_tokens": 10, "total_tokens": 100},
        total_cost=0.5,
    ).log_feedback_score("relevance", 0.5)
    first.log_feedback_score("quality", 0.25)
    first.log_feedback_score("my score", 1)
    second = client.trace(
        name="Refund",
        start_time=at(10),
        end_time=at(10.5),
        input={"question": "Refund please", "lang": "en"},
        output={"answer": {"text": "Sure"}},
        metadata={"model": "claude", "tries": 12},
        tags=["english"],
        thread_id="talk-2",
        environment="staging",
    )
    second.log_feedback_score("quality", 0.75)
    second.span(name="look up", type="tool", start_time=at(10), error_info=ERROR)
    client.trace(
        name="Где заказ?",
        start_time=at(20),
        input={"question": "где мой заказ", "lang": "ru"},
        thread_id="talk-2",
        error_info=ERROR,
    )
    client.flush()
