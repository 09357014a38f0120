"""Reading the sample's files: what was written by hand becomes rows that are fresh today.

Times are relative to the moment of loading, ids follow from time and key, and marks are filled in:
``"@name"`` stands for a text that several places share, ``{{date -3}}`` and ``{{day -3}}`` for the
day so many days before the trace, as 2026-11-20 and as 20 November.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from traces_app import ids, normal_form

FOLDER = Path(__file__).parent
TAG = "synthetic"
LIST_ROWS = 4000
_DAY = re.compile(r"\{\{(date|day) (-?\d+)\}\}")
_JSON = ("input", "output", "metadata", "tags", "error_info", "usage")
_PLAIN = ("name", "ttft", "environment", "model_id", "type", "model", "provider")


@dataclass(frozen=True, slots=True)
class Step:
    """One span: ``values`` are columns by name, the JSON ones as text in the normal form."""

    id: UUID
    start_time: datetime
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """One trace with its steps and with what people and judges said about it."""

    key: str
    id: UUID
    start_time: datetime
    values: dict[str, Any]
    steps: list[Step]
    scores: list[dict[str, Any]]
    comments: list[dict[str, str]]
    correction: dict[str, Any] | None
    add_to_dataset: bool


def runs(now: datetime) -> list[Run]:
    """All traces of the sample as they would have happened before ``now``, oldest first."""
    long = {"movements": movements(now)}
    found = [run for path in sorted(FOLDER.glob("*.json")) for run in _file(path, now, long)]
    return sorted(found, key=lambda run: run.id)


def id_at(moment: datetime, seed: str) -> UUID:
    """The UUIDv7 of ``moment`` whose other bits follow from ``seed``."""
    return ids.uuid7_of(int(moment.timestamp() * 1000), seed.encode())


def movements(now: datetime) -> str:
    """A stock list of over 200 kB, the same on every day but for its times."""
    chance = Random(20481)  # noqa: S311 - invents a stock list, no secret
    moment = now - timedelta(days=140)
    skus = ("ALTO-54", "ALTO-58", "B-54-2", "B-58", "FINCH-08-MOSS", "FINCH-12-SAND", "FILTER-100")
    lines = ["moved_at,sku,bin_from,bin_to,qty,reason"]
    for _ in range(LIST_ROWS):
        moment += timedelta(minutes=chance.randint(4, 60))
        sku, reason = chance.choice(skus), chance.choices(("sale", "transfer", "return"), (7, 2, 1))
        near, far = (f"{chance.randint(1, 9)}-0{chance.randint(1, 8)}-{i}" for i in (1, 2))
        source = "returns" if reason == ["return"] else near
        target = "dispatch" if reason == ["sale"] else far
        when = f"{moment:%Y-%m-%d %H:%M:%S}"
        lines.append(f"{when},{sku},{source},{target},{chance.randint(1, 12)},{reason[0]}")
    return "\n".join(lines)


def _file(path: Path, now: datetime, long: Mapping[str, str]) -> Iterator[Run]:
    content = json.loads(path.read_text(encoding="utf-8"))
    texts = {**content["texts"], **long}
    for written in content["traces"]:
        yield _run(written, texts, now, content["task"])


def _run(written: dict[str, Any], texts: Mapping[str, Any], now: datetime, task: str) -> Run:
    start = now - timedelta(hours=written["hours_ago"])
    fill = partial(_filled, texts=texts, moment=start)
    own = {"input": fill(written.get("input")), "output": fill(written.get("output"))}
    values = _values({**written, **own, "tags": [*written["tags"], task, TAG]}, start, fill)
    values["thread_id"] = written.get("thread")
    values["source"] = "sdk"
    step_texts = {**texts, **own}
    return Run(
        key=written["key"],
        id=id_at(start, written["key"]),
        start_time=start,
        values=values,
        steps=list(_steps(written.get("spans", []), written["key"], None, start, step_texts)),
        scores=written.get("scores", []),
        comments=written.get("comments", []),
        correction=fill(written.get("correction")),
        add_to_dataset=written.get("add_to_dataset", False),
    )


def _steps(
    written: list[dict[str, Any]],
    path: str,
    parent_id: UUID | None,
    began: datetime,
    texts: Mapping[str, Any],
) -> Iterator[Step]:
    for number, step in enumerate(written):
        start = began + timedelta(seconds=step["at"])
        here = f"{path}/{number}"
        values = _values(step, start, partial(_filled, texts=texts, moment=began))
        values |= {"parent_span_id": parent_id, "source": "sdk"}
        yield Step(id_at(start, here), start, values)
        yield from _steps(step.get("spans", []), here, id_at(start, here), began, texts)


def _values(written: dict[str, Any], start: datetime, fill: Any) -> dict[str, Any]:
    values = {name: written[name] for name in _PLAIN if name in written}
    for name in _JSON:
        if written.get(name) is not None:
            values[name] = normal_form.dump(fill(written[name]))
    if "seconds" in written:
        values["end_time"] = start + timedelta(seconds=written["seconds"])
    return values


def _filled(value: Any, *, texts: Mapping[str, Any], moment: datetime) -> Any:
    """``value`` with its marks filled in, at every level."""
    again = partial(_filled, texts=texts, moment=moment)
    if isinstance(value, dict):
        return {key: again(item) for key, item in value.items()}
    if isinstance(value, list):
        return [again(item) for item in value]
    if not isinstance(value, str):
        return value
    if value.startswith("@"):
        return texts[value[1:]]
    return _DAY.sub(lambda mark: _day(mark, moment), value)


def _day(mark: re.Match[str], moment: datetime) -> str:
    day = moment + timedelta(days=int(mark[2]))
    return f"{day:%Y-%m-%d}" if mark[1] == "date" else f"{day.day} {day:%B}"
