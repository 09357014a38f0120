"""The page of one datapoint, and what is done to many in their list."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from feedback_app.forms.datapoints import ORDERED_ROLES, Draft
from feedback_app.http import PageRequest, signed_in
from feedback_app.models import Datapoint, Dataset
from feedback_app.reading.content import read
from feedback_app.reading.differences import differences
from feedback_app.reading.example_text import as_text
from feedback_app.services import approvals, datapoints, generations, named_datasets
from feedback_app.services.datasets import TAKEN
from feedback_app.trace_page import changes
from feedback_app.trace_page.datapoints import replaced
from feedback_app.views import datasets
from traces_app.errors import Conflict, Invalid, Malformed, NotFound
from traces_app.models import NIL, Trace

KEYS = (
    ("e", "edit"),
    ("Ctrl Enter", "save"),
    ("?", "this sheet"),
)
_MOST_TWINS = 20


@require_POST
@signed_in
def bulk(request: PageRequest, dataset_id: UUID) -> HttpResponse:
    """Move the picked datapoints into a bucket, or delete them."""
    found = named_datasets.find(access=request.access, dataset_id=dataset_id)
    request.access.must_write()
    ids = _ids(request.POST.getlist("id"))
    what = request.POST.get("do", "")
    more: dict[str, Any] = {}
    if not ids:
        messages.error(request, "Pick datapoints first.")
    elif what == "delete":
        gone = datapoints.delete(access=request.access, dataset_id=found.pk, ids=ids)
        more["deletion"] = gone
    elif what in Datapoint.Bucket.values:
        bucket = Datapoint.Bucket(what)
        number = datapoints.move(access=request.access, dataset_id=found.pk, ids=ids, bucket=bucket)
        messages.success(request, f"{_count(number)} moved to {bucket.label.lower()}.")
    else:
        messages.error(request, "Say what shall be done with the picked datapoints.")
    return _back(request, found, more)


@require_POST
@signed_in
def restore(request: PageRequest, dataset_id: UUID, deletion: UUID) -> HttpResponse:
    """Bring back what was deleted together."""
    found = named_datasets.find(access=request.access, dataset_id=dataset_id)
    request.access.must_write()
    try:
        number = datapoints.restore(access=request.access, dataset_id=found.pk, deletion=deletion)
    except NotFound as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{_count(number)} restored.")
    return _back(request, found, {})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def datapoint(request: PageRequest, datapoint_id: UUID) -> HttpResponse:
    """The datapoint to read or, with ``?edit``, to edit; a POST compares or saves the draft."""
    point = visible(request, datapoint_id)
    if request.method != "POST":
        draft = Draft.of(point) if "edit" in request.GET and request.access.may_write else None
        return answer(request, point, {"draft": draft})
    request.access.must_write()
    draft = Draft.sent(request.POST)
    what = request.POST.get("do", "")
    if what == "more":
        return answer(request, point, {"draft": draft})
    try:
        content = draft.content()
        if what == "compare":
            pieces = differences(as_text(point.content), as_text(content))
            return answer(request, point, {"draft": draft, "pieces": pieces})
        save = approvals.approve if what == "approve" else datapoints.edit
        save(
            access=request.access,
            datapoint_id=point.pk,
            content=content,
            digest=draft.digest,
        )
    except (Conflict, Invalid, Malformed) as refusal:
        more = {"draft": draft, "refusal": str(refusal)}
        return answer(request, visible(request, datapoint_id), more, status=422)
    messages.success(request, "Saved.")
    return _go(request, reverse("datapoint", args=[point.pk]))


@require_POST
@signed_in
def one(request: PageRequest, datapoint_id: UUID) -> HttpResponse:
    """Move this datapoint into a bucket, or delete it."""
    point = visible(request, datapoint_id)
    request.access.must_write()
    what = request.POST.get("do", "")
    if what == "delete":
        gone = datapoints.delete(access=request.access, dataset_id=point.dataset_id, ids=[point.pk])
        return _go(request, f"{reverse('dataset', args=[point.dataset_id])}?deletion={gone.id}")
    if what in Datapoint.Bucket.values:
        bucket = Datapoint.Bucket(what)
        datapoints.move(
            access=request.access, dataset_id=point.dataset_id, ids=[point.pk], bucket=bucket
        )
        messages.success(request, f"Moved to {bucket.label.lower()}.")
    return _go(request, reverse("datapoint", args=[point.pk]))


def visible(request: PageRequest, datapoint_id: UUID) -> Datapoint:
    """The datapoint with dataset and project. Raises NotFound."""
    visible = Datapoint.objects.visible_to(request.access).select_related("dataset", "project")
    point = visible.filter(pk=datapoint_id).first()
    if point is None:
        raise NotFound(datapoints.NO_DATAPOINT)
    return point


def answer(
    request: PageRequest, point: Datapoint, more: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The page of a datapoint, or for HTMX the part that holds it."""
    inside = Datapoint.objects.visible_to(request.access).filter(dataset_id=point.dataset_id)
    twins = inside.filter(digest=point.digest).exclude(pk=point.pk).order_by("-pk")
    traces = Trace.objects.visible_to(request.access).only(*TAKEN)
    trace = traces.filter(pk=point.trace_id).first()
    shown = {
        "point": point,
        "dataset": point.dataset,
        "project": point.project,
        "content": read(point.content),
        "replaced": replaced(point),
        "twins": twins[:_MOST_TWINS],
        "came_from": point.trace_id != NIL,
        "has_trace": trace is not None,
        "change": changes.of([point], trace).get(point.pk) if trace else None,
        "buckets": Datapoint.Bucket.choices,
        "roles": ORDERED_ROLES,
        "keys": KEYS,
    } | _approval(point, trace)
    part = "_datapoint.html" if request.htmx else "datapoint.html"
    return render(request, f"feedback_app/datapoints/{part}", shown | more, status=status)


def _approval(point: Datapoint, trace: Trace | None) -> dict[str, Any]:
    """What the part about a generated answer takes; nothing of it for other answers."""
    if point.source != Datapoint.Source.GENERATED:
        return {}
    is_here = trace is not None and trace.project_id == point.project_id
    return {
        "is_generated": True,
        "can_ask": is_here and settings.GENERATOR is not None,
        "is_running": bool(trace and generations.running([trace])),
        "failure": trace.processing_error if trace else "",
    }


def _back(request: PageRequest, found: Dataset, more: dict[str, Any]) -> HttpResponse:
    if request.htmx:
        return datasets.answer(request, found, more)
    url = reverse("dataset", args=[found.pk])
    query = request.GET.copy()
    if "deletion" in more:
        query["deletion"] = str(more["deletion"].id)
    return redirect(f"{url}?{query.urlencode()}" if query else url)


def _go(request: PageRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _ids(sent: list[str]) -> list[UUID]:
    try:
        return [UUID(each) for each in sent[: datapoints.AT_ONCE]]
    except ValueError as error:
        raise NotFound(datapoints.NO_DATAPOINT) from error


def _count(number: int) -> str:
    return f"{number:,} {'datapoint' if number == 1 else 'datapoints'}"
