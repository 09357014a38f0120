"""The pages of snapshots: made, described, compared, downloaded."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from feedback_app.forms.datasets import SnapshotForm
from feedback_app.forms.mistakes import focus_first
from feedback_app.http import PageRequest, signed_in
from feedback_app.models import Dataset, Snapshot
from feedback_app.services import named_datasets, snapshots
from feedback_app.snapshot_files import comparison, downloads
from feedback_app.snapshot_files.formats import FORMATS
from traces_app import normal_form
from traces_app.api.bodies import Busy
from traces_app.errors import Invalid, NotFound

MOST = 200
BUSY = "Too many downloads are running. Try again in a moment."


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def shelf(request: PageRequest, dataset_id: UUID) -> HttpResponse:
    """The snapshots of a dataset; a POST makes one and opens it."""
    dataset = named_datasets.find(access=request.access, dataset_id=dataset_id)
    form = SnapshotForm()
    status = 200
    if request.method == "POST":
        request.access.must_write()
        form = SnapshotForm(request.POST)
        made = _made(request, dataset, form)
        if made is not None:
            return redirect("dataset-snapshot", made.pk)
        focus_first(form)
        status = 422
    found = Snapshot.objects.visible_to(request.access).filter(dataset_id=dataset.pk)
    shown = {
        "dataset": dataset,
        "project": dataset.project,
        "form": form,
        "snapshots": [
            (each, normal_form.load(each.manifest)) for each in found.order_by("-number")[:MOST]
        ],
    }
    return render(request, "feedback_app/snapshots/list.html", shown, status=status)


@require_safe
@signed_in
def snapshot(request: PageRequest, snapshot_id: UUID) -> HttpResponse:
    """What one snapshot holds, with its files; for HTMX the part that waits for it."""
    found = snapshots.find(access=request.access, snapshot_id=snapshot_id)
    others = Snapshot.objects.visible_to(request.access).ready()
    others = others.filter(dataset_id=found.dataset_id).exclude(pk=found.pk)
    living = Dataset.objects.visible_to(request.access).filter(pk=found.dataset_id)
    manifest = normal_form.load(found.manifest)
    shown = {
        "snapshot": found,
        "project": found.project,
        "manifest": manifest,
        "files": _files(manifest),
        "others": others.order_by("-number")[:MOST],
        "has_dataset": living.exists(),
        "has_parquet": downloads.has_parquet(),
    }
    part = "_snapshot.html" if request.htmx else "snapshot.html"
    return render(request, f"feedback_app/snapshots/{part}", shown)


@require_safe
@signed_in
def diff(request: PageRequest, snapshot_id: UUID) -> HttpResponse:
    """What is different between this snapshot and the one that ``with`` names."""
    one = _ready(request, snapshot_id)
    try:
        other = _ready(request, UUID(request.GET.get("with", "")))
    except ValueError as error:
        raise NotFound(snapshots.NO_SNAPSHOT) from error
    if other.dataset_id != one.dataset_id:
        raise NotFound(snapshots.NO_SNAPSHOT)
    old, new = sorted((one, other), key=lambda each: each.number)
    shown = {
        "old": old,
        "new": new,
        "project": new.project,
        "groups": comparison.compare(old, new),
        "most": comparison.SHOWN,
    }
    return render(request, "feedback_app/snapshots/diff.html", shown)


@require_safe
@signed_in
def download(request: PageRequest, snapshot_id: UUID, name: str) -> Any:
    """One of the snapshot's files, streamed; the manifest too."""
    found = _ready(request, snapshot_id)
    return send(found, name)


def send(found: Snapshot, name: str) -> HttpResponseBase:
    """A file as a download. Raises Http404 for a name that is none; 429 when too many run."""
    try:
        response = downloads.answer(found, name)
    except Busy:
        return HttpResponse(BUSY, status=429, content_type="text/plain; charset=utf-8")
    if response is None:
        raise Http404
    return response


def _ready(request: PageRequest, snapshot_id: UUID) -> Snapshot:
    found = snapshots.find(access=request.access, snapshot_id=snapshot_id)
    if found.state != Snapshot.State.READY:
        raise NotFound(snapshots.NO_SNAPSHOT)
    return found


def _made(request: PageRequest, dataset: Dataset, form: SnapshotForm) -> Snapshot | None:
    if not form.is_valid():
        return None
    asked = snapshots.Asked(**form.cleaned_data)
    try:
        made = snapshots.create(access=request.access, dataset_id=dataset.pk, asked=asked)
    except Invalid as refusal:
        form.add_error(None, str(refusal))
        return None
    if made.state == Snapshot.State.READY:
        messages.success(request, f"“{made}” is frozen.")
    return made


def _files(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    written = manifest.get("files", {})
    return [
        {"name": name, "words": form.words, **written[name]}
        for name, form in FORMATS.items()
        if name in written
    ]
