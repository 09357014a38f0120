"""What a project's traces, spans and threads add up to, and whether there are any (opik.md §2)."""

from django.http import HttpResponse
from rest_framework.request import Request

from traces_app.api.opik import documented, finding, params
from traces_app.api.opik.base import OpikView, json
from traces_app.api.opik.serializers import stats as shapes
from traces_app.api.opik.serializers.answers import Exists
from traces_app.models import Span, Thread, Trace
from traces_app.normal_form import clean_text
from traces_app.query import stats
from traces_app.query.spans import SPANS
from traces_app.query.spans import STATS as SPAN_STATS
from traces_app.query.threads import STATS as THREAD_STATS
from traces_app.query.threads import THREADS
from traces_app.query.traces import STATS, TRACES


class TraceStats(OpikView):
    """``GET /traces/stats``: the same filters, search and window as the list."""

    @documented.reads(
        "Figures about the traces of a project",
        shapes.StatsRead,
        params=(*documented.PROJECT, *documented.NARROWING),
    )
    def get(self, request: Request) -> HttpResponse:
        asked = finding.in_address(request, self.access, TRACES)
        projects = [asked.project.pk]
        self.access.must_see_scores(projects)
        found = asked.among(Trace.objects.visible_to(self.access))
        figures = stats.read(found, STATS, projects=projects, queue_id=asked.queue_id)
        return json(shapes.read(figures))


class ThreadStats(OpikView):
    """``GET /traces/threads/stats``: the same filters, search and window as the list."""

    @documented.reads(
        "Figures about the threads of a project",
        shapes.StatsRead,
        tag="Opik: threads",
        params=(*documented.PROJECT, *documented.NARROWING),
    )
    def get(self, request: Request) -> HttpResponse:
        asked = finding.in_address(request, self.access, THREADS)
        projects = [asked.project.pk]
        self.access.must_see_scores(projects)
        found = asked.among(Thread.objects.visible_to(self.access).with_traces())
        figures = stats.read(found, THREAD_STATS, projects=projects, queue_id=asked.queue_id)
        return json(shapes.read(figures))


class TraceExists(OpikView):
    """``GET /traces/exists``: is there a trace, of this source, in a thread?"""

    @documented.reads(
        "Ask whether a project has traces",
        Exists,
        params=(*documented.PROJECT, *documented.EXISTING),
    )
    def get(self, request: Request) -> HttpResponse:
        project = params.project(request, self.access)
        traces = Trace.objects.visible_to(self.access).filter(project=project)
        source = clean_text(request.query_params.get("source", ""))
        if source:
            traces = traces.filter(source=source)
        if params.flag(request, "thread_only"):
            traces = traces.filter(thread_id__isnull=False)
        return json({"exists": traces.exists()})


class SpanStats(OpikView):
    """``GET /spans/stats``: the same filters, search and window as the list."""

    @documented.reads(
        "Figures about the spans of a project",
        shapes.StatsRead,
        tag="Opik: spans",
        params=(*documented.PROJECT, *documented.OF_SPANS, *documented.NARROWING),
    )
    def get(self, request: Request) -> HttpResponse:
        asked = finding.in_address(request, self.access, SPANS)
        projects = [asked.project.pk]
        self.access.must_see_scores(projects)
        found = finding.of_spans(request, asked.among(Span.objects.visible_to(self.access)))
        return json(shapes.read(stats.read(found, SPAN_STATS, projects=projects)))


class SpanExists(OpikView):
    """``GET /spans/exists``: is there a span, of this source?"""

    @documented.reads(
        "Ask whether a project has spans",
        Exists,
        tag="Opik: spans",
        params=(*documented.PROJECT, documented.EXISTING[0]),
    )
    def get(self, request: Request) -> HttpResponse:
        project = params.project(request, self.access)
        spans = Span.objects.visible_to(self.access).filter(project=project)
        source = clean_text(request.query_params.get("source", ""))
        return json({"exists": (spans.filter(source=source) if source else spans).exists()})
