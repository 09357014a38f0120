"""The pages of datasets; and taking a trace into one from the trace's page."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect, push_url

from feedback_app.dataset_page import export as exports
from feedback_app.dataset_page import pages, shelves
from feedback_app.dataset_page.asked import Asked
from feedback_app.forms.datasets import DatapointListForm, DatasetForm, NewDatasetForm, SplitForm
from feedback_app.forms.mistakes import focus_first
from feedback_app.http import PageRequest, came_from, signed_in
from feedback_app.models import Datapoint, Dataset, DeletedDatapoint
from feedback_app.services import datapoints, datasets, generations, named_datasets, splits
from feedback_app.trace_page import sections
from traces_app.api.bodies import Busy
from traces_app.errors import Conflict, Invalid, NotFound
from traces_app.models import Project

BUSY = "Too many downloads are running. Try again in a moment."
CHANGED = ("dataset", "history")
KEYS = (
    ("j", "next row"),
    ("k", "previous row"),
    ("Enter", "open the datapoint"),
    ("x", "pick the row"),
    ("/", "find text"),
    ("Esc", "leave the text field"),
    ("?", "this sheet"),
)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def shelf(request: PageRequest) -> HttpResponse:
    """The list of datasets; a POST makes one and opens it."""
    must_see(request)
    everywhere = list(Project.objects.visible_to(request.access).order_by("name_key", "pk"))
    inside = _chosen(everywhere, request.GET.get("project", ""))
    form = NewDatasetForm(projects=everywhere, initial={"project": inside and inside.pk})
    status = 200
    if request.method == "POST":
        request.access.must_write()
        form = NewDatasetForm(request.POST, projects=everywhere)
        if (made := _made(request, form, everywhere)) is not None:
            return _go(request, reverse("dataset", args=[made.pk]))
        focus_first(form)
        status = 422
    wanted = everywhere if inside is None else [inside]
    shown = {
        "project": inside,
        "form": form,
        "shelves": shelves.of(access=request.access, projects=[each.pk for each in wanted]),
        "has_projects": inside is None and len(everywhere) > 1,
        "keys": KEYS[:3],
    }
    return render(request, "feedback_app/datasets/list.html", shown, status=status)


@require_safe
@vary_on_headers("HX-Request")
@signed_in
def dataset(request: PageRequest, dataset_id: UUID) -> HttpResponse:
    """One dataset with its datapoints: the whole page, or for HTMX the part below its head."""
    found = named_datasets.find(access=request.access, dataset_id=dataset_id)
    return answer(request, found)


@require_POST
@signed_in
def edit(request: PageRequest, dataset_id: UUID) -> HttpResponse:
    """Rename the dataset."""
    found = named_datasets.find(access=request.access, dataset_id=dataset_id)
    request.access.must_write()
    form = DatasetForm(request.POST, auto_id="dataset-%s")
    if form.is_valid():
        try:
            named_datasets.edit(access=request.access, dataset_id=dataset_id, **form.cleaned_data)
        except (Conflict, Invalid) as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, "Saved.")
            return _go(request, reverse("dataset", args=[dataset_id]))
    focus_first(form)
    return whole(request, found, {"edit_form": form}, status=422)


@require_POST
@signed_in
def delete(request: PageRequest, dataset_id: UUID) -> HttpResponse:
    """Delete the dataset and its datapoints, for good; its snapshots stay."""
    found = named_datasets.find(access=request.access, dataset_id=dataset_id)
    named_datasets.delete(access=request.access, ids=[dataset_id])
    messages.success(request, f"“{found}” is deleted. Its snapshots stay.")
    return _go(request, reverse("datasets"))


@require_POST
@signed_in
def split(request: PageRequest, dataset_id: UUID) -> HttpResponse:
    """Split what has no bucket yet."""
    found = named_datasets.find(access=request.access, dataset_id=dataset_id)
    request.access.must_write()
    form = SplitForm(request.POST, auto_id="split-%s")
    if not form.is_valid():
        focus_first(form)
        return whole(request, found, {"split_form": form}, status=422)
    made = splits.split(access=request.access, dataset_id=dataset_id, **form.cleaned_data)
    messages.success(request, f"{made.training:,} to training, {made.validation:,} to validation.")
    return _go(request, reverse("dataset", args=[dataset_id]))


@require_safe
@signed_in
def export(request: PageRequest, dataset_id: UUID, form: str) -> HttpResponseBase:
    """What the list's address finds as a file; 404 for an unknown form or an unreadable address."""
    found = named_datasets.find(access=request.access, dataset_id=dataset_id)
    filters = DatapointListForm(request.GET)
    if not filters.is_valid():
        raise NotFound("There is no such list.")
    try:
        sent = exports.answer(request.access, found, filters.asked(found.pk), form)
    except Busy:
        return HttpResponse(BUSY, status=429, content_type="text/plain; charset=utf-8")
    if sent is None:
        raise NotFound("There is no such form.")
    return sent


def must_see(request: PageRequest) -> None:
    """Reviewers have no datasets. Raises NotFound."""
    if request.access.sees_queues_only:
        raise NotFound(named_datasets.NO_DATASET)


def answer(
    request: PageRequest, found: Dataset, more: dict[str, Any] | None = None
) -> HttpResponse:
    """The dataset as its address asks for it; for HTMX the list alone, under its own address."""
    shown, status = context(request, found, more or {})
    if not request.htmx:
        return render(request, "feedback_app/datasets/dataset.html", shown, status=status)
    response = render(request, "feedback_app/datasets/_list.html", shown, status=status)
    if status == 200:
        query, path = shown["asked"].query(), reverse("dataset", args=[found.pk])
        push_url(response, f"{path}?{query}" if query else path)
    return response


def whole(request: PageRequest, found: Dataset, more: dict[str, Any], status: int) -> HttpResponse:
    """The whole page around a form that came back."""
    shown, _ = context(request, found, more)
    return render(request, "feedback_app/datasets/dataset.html", shown, status=status)


def context(
    request: PageRequest, found: Dataset, more: dict[str, Any]
) -> tuple[dict[str, Any], int]:
    """What the templates take, and the status that the address deserves."""
    form = DatapointListForm(request.GET)
    is_good = form.is_valid()
    asked = form.asked(found.pk) if is_good else Asked(found.pk)
    given = {"name": found.name, "description": found.description}
    shown: dict[str, Any] = {
        "dataset": found,
        "project": found.project,
        "form": form,
        "asked": asked,
        "query": asked.query(),
        "tabs": pages.tabs(found, asked),
        "writing": generations.number_for(found),
        "buckets": Datapoint.Bucket.choices,
        "forms": exports.forms(),
        "edit_form": DatasetForm(initial=given, auto_id="dataset-%s"),
        "split_form": SplitForm(auto_id="split-%s"),
        "keys": KEYS,
    }
    if is_good:
        shown["page"] = pages.page(access=request.access, asked=asked)
    if request.access.may_write:
        shown["deletion"] = _deletion(request, found)
    return shown | more, 200 if is_good else 422


@require_POST
@signed_in
def add(request: PageRequest, trace_id: UUID) -> HttpResponse:
    """Add the trace to the chosen dataset, else its project's own, and say what became of it."""
    sections.visible(request.access, trace_id)
    try:
        result = datasets.add_trace(
            access=request.access,
            trace_id=trace_id,
            dataset_id=_dataset_id(request.POST.get("dataset", "")),
        )
    except Conflict as refusal:
        messages.error(request, str(refusal))
    else:
        _say(request, result)
    if not request.htmx:
        return redirect(came_from(request) or sections.address(request, trace_id, "dataset"))
    fresh = sections.visible(request.access, trace_id)
    return sections.answer(request, CHANGED, sections.context(request, fresh))


def _dataset_id(sent: str) -> UUID | None:
    try:
        return UUID(sent) if sent else None
    except ValueError as error:
        raise NotFound(named_datasets.NO_DATASET) from error


def _deletion(request: PageRequest, found: Dataset) -> datapoints.Deletion | None:
    """The deletion that the address names, as long as it can be undone."""
    try:
        asked = UUID(request.GET.get("deletion", ""))
    except ValueError:
        return None
    kept = DeletedDatapoint.objects.visible_to(request.access).filter(
        dataset_id=found.pk, deletion=asked
    )
    return datapoints.Deletion(asked, kept.count())


def _made(request: PageRequest, form: NewDatasetForm, projects: list[Project]) -> Dataset | None:
    if not form.is_valid():
        return None
    given = form.cleaned_data
    wanted = given.pop("project")
    home = next(each for each in projects if str(each.pk) == wanted)
    try:
        return named_datasets.create(access=request.access, project=home, **given)
    except (Conflict, Invalid) as refusal:
        form.add_error("name", str(refusal))
        return None


def _chosen(projects: list[Project], wanted: str) -> Project | None:
    if not wanted:
        return None
    found = next((each for each in projects if str(each.pk) == wanted.lower()), None)
    if found is None:
        raise NotFound("There is no such project.")
    return found


def _go(request: PageRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _say(request: PageRequest, result: datasets.Added) -> None:
    if result.status == "queued":
        messages.success(request, "Queued: its answer is being written from the feedback.")
        return
    if result.datapoint_id is None:
        messages.error(request, f"Not added. {result.error}")
        return
    visible = Datapoint.objects.visible_to(request.access).select_related("dataset")
    point = visible.get(pk=result.datapoint_id)
    source = point.get_source_display().lower()
    messages.success(request, f"Added to “{point.dataset}”, with its {source} as the answer.")
