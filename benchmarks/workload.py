"""The traces that every speed figure is measured with: about 3.6 KB each, the same on every run.

A chat of some 1 KB as input, 2 KB of text as output, 0.3 KB of metadata, up to three tags. Common
words are common and rare ones rare, as in a language, so that indexes and compression behave as
they do in life. One trace in five holds text outside ASCII. Four traces make a thread.
"""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any
from uuid import UUID

PROJECT = "Benchmark"
SCORE = "quality"
FIRST = datetime(2026, 1, 5, tzinfo=UTC)
APART = timedelta(seconds=1)

_COMMON = (
    "the a of to and in is it you that for on with as are this be not have or your can we please "
    "order answer user model invoice refund account error delivery because when which there would"
)
_SYLLABLES = "ba ce di fo gu la me ni po ru sa te vi zo kan der lis mon tur pel"
_ACCENTS = str.maketrans("au", "äü")
_TAGS = ("prod", "beta", "vip", "refund", "lang:en", "lang:de", "eval")
_TURNS = (("system", 200), ("user", 400), ("assistant", 120), ("user", 160))
_PHRASE = 8  # words
_PHRASES = 25_000


def _phrases() -> list[str]:
    chance, syllables = random.Random(23), _SYLLABLES.split()
    made = {"".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(40_000)}
    rare = sorted(made)
    chance.shuffle(rare)
    words = [*_COMMON.split(), *rare]
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(words))))
    drawn = chance.choices(words, cum_weights=weights, k=_PHRASES * _PHRASE)
    return [" ".join(drawn[at : at + _PHRASE]) for at in range(0, len(drawn), _PHRASE)]


_POOL = _phrases()


def traces(count: int, start: int = 0) -> Iterator[dict[str, Any]]:
    """Traces number ``start`` and on, as Opik's clients have them before they are printed."""
    for number in range(start, start + count):
        yield _trace(number)


def body(count: int, start: int = 0) -> bytes:
    """A batch as the SDK sends it: everything outside ASCII is escaped."""
    return json.dumps({"traces": list(traces(count, start))}).encode()


def scores(count: int, start: int = 0, *, turn: int = 0) -> bytes:
    """One score for each of these traces; another value in each ``turn``."""
    said = [
        {
            "id": str(trace_id(number)),
            "name": SCORE,
            "value": value(number, turn),
            "source": "sdk",
            "reason": _text(random.Random(number), 60),
        }
        for number in range(start, start + count)
    ]
    return json.dumps({"scores": said}).encode()


def value(number: int, turn: int = 0) -> float:
    return round(random.Random(number * 31 + turn).random(), 4)


def trace_id(number: int) -> UUID:
    """A UUIDv7 with the time of the trace and noise that depends on its number alone."""
    milliseconds = int((FIRST + number * APART).timestamp() * 1000)
    noise = random.Random(number).getrandbits(74)
    low = 0b10 << 62 | (noise & ((1 << 62) - 1))
    return UUID(int=milliseconds << 80 | 0x7 << 76 | (noise >> 62) << 64 | low)


def _trace(number: int) -> dict[str, Any]:
    chance = random.Random(number)
    began = FIRST + number * APART
    output = _text(chance, 2000)
    return {
        "id": str(trace_id(number)),
        "project_name": PROJECT,
        "name": chance.choice(("chat", "rag-answer", "agent-run", "summarise")),
        "start_time": _instant(began),
        "end_time": _instant(began + timedelta(milliseconds=chance.randint(200, 9000))),
        "input": {
            "messages": [
                {"role": role, "content": _text(chance, size)}
                for role, size in (
                    ("system", 200),
                    ("user", 400),
                    ("assistant", 120),
                    ("user", 160),
                )
            ]
        },
        "output": {"output": output.translate(_ACCENTS) if number % 5 == 0 else output},
        "metadata": {
            "model": chance.choice(("gpt-4o", "claude-4", "llama-3-70b")),
            "temperature": 0.2,
            "tokens": {"prompt": chance.randint(100, 900), "completion": chance.randint(50, 700)},
            "release": f"v{chance.randint(1, 40)}",
            "environment": chance.choice(("prod", "staging")),
            "session": f"s-{chance.getrandbits(48):012x}",
            "customer": _text(chance, 24),
            "note": _text(chance, 60),
        },
        "tags": chance.sample(_TAGS, k=chance.randint(0, 3)),
        "thread_id": f"thread-{number // 4}",
    }


def _text(chance: random.Random, size: int) -> str:
    parts = [_POOL[int(chance.random() * _PHRASES)] for _ in range(size // 36 + 2)]
    return " ".join(parts)[:size]


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
