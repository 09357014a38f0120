import base64
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedback_app.sample import load
from feedback_app.sample.load import Run

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    return {run.key: run for run in load.runs(NOW)}


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, str):
        yield value


def test_every_json_field_loads(runs: dict[str, Run]) -> None:
    fields = ("input", "output", "metadata", "tags", "error_info")
    rows = [run.values for run in runs.values()] + [
        s.values for r in runs.values() for s in r.steps
    ]

    loaded = [json.loads(row[name]) for row in rows for name in fields if name in row]

    assert len(loaded) > 400


def test_no_mark_is_left_open(runs: dict[str, Run]) -> None:
    left = [
        text
        for run in runs.values()
        for row in (run.values, *[step.values for step in run.steps])
        for name in ("input", "output", "metadata")
        for text in texts(json.loads(row.get(name) or "null"))
        if "{{" in text or re.fullmatch(r"@\w+", text)
    ]

    assert left == []


def test_every_trace_says_that_it_is_synthetic(runs: dict[str, Run]) -> None:
    assert [run.key for run in runs.values() if load.TAG not in run.values["tags"]] == []


def test_newest_is_an_hour_old_and_all_are_within_ten_days(runs: dict[str, Run]) -> None:
    ages = [NOW - run.start_time for run in runs.values()]

    assert min(ages) == timedelta(hours=1)
    assert max(ages) < timedelta(days=10)


def test_ids_are_of_version_7_in_order_of_time_and_the_same_each_time(runs: dict[str, Run]) -> None:
    again = load.runs(NOW)

    assert [run.id for run in again] == [run.id for run in runs.values()]
    assert {run.id.version for run in again} == {7}
    assert [run.key for run in again] == [
        run.key for run in sorted(again, key=lambda run: run.start_time)
    ]


def test_id_carries_its_time() -> None:
    assert load.id_at(NOW, "a").int >> 80 == int(NOW.timestamp() * 1000)
    assert load.id_at(NOW, "a") != load.id_at(NOW, "b")


def test_days_are_counted_from_the_trace(runs: dict[str, Run]) -> None:
    run = runs["burrs-warranty"]

    delivered = run.start_time - timedelta(days=76)

    assert f"{delivered:%Y-%m-%d}" in run.values["input"]
    assert f"{delivered.day} {delivered:%B}" in run.values["output"]


def test_stock_list_has_over_200_kb_and_does_not_change(runs: dict[str, Run]) -> None:
    assert len(runs["full-list"].values["output"].encode()) >= 200_000
    assert load.movements(NOW) == load.movements(NOW)


def test_pictures_are_real_png(runs: dict[str, Run]) -> None:
    pictures = [
        text.removeprefix("data:image/png;base64,")
        for key in ("burrs-warranty", "receipt-photo")
        for text in texts(json.loads(runs[key].values["input"]))
        if len(text) > 800 and " " not in text
    ]

    assert [base64.b64decode(picture)[:8] for picture in pictures] == [b"\x89PNG\r\n\x1a\n"] * 2


def test_awkward_cases_are_there(runs: dict[str, Run]) -> None:
    assert "javascript:alert" in runs["pasted-html"].values["output"]
    assert "نعم" in runs["arabic-address"].values["output"]
    assert "end_time" not in runs["running"].values
    assert "exception_type" in runs["spanish-invoice"].values["error_info"]


def test_steps_lie_within_their_trace(runs: dict[str, Run]) -> None:
    outside = [
        run.key
        for run in runs.values()
        for step in run.steps
        if "end_time" in run.values and step.values["end_time"] > run.values["end_time"]
    ]

    assert outside == []
