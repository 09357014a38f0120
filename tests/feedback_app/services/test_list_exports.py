"""A list of traces as a file: what is in it, and how a long one is made."""

import csv
import io
import json
from collections.abc import Iterator
from importlib import import_module
from typing import Any
from uuid import uuid4

import pyarrow.parquet as arrow
import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback_app.jobs import REGISTRY
from feedback_app.models import ListExport
from feedback_app.services import corrections, list_exports
from tests import factories
from traces_app.access import Access
from traces_app.errors import Forbidden, Invalid, NotFound
from traces_app.models import NIL, EntityType, Face, Job, Membership, Role, Trace
from traces_app.services import attachment_files, comments, jobs
from traces_app.work import attempts

pytestmark = pytest.mark.django_db


@pytest.fixture
def access() -> Access:
    return factories.access(face=Face.PAGE)


def written(access: Access, form: str, query: str = "") -> bytes:
    parts = list_exports.small(access=access, query=query, form=form)
    assert parts is not None
    return b"".join(parts)


def lines(access: Access, query: str = "") -> list[dict[str, Any]]:
    return [json.loads(line) for line in written(access, "jsonl", query).splitlines()]


def spoken_of(access: Access) -> Trace:
    """A trace with a score, a comment and a correction."""
    trace = factories.trace(access, input='{"q":"Ü?"}', output='"=No."', tags='["vip"]')
    factories.score(access, trace, 0.25, "Tone", reason="cold")
    comments.add(
        access=access, entity_type=EntityType.TRACE, entity_id=trace.pk, text="Look at this."
    )
    corrections.submit(access=access, trace_id=trace.pk, output="Yes.")
    return trace


def make(made: ListExport) -> ListExport:
    list_exports.make(
        export_id=made.pk, report=lambda done, total: None, finish=lambda outcome: None
    )
    made.refresh_from_db()
    return made


def asked(access: Access, form: str = "jsonl", query: str = "") -> ListExport:
    return list_exports.ask(access=access, query=query, form=form, token=uuid4())


def test_line_holds_the_trace_and_all_that_was_said(access: Access) -> None:
    trace = spoken_of(access)

    (line,) = lines(access)

    assert (line["id"], line["input"], line["output"]) == (str(trace.pk), {"q": "Ü?"}, "=No.")
    assert (line["tags"], line["means"]) == (["vip"], {"Tone": 0.25})
    (score,), (comment,), (correction,) = line["scores"], line["comments"], line["corrections"]
    assert (score["value"], score["reason"], score["source"]) == (0.25, "cold", "sdk")
    assert comment["text"] == "Look at this."
    assert correction["output"] == "Yes."
    assert score["author"] == comment["author"] == correction["author"] != ""


def test_csv_has_a_column_for_each_score_and_no_formula(access: Access) -> None:
    spoken_of(access)

    (row,) = csv.DictReader(io.StringIO(written(access, "csv").decode()))

    assert row["output"] == "'=No."
    assert row["mean: Tone"] == "0.25"
    assert json.loads(row["scores"])[0]["reason"] == "cold"


def test_parquet_is_read_back(access: Access) -> None:
    trace = spoken_of(access)

    (row,) = arrow.read_table(io.BytesIO(written(access, "parquet"))).to_pylist()

    assert (row["id"], row["mean: Tone"], row["score"]) == (str(trace.pk), 0.25, None)


def test_filter_of_the_list_is_that_of_the_file(access: Access) -> None:
    good, bad = factories.trace(access), factories.trace(access)
    factories.score(access, good, 1, "User feedback")
    factories.score(access, bad, 0, "User feedback")

    assert [line["id"] for line in lines(access, "min=0.5")] == [str(good.pk)]


def test_newest_come_first_in_as_many_queries_for_many(access: Access) -> None:
    counts = []
    for more in (2, 18):
        for _ in range(more):
            spoken_of(access)
        with CaptureQueriesContext(connection) as queries:
            found = lines(access)
        counts.append(len(queries))

    assert [line["id"] for line in found] == sorted((line["id"] for line in found), reverse=True)
    assert counts[0] == counts[1]


def test_long_list_is_left_to_a_job(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_exports, "AT_ONCE", 1)
    monkeypatch.setattr(list_exports, "PAGE", 2)
    traces = [factories.trace(access) for _ in range(5)]
    assert list_exports.small(access=access, query="", form="jsonl") is None

    made = make(asked(access))

    with attachment_files.opened(made.storage_name) as file:
        content = file.read()
    assert (made.state, made.rows, made.size) == ("ready", 5, len(content))
    ids = [json.loads(line)["id"] for line in content.splitlines()]
    assert ids == [str(trace.pk) for trace in reversed(traces)]


def test_rows_are_read_as_many_as_fit_into_memory(
    access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_exports, "BYTES", 100)
    for _ in range(3):
        factories.trace(access, input='"' + "x" * 80 + '"')
    sizes = []

    def noted(batches: Iterator[list[object]], *rest: object) -> Iterator[list[object]]:
        for batch in batches:
            sizes.append(len(batch))
            yield batch

    monkeypatch.setattr(list_exports, "_counted", noted)
    make(asked(access))

    assert sizes == [1, 1, 1]


def test_the_same_token_is_one_export(access: Access) -> None:
    token = uuid4()

    made = [list_exports.ask(access=access, query="", form="csv", token=token).pk for _ in range(2)]

    assert made[0] == made[1]
    assert Job.objects.filter(kind=list_exports.KIND).count() == 1


def test_who_left_meanwhile_gets_no_file(access: Access) -> None:
    made = asked(access)
    Membership.objects.filter(user_id=access.user_id).delete()

    with pytest.raises(NotFound):
        make(made)

    made.refresh_from_db()
    assert (made.state, made.storage_name) == ("failed", "")


@pytest.mark.parametrize(("query", "form"), [("min=x", "csv"), ("filters=[", "jsonl")])
def test_unreadable_address_is_refused(access: Access, query: str, form: str) -> None:
    for refused in (list_exports.small, asked):
        with pytest.raises(Invalid):
            refused(access=access, query=query, form=form)


def test_unknown_form_and_strangers_find_nothing(access: Access) -> None:
    made = asked(access)
    colleague = factories.access(Membership.objects.get().workspace)

    with pytest.raises(NotFound):
        list_exports.small(access=access, query="", form="xlsx")
    for other in (factories.access(), colleague):
        with pytest.raises(NotFound):
            list_exports.find(access=other, export_id=made.pk)


def test_reviewers_export_nothing(access: Access) -> None:
    reviewer = factories.access(role=Role.REVIEWER)

    with pytest.raises((NotFound, Forbidden)):
        list_exports.small(access=reviewer, query="", form="csv")


def test_forgotten_export_takes_its_file_along(access: Access) -> None:
    factories.trace(access)
    made = make(asked(access))

    list_exports.forget(access=access, export_id=made.pk)

    sweep = Job.objects.filter(kind=attachment_files.SWEEP).order_by("-pk")[0]
    assert made.storage_name in sweep.payload
    assert not ListExport.objects.exists()


def test_export_from_before_jobs_were_named_is_linked_to_its_own(access: Access) -> None:
    made, other = asked(access), asked(access, "csv")
    jobs_of = made.job_id, other.job_id
    ListExport.objects.update(job_id=NIL)

    import_module("feedback_app.migrations.0019_link_exports").link(apps, None)

    made.refresh_from_db()
    other.refresh_from_db()
    assert (made.job_id, other.job_id) == jobs_of
    assert made.job_id != other.job_id


def test_cancelled_export_ends_on_its_way(access: Access) -> None:
    factories.trace(access)
    made = asked(access)
    job = jobs.claim(lane=Job.Lane.LONG)
    assert job is not None
    jobs.call_off(access=access, job_id=made.job_id)

    attempts.run(job, REGISTRY.handlers, lambda: None)

    made.refresh_from_db()
    job.refresh_from_db()
    assert (made.state, made.error, made.storage_name) == ("failed", "It was cancelled.", "")
    assert job.state == Job.State.CANCELLED
