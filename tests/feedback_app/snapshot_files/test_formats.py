"""What one item is in each file of a snapshot."""

import csv
import io
import json

import pytest
from uuid_utils.compat import uuid7

from feedback_app.models import SnapshotItem
from feedback_app.snapshot_files.formats import FORMATS, csv_line

CHAT = '{"messages":[{"role":"user","content":"Q"},{"role":"assistant","content":"%s"}]}'


def item(content: str = CHAT % "A", bucket: str = "training", rejected: str = "") -> SnapshotItem:
    return SnapshotItem(
        datapoint_id=uuid7(),
        trace_id=uuid7(),
        source="correction",
        bucket=bucket,
        content=content,
        digest="",
        rejected=rejected,
    )


def files_of(each: SnapshotItem) -> set[str]:
    return {name for name, form in FORMATS.items() if form.item(each)}


def test_chats_go_to_the_file_of_their_bucket() -> None:
    assert files_of(item()) == {"training.jsonl", "items.csv"}
    assert files_of(item(bucket="validation")) == {"validation.jsonl", "items.csv"}
    assert files_of(item('{"input":"x"}')) == {"items.csv"}


def test_a_line_is_the_messages_alone() -> None:
    content = '{"messages":[{"role":"user","content":"Ünï\\u2028"}],"extra":1}'

    line = FORMATS["training.jsonl"].item(item(content))

    assert line.count(b"\n") == 1
    assert json.loads(line) == {"messages": [{"role": "user", "content": "Ünï\u2028"}]}


def test_preference_is_the_correction_over_the_output_that_it_replaced() -> None:
    line = FORMATS["preferences.jsonl"].item(item(rejected="worse"))

    assert json.loads(line) == {
        "prompt": [{"role": "user", "content": "Q"}],
        "chosen": [{"role": "assistant", "content": "A"}],
        "rejected": [{"role": "assistant", "content": "worse"}],
    }


def test_no_preference_without_two_answers() -> None:
    assert not FORMATS["preferences.jsonl"].item(item())
    assert not FORMATS["preferences.jsonl"].item(item(rejected="A"))
    assert files_of(item(bucket="validation", rejected="w")) >= {"preferences-validation.jsonl"}


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0"]
)
def test_formulas_become_text(cell: str) -> None:
    (row,) = csv.reader(io.StringIO(csv_line(cell, "plain = text").decode(), newline=""))

    assert row == [f"'{cell}", "plain = text"]


def test_table_has_a_head_and_reads_back() -> None:
    each = item(CHAT % 'two\\nlines, \\"quoted\\"')
    written = FORMATS["items.csv"].head + FORMATS["items.csv"].item(each)

    (row,) = csv.DictReader(io.StringIO(written.decode(), newline=""))

    assert row["answer"] == 'two\nlines, "quoted"'
    assert (row["id"], row["content"]) == (str(each.datapoint_id), each.content)
