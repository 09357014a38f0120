"""Bringing a file of examples into a dataset: uploaded, looked at, checked, imported."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from feedback_app.example_files.mapping import Mapping
from feedback_app.forms.dataset_imports import MappingForm, UploadForm
from feedback_app.http import PageRequest, signed_in
from feedback_app.import_page import pages
from feedback_app.models import DatasetImport
from feedback_app.services import dataset_imports, named_datasets
from feedback_app.snapshot_files.formats import csv_line
from traces_app import normal_form
from traces_app.errors import Conflict, Invalid, NotFound

RECENT = 20
FILE_GONE = "The file is not here any more. Upload it again."


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def shelf(request: PageRequest, dataset_id: UUID) -> HttpResponse:
    """Where a file is chosen, above the imports that there were; a POST uploads it."""
    dataset = named_datasets.find(access=request.access, dataset_id=dataset_id)
    request.access.must_write()
    form = UploadForm()
    status = 200
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        made = _uploaded(request, dataset_id, form)
        if made is not None:
            return redirect("dataset-import", made.pk)
        status = 422
    before = DatasetImport.objects.visible_to(request.access).filter(dataset_id=dataset.pk)
    shown = {
        "dataset": dataset,
        "project": dataset.project,
        "form": form,
        "imports": before.select_related("created_by").order_by("-pk")[:RECENT],
    }
    return render(request, "feedback_app/dataset_imports/list.html", shown, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
@signed_in
def one(request: PageRequest, import_id: UUID) -> HttpResponse:
    """One import, for HTMX how far it is; a POST looks at it under another mapping, has it checked
    or imported, or stops it."""
    task = dataset_imports.find(access=request.access, import_id=import_id)
    if request.method == "POST":
        request.access.must_write()
        return _do(request, task)
    if request.htmx:
        shown = _context(task) | {"is_over": not task.is_going}
        return render(request, "feedback_app/dataset_imports/_standing.html", shown)
    return _page(request, task)


@require_safe
@signed_in
def mistakes(request: PageRequest, import_id: UUID) -> HttpResponse:
    """The lines that could not be read, as CSV."""
    task = dataset_imports.find(access=request.access, import_id=import_id)
    lines = [csv_line("line", "mistake")]
    lines += [csv_line(number, words) for number, words in normal_form.load(task.mistakes)]
    answer = HttpResponse(b"".join(lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="mistakes-{task.pk}.csv"'
    return answer


def _do(request: PageRequest, task: DatasetImport) -> HttpResponse:
    do = request.POST.get("do", "")
    if do == "stop":
        dataset_imports.stop(access=request.access, import_id=task.pk)
        return redirect("dataset-import", task.pk)
    if not task.is_open:
        messages.error(request, dataset_imports.IS_OVER)
        return redirect("dataset-import", task.pk)
    first = _beginning(task)
    form = MappingForm(request.POST, columns=first.columns, is_csv=_is_csv(task))
    if not form.is_valid():
        return _page(request, task, form=form, status=422)
    mapping = form.mapping()
    if do not in ("check", "import"):
        return _page(request, task, form=form, mapping=mapping)
    try:
        dataset_imports.start(
            access=request.access, import_id=task.pk, mapping=mapping, is_check=do == "check"
        )
    except (Conflict, Invalid) as refusal:
        form.add_error(None, str(refusal))
        return _page(request, task, form=form, status=422)
    return redirect("dataset-import", task.pk)


def _page(
    request: PageRequest,
    task: DatasetImport,
    *,
    form: MappingForm | None = None,
    mapping: Mapping | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = _context(task, form, mapping)
    return render(request, "feedback_app/dataset_imports/import.html", shown, status=status)


def _context(
    task: DatasetImport, form: MappingForm | None = None, mapping: Mapping | None = None
) -> dict[str, Any]:
    mapping = mapping or Mapping.load(task.mapping)
    shown: dict[str, Any] = {"dataset": task.dataset, "project": task.project}
    shown |= pages.standing(task)
    if task.is_open:
        first = _beginning(task)
        given = {name: getattr(mapping, name) for name in MappingForm.base_fields}
        shown["form"] = form or MappingForm(
            initial=given, columns=first.columns, is_csv=_is_csv(task)
        )
        shown["samples"] = pages.samples(first.records, mapping)
        shown["unreadable"] = first.error
    return shown


def _beginning(task: DatasetImport) -> dataset_imports.Beginning:
    try:
        return dataset_imports.beginning(task)
    except NotFound:
        return dataset_imports.Beginning([], [], FILE_GONE)


def _is_csv(task: DatasetImport) -> bool:
    return task.form == DatasetImport.Form.CSV


def _uploaded(request: PageRequest, dataset_id: UUID, form: UploadForm) -> DatasetImport | None:
    if not form.is_valid():
        return None
    file = form.cleaned_data["file"]
    try:
        return dataset_imports.upload(
            access=request.access, dataset_id=dataset_id, file_name=file.name, parts=file.chunks()
        )
    except Invalid as refusal:
        form.add_error("file", str(refusal))
        return None
