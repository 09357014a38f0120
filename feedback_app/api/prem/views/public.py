"""Prem's projects, datasets and snapshots (prem.md §5), as its tutorials' clients use them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from feedback_app.api.prem.serializers import public as shapes
from feedback_app.models import Datapoint, Dataset, Snapshot
from feedback_app.services import datapoints, example_files, named_datasets, snapshots
from feedback_app.services.example_files import ExampleFile
from feedback_app.snapshot_files import downloads
from traces_app.api.bodies import TooLarge
from traces_app.api.prem import documented
from traces_app.api.prem.base import PremView, json
from traces_app.api.prem.errors import InvalidFields
from traces_app.api.prem.serializers.fields import Fields, uuid_of
from traces_app.errors import Conflict, NotFound
from traces_app.models import Project
from traces_app.services import projects

NO_PROJECT = "Project not found"
MOST = 1000
Bucket = Datapoint.Bucket


class ProjectCreate(PremView):
    """``POST /public/projects/create``."""

    @documented.operation(
        "Create a project",
        shapes.ProjectMade,
        answer_example={"project_id": documented.ID},
        body=shapes.ProjectWrite,
        example={"name": "support", "goal": "Answer customers."},
    )
    def post(self, request: Request) -> HttpResponse:
        self.access.must_write()
        sent = shapes.project_write(self.body())
        project, is_new = projects.create(access=self.access, name=sent.name, description=sent.goal)
        if not is_new:
            raise Conflict(f"There is a project called “{project.name}” already.")
        return json(shapes.ProjectMade(project.pk))


class Projects(PremView):
    """``GET /public/projects``."""

    @documented.operation("List projects", shapes.ProjectLines)
    def get(self, request: Request) -> HttpResponse:
        visible = Project.objects.visible_to(self.access).order_by("-pk")[:MOST]
        lines = [shapes.ProjectLine(each.pk, each.name, each.created_at) for each in visible]
        return json(shapes.ProjectLines(lines))


class ProjectItem(PremView):
    """``GET /public/projects/{id}``: with its datasets, and their snapshots."""

    @documented.operation("Get a project with what it holds", shapes.ProjectTree, unknown=True)
    def get(self, request: Request, project_id: str) -> HttpResponse:
        project = _project(self, uuid_of(project_id))
        datasets = Dataset.objects.visible_to(self.access).filter(project_id=project.pk)
        made = Snapshot.objects.visible_to(self.access).filter(project_id=project.pk)
        node = shapes.tree(
            project,
            datasets.order_by("-is_default", "-pk")[:MOST],
            made.defer("manifest").order_by("-pk")[:MOST],
        )
        return json(shapes.ProjectTree(node))


class DatasetFromJsonl(PremView):
    """``POST /public/datasets/create-from-jsonl``, multipart."""

    parser_classes = [MultiPartParser]

    @documented.operation(
        "Create a dataset from JSON lines",
        shapes.DatasetMade,
        answer_example={"dataset_id": documented.ID},
        form={"project_id": "uuid", "name": "", "file": "binary"},
        example={"project_id": documented.ID, "name": "support", "file": "examples.jsonl"},
    )
    def post(self, request: Request) -> HttpResponse:
        self.access.must_write()
        form = _Form(request)
        pk, name, file = form.uuid("project_id"), form.text("name"), form.file("file")
        form.check()
        with _bad_lines_by_field():
            dataset = example_files.create(
                access=self.access, project=_project(self, pk), name=name, files=[file]
            )
        return json(shapes.DatasetMade(dataset.pk))


class DatasetItem(PremView):
    """``GET /public/datasets/{id}``."""

    @documented.operation("Get a dataset", shapes.DatasetRead, unknown=True)
    def get(self, request: Request, dataset_id: str) -> HttpResponse:
        dataset = named_datasets.find(access=self.access, dataset_id=_id(dataset_id))
        inside = Datapoint.objects.filter(project_id=dataset.project_id, dataset_id=dataset.pk)
        return json(
            shapes.DatasetRead(
                dataset.pk,
                dataset.name,
                dataset.project_id,
                "completed",
                inside.approved().count(),
                dataset.created_at,
                dataset.last_updated_at,
            )
        )


class AddDatapoint(PremView):
    """``POST /datasets/{id}/addDatapoint``."""

    @documented.operation(
        "Add a datapoint",
        shapes.DatapointMade,
        answer_example={"id": documented.ID, "message": "Datapoint added"},
        body=shapes.DatapointWrite,
        example={
            "messages": [
                {"role": "user", "content": "Where is my order?"},
                {"role": "assistant", "content": "It left the warehouse this morning."},
            ],
            "bucket": "training",
        },
    )
    def post(self, request: Request, dataset_id: str) -> HttpResponse:
        self.access.must_write()
        row = shapes.datapoint_write(self.body())
        datapoints.put(access=self.access, dataset_id=_id(dataset_id), rows=[row])
        return json(shapes.DatapointMade(row.id, "Datapoint added"))


class SnapshotCreate(PremView):
    """``POST /public/snapshots/create``."""

    @documented.operation(
        "Create a snapshot",
        shapes.SnapshotMade,
        answer_example={"snapshot_id": documented.ID},
        body=shapes.SnapshotWrite,
        example={"dataset_id": documented.ID, "split_percentage": 80},
    )
    def post(self, request: Request) -> HttpResponse:
        self.access.must_write()
        sent = shapes.snapshot_write(self.body())
        asked = snapshots.Asked(percent=sent.split_percentage)
        made = snapshots.create(access=self.access, dataset_id=sent.dataset_id, asked=asked)
        return json(shapes.SnapshotMade(made.pk))


class SnapshotFromFiles(PremView):
    """``POST /public/snapshots/create-from-files``, multipart: a dataset and its snapshot."""

    parser_classes = [MultiPartParser]

    @documented.operation(
        "Create a snapshot from files",
        shapes.SnapshotMade,
        answer_example={"snapshot_id": documented.ID},
        form={
            "project_id": "uuid",
            "label": "",
            "training_file": "binary",
            "validation_file": "binary",
        },
        example={
            "project_id": documented.ID,
            "label": "v1",
            "training_file": "training.jsonl",
            "validation_file": "validation.jsonl",
        },
    )
    def post(self, request: Request) -> HttpResponse:
        self.access.must_write()
        form = _Form(request)
        pk, label = form.uuid("project_id"), form.text("label")
        files = [
            form.file("training_file", Bucket.TRAINING),
            form.file("validation_file", Bucket.VALIDATION),
        ]
        form.check()
        with _bad_lines_by_field():
            made = example_files.create_frozen(
                access=self.access, project=_project(self, pk), name=label, files=files
            )
        return json(shapes.SnapshotMade(made.pk))


class SnapshotItem(PremView):
    """``GET /public/snapshots/{id}``: its state and, once completed, its manifest."""

    @documented.operation("Get a snapshot", shapes.SnapshotRead, unknown=True)
    def get(self, request: Request, snapshot_id: str) -> HttpResponse:
        found = snapshots.find(access=self.access, snapshot_id=_id(snapshot_id))
        return json(shapes.snapshot_read(found))


class SnapshotFile(PremView):
    """``GET /public/snapshots/{id}/files/{name}``: one of its files, streamed."""

    @documented.operation("Download a file of a snapshot", bytes, unknown=True)
    def get(self, request: Request, snapshot_id: str, name: str) -> HttpResponseBase:
        found = snapshots.find(access=self.access, snapshot_id=_id(snapshot_id))
        is_ready = found.state == Snapshot.State.READY
        answer = downloads.answer(found, name) if is_ready else None
        if answer is None:
            raise NotFound("File not found")
        return answer


class _Form:
    """A multipart body, read field by field."""

    def __init__(self, request: Request) -> None:
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.UPLOAD_LIMIT:
            raise TooLarge
        sent: Any = request.data
        # An empty body is a plain dict, no QueryDict, where its type is no form's.
        self._sent: dict[str, Any] = dict(sent.items())
        self._fields = Fields(self._sent)

    def check(self) -> None:
        """Raises InvalidFields when something was refused."""
        self._fields.check()

    def text(self, name: str) -> str:
        return self._fields.text(name)

    def uuid(self, name: str) -> UUID | None:
        found = uuid_of(self._sent.get(name))
        if found is None:
            self._fields.refuse(name, "Send a UUID.")
        return found

    def file(self, name: str, bucket: Bucket = Bucket.UNCATEGORIZED) -> ExampleFile:
        found: Any = self._sent.get(name)
        if not isinstance(found, UploadedFile):
            self._fields.refuse(name, "Send a file of JSON lines.")
        return ExampleFile(name, found, bucket)


@contextmanager
def _bad_lines_by_field() -> Iterator[None]:
    try:
        yield
    except example_files.BadLines as refusal:
        raise InvalidFields({refusal.field: refusal.lines}) from refusal


def _project(view: PremView, project_id: UUID | None) -> Project:
    visible = Project.objects.visible_to(view.access)
    project = visible.filter(pk=project_id).first() if project_id else None
    if project is None:
        raise NotFound(NO_PROJECT)
    return project


def _id(sent: str) -> UUID:
    found = uuid_of(sent)
    if found is None:
        raise NotFound("Not found")
    return found
