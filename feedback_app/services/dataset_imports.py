"""Files of examples brought into a dataset: uploaded, looked at, and a check or import asked for.

The file stands in the storage of attachments under a guard that removes it after a day.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from django.db import transaction

from feedback_app.example_files import mapping as mappings
from feedback_app.example_files import records
from feedback_app.example_files.mapping import Mapping, Reading
from feedback_app.example_files.records import Record
from feedback_app.models import DatasetImport
from feedback_app.services import import_runs, named_datasets
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Conflict, Invalid, NotFound
from traces_app.models import Job
from traces_app.services import attachment_files, jobs

KIND = "datasets.import"
LOOKED_AT = 50
"""Records that the preview and the guess are made of."""
LOOKED_THROUGH = 2 * 1024 * 1024
"""Bytes of the file after which no further record is looked at; they are held in memory."""
NO_IMPORT = "Import not found"
IS_OVER = "This import is over: upload the file again."
IS_GOING = "This import is being worked on. Stop it first."
State = DatasetImport.State
Form = DatasetImport.Form


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first records of a file, and the names of their fields; or why it cannot be read."""

    records: list[Record]
    columns: list[str]
    error: str = ""


def find(*, access: Access, import_id: UUID) -> DatasetImport:
    """The import with dataset and project. Raises NotFound."""
    visible = DatasetImport.objects.visible_to(access).select_related("dataset", "project")
    found = visible.filter(pk=import_id).first()
    if found is None:
        raise NotFound(NO_IMPORT)
    return found


def upload(
    *, access: Access, dataset_id: UUID, file_name: str, parts: Iterable[bytes]
) -> DatasetImport:
    """Keep a file for a day, to be imported. Raises Forbidden, NotFound, Invalid for an empty one.

    A name that ends in .csv or .tsv is CSV, any other JSON lines.
    """
    access.must_write()
    dataset = named_datasets.find(access=access, dataset_id=dataset_id)
    received = attachment_files.receive(parts)
    if not received.size:
        raise Invalid("The file is empty.")
    is_csv = file_name.lower().endswith((".csv", ".tsv"))
    made = DatasetImport(
        project_id=dataset.project_id,
        dataset_id=dataset.pk,
        file_name=normal_form.clean_text(file_name)[-255:],
        storage_name=received.storage_name,
        size=received.size,
        form=Form.CSV if is_csv else Form.JSONL,
        created_by_id=access.author_id,
    )
    first = beginning(made)
    made.mapping = mappings.guess(first.records, is_csv=is_csv).dump()
    made.save(force_insert=True)
    return made


def beginning(of: DatasetImport) -> Beginning:
    """What the file begins with. Raises NotFound when it is gone."""
    with attachment_files.opened(of.storage_name) as file:
        head = records.head(file) if of.form == Form.CSV else None
        if isinstance(head, str):
            return Beginning([], [], head)
        found = list(_first(import_runs.records_of(file, head, records.START)))
    columns = list(head.columns) if head else mappings.columns_of(found)
    return Beginning(found, columns)


@transaction.atomic
def start(*, access: Access, import_id: UUID, mapping: Mapping, is_check: bool) -> DatasetImport:
    """Have the file checked, which stores nothing, or imported.

    Raises Forbidden, NotFound, Conflict for one that is going or over, Invalid for a mapping that
    names no question or answer.
    """
    access.must_write()
    asked = locked(access=access, import_id=import_id)
    if asked.is_going:
        raise Conflict(IS_GOING)
    if not asked.is_open:
        raise Conflict(IS_OVER)
    if mapping.reading is Reading.COLUMNS and not (mapping.question and mapping.answer):
        raise Invalid("Say which field is the question and which the answer.")
    asked.mapping = mapping.dump()
    asked.state = State.CHECKING if is_check else State.RUNNING
    asked.run += 1
    import_runs.begin_anew(asked)
    asked.save()
    jobs.enqueue(
        kind=KIND,
        payload={
            "import": str(asked.pk),
            "run": asked.run,
            "user": str(access.user_id),
            "file": asked.file_name,
            "is_check": is_check,
        },
        key=f"{KIND}:{asked.pk}:{asked.run}",
        lane=Job.Lane.LONG,
        workspace_id=access.workspace_id,
        created_by_id=access.user_id,
    )
    return asked


@transaction.atomic
def stop(*, access: Access, import_id: UUID) -> DatasetImport:
    """Stop a check or an import; what an import has stored stays. Raises Forbidden, NotFound."""
    access.must_write()
    asked = locked(access=access, import_id=import_id)
    if asked.state == State.CHECKING:
        asked.state = State.UPLOADED
        asked.save(update_fields=["state"])
    elif asked.state == State.RUNNING:
        import_runs.end(asked, State.STOPPED)
    return asked


def _first(found: Iterable[Record]) -> Iterator[Record]:
    for record in islice(found, LOOKED_AT):
        yield record
        if record.end.offset >= LOOKED_THROUGH:
            return


def locked(*, access: Access, import_id: UUID) -> DatasetImport:
    """The import, held until the transaction ends. Raises NotFound."""
    visible = DatasetImport.objects.visible_to(access).select_for_update(no_key=True)
    found = visible.filter(pk=import_id).first()
    if found is None:
        raise NotFound(NO_IMPORT)
    return found
