"""Checks and imports of a file of examples, as a job does them.

It goes through the file in short transactions, each of which stores its examples and the place
behind them, so that an import that was cut goes on there and each example is stored once.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from feedback_app.example_files import mapping as mappings
from feedback_app.example_files import records
from feedback_app.example_files.mapping import Example, Mapping
from feedback_app.example_files.records import Head, Place, Record
from feedback_app.models import Datapoint, DatasetImport
from feedback_app.models.datasets import digest_of
from feedback_app.services import datapoints, named_datasets
from feedback_app.services.asked_jobs import access_of
from feedback_app.services.datapoints import NewDatapoint
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Conflict, Forbidden, NotFound
from traces_app.services import attachment_files, events, jobs

AT_ONCE = 200
"""Examples in a transaction."""
MOST_BYTES = 512 * 1024
"""Of the file in a transaction, beside its last example."""
KEPT_MISTAKES = 1_000
State = DatasetImport.State
Form = DatasetImport.Form


def run(
    *,
    workspace_id: UUID,
    user_id: UUID,
    import_id: UUID,
    number: int,
    report: Callable[[int, int], None],
    finish: Callable[[object], None],
) -> None:
    """Go through the file, for a job that may be run again at any time.

    ``finish`` is called in the transaction that ends it. Raises Forbidden, NotFound when the one
    who asked may not do it any more or the file is gone; the import then says so as well.
    """
    task = DatasetImport.objects.filter(pk=import_id, run=number).first()
    if task is None or not task.is_going:
        return
    try:
        access = access_of(workspace_id=workspace_id, user_id=user_id)
        is_through = _go_through(access, task, report)
    except jobs.LeaseLost:  # another worker goes on with it
        raise
    except (Forbidden, NotFound, Conflict) as refusal:
        end(task, State.FAILED, str(refusal))
        raise
    if not is_through:
        return
    with transaction.atomic():
        over = State.DONE if task.state == State.RUNNING else State.CHECKED
        if end(task, over) and task.state == State.DONE:
            _tell(access, task)
        finish({"good": task.good, "duplicates": task.duplicates, "refused": task.refused})


def begin_anew(task: DatasetImport) -> None:
    """Set the counters of an unsaved or held import back."""
    task.place = task.line = task.good = task.refused = task.duplicates = 0
    task.mistakes, task.error, task.ended_at = "[]", "", None


def end(task: DatasetImport, state: DatasetImport.State, error: str = "") -> bool:
    """Write the outcome; False when it has been stopped or asked for anew meanwhile."""
    mine = DatasetImport.objects.filter(
        project_id=task.project_id, pk=task.pk, run=task.run, state=task.state
    )
    task.state, task.error, task.ended_at = state, error, timezone.now()
    if not mine.update(state=task.state, error=task.error, ended_at=task.ended_at):
        return False
    if not task.is_open:
        attachment_files.release([task.storage_name])
    return True


def records_of(file: IO[bytes], head: Head | None, start: Place) -> Iterator[Record]:
    """The records from ``start`` on; ``head`` is that of CSV."""
    if head is None:
        return records.json_lines(file, start)
    return records.csv_rows(file, head, start)


def _go_through(access: Access, task: DatasetImport, report: Callable[[int, int], None]) -> bool:
    """Whether it came to the end and was not stopped on the way."""
    access.must_write()
    mapping = Mapping.load(task.mapping)
    step: Callable[[_Batch], bool]
    if task.state == State.CHECKING:
        begin_anew(task)  # what it has seen is not kept
        step = partial(_check, task, mapping, set())
    else:
        step = partial(_store, access, task, mapping)
    with attachment_files.opened(task.storage_name) as file:
        head = records.head(file) if task.form == Form.CSV else None
        if isinstance(head, str):
            raise Conflict(head)
        found = records_of(file, head, Place(task.place, task.line))
        for batch in _batches(found, mapping, task.place):
            if not step(batch):
                return False
            report(task.place, task.size)
    return True


@dataclass(slots=True)
class _Batch:
    """Examples of neighbouring records, and the place behind them."""

    examples: list[Example]
    end: Place

    def good(self) -> dict[str, list[Example]]:
        """Those without a mistake by the digest of their content."""
        found: dict[str, list[Example]] = {}
        for each in self.examples:
            if not each.error:
                found.setdefault(digest_of(each.content), []).append(each)
        return found


def _batches(found: Iterator[Record], mapping: Mapping, begun: int) -> Iterator[_Batch]:
    examples: list[Example] = []
    end = Place(begun)
    for record in found:
        examples.append(mappings.example(record, mapping))
        end = record.end
        if len(examples) >= AT_ONCE or end.offset - begun >= MOST_BYTES:
            yield _Batch(examples, end)
            examples, begun = [], end.offset
    if examples:
        yield _Batch(examples, end)


def _check(task: DatasetImport, mapping: Mapping, seen: set[str], batch: _Batch) -> bool:
    good = batch.good()
    known = seen | _known(task, good) if mapping.skips_duplicates else set()
    fresh, twins = _sorted(good, known, mapping)
    seen.update(good)
    _count(task, batch, len(fresh), twins)
    return _save(task)


@transaction.atomic
def _store(access: Access, task: DatasetImport, mapping: Mapping, batch: _Batch) -> bool:
    # The dataset before its import, as they are deleted.
    named_datasets.locked(access=access, dataset_id=task.dataset_id)
    good = batch.good()
    known = _known(task, good) if mapping.skips_duplicates else set()
    fresh, twins = _sorted(good, known, mapping)
    before = task.place
    _count(task, batch, len(fresh), twins)
    if not _save(task, before):
        return False
    if fresh:
        rows = [
            NewDatapoint(
                each.content,
                bucket=Datapoint.Bucket(each.bucket),
                rejected=each.replaced,
                import_id=task.pk,
            )
            for each in fresh
        ]
        datapoints.put(access=access, dataset_id=task.dataset_id, rows=rows)
    return True


def _sorted(
    good: dict[str, list[Example]], known: set[str], mapping: Mapping
) -> tuple[list[Example], int]:
    """The examples to store in the order of the file, and how many duplicates are left out."""
    fresh = []
    for digest, examples in good.items():
        if not mapping.skips_duplicates:
            fresh += examples
        elif digest not in known:
            fresh.append(examples[0])
    fresh.sort(key=lambda each: each.number)
    return fresh, sum(map(len, good.values())) - len(fresh)


def _known(task: DatasetImport, digests: Iterable[str]) -> set[str]:
    inside = Datapoint.objects.filter(project_id=task.project_id, dataset_id=task.dataset_id)
    return set(inside.filter(digest__in=list(digests)).values_list("digest", flat=True))


def _count(task: DatasetImport, batch: _Batch, good: int, twins: int) -> None:
    bad = [[each.number, each.error] for each in batch.examples if each.error]
    kept = normal_form.load(task.mistakes)
    task.mistakes = normal_form.dump(kept + bad[: max(0, KEPT_MISTAKES - len(kept))])
    task.good += good
    task.duplicates += twins
    task.refused += len(bad)
    task.place, task.line = batch.end.offset, batch.end.line


_COUNTED = ("place", "line", "good", "refused", "duplicates", "mistakes")


def _save(task: DatasetImport, before: int | None = None) -> bool:
    """Write how far it is; False when it was stopped, asked for anew, or another went before."""
    mine = DatasetImport.objects.filter(
        project_id=task.project_id, pk=task.pk, run=task.run, state=task.state
    )
    if before is not None:
        mine = mine.filter(place=before)
    return bool(mine.update(**{name: getattr(task, name) for name in _COUNTED}))


def _tell(access: Access, task: DatasetImport) -> None:
    change = events.Change("dataset.import", "dataset", task.dataset_id, task.project_id)
    told: dict[str, Any] = {"file": task.file_name, "stored": task.good, "refused": task.refused}
    change.after.update(told | {"duplicates": task.duplicates})
    events.record(access, [change])
