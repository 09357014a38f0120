"""Threads: list, search, retrieve, open, close, tag, delete (opik.md §3)."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from rest_framework.request import Request

from traces_app.api.opik import documented, finding, params, streams
from traces_app.api.opik.base import OpikView, empty, json
from traces_app.api.opik.serializers import searches, thread_reads
from traces_app.api.opik.serializers import threads as shapes
from traces_app.api.opik.serializers.answers import ThreadPage, ThreadRead
from traces_app.api.opik.serializers.shown import Shown
from traces_app.errors import NotFound
from traces_app.models import Thread
from traces_app.models.threads import ThreadQuerySet
from traces_app.query import sorting
from traces_app.query.threads import THREADS
from traces_app.services import projects, threads

_TAG = "Opik: threads"
_ONE = {"project_name": "support", "thread_id": "customer-17"}


class Threads(OpikView):
    """``GET /traces/threads``: a project's, last updated first."""

    @documented.reads(
        "List the threads of a project",
        ThreadPage,
        tag=_TAG,
        params=(*documented.PAGE, *documented.PROJECT, *documented.FINDING),
    )
    def get(self, request: Request) -> HttpResponse:
        page, size = params.page_and_size(request)
        exclude = params.exclude(request, thread_reads.EXCLUDABLE)
        asked = finding.in_address(request, self.access, THREADS)
        order = sorting.parse(request.query_params.get("sorting"), registry=THREADS)
        found = asked.among(Thread.objects.visible_to(self.access).with_traces())
        total = found.count()
        chosen = asked.in_order(found, order)
        content = thread_reads.read_sorted(
            chosen[(page - 1) * size : page * size],
            project_id=asked.project.pk,
            shown=asked.shown,
            truncate=params.flag(request, "truncate"),
            strip_attachments=params.flag(request, "strip_attachments"),
            exclude=exclude,
        )
        return json(params.envelope(page, total, content, THREADS.sortable_by))


class ThreadSearch(OpikView):
    """``POST /traces/threads/search``: a stream of threads, newest first by their model id."""

    @documented.reads(
        "Search threads: one JSON object a line",
        ThreadRead,
        tag=_TAG,
        body=searches.ThreadSearch,
        example={"project_name": "support", "limit": 500},
    )
    def post(self, request: Request) -> HttpResponseBase:
        body = self.body(searches.THREAD_SEARCH)
        most, exclude = body.most(), body.excluded(thread_reads.EXCLUDABLE)
        asked = body.asked(self.access, THREADS)
        visible = Thread.objects.visible_to(self.access).with_traces()
        before = body.cursor(Thread.objects.visible_to(self.access), asked.project)

        def printed(page: ThreadQuerySet) -> list[dict[str, Any]]:
            return thread_reads.read(
                page,
                project_id=asked.project.pk,
                shown=asked.shown,
                truncate=bool(body.truncate),
                strip_attachments=bool(body.strip_attachments),
                exclude=exclude,
            )

        pages = streams.newest_first(
            asked.among(visible), printed, limit=most, before=before, key="thread_model_id"
        )
        return streams.answer(pages)


class ThreadRetrieve(OpikView):
    """``POST /traces/threads/retrieve``."""

    @documented.reads(
        "Get a thread", ThreadRead, tag=_TAG, body=shapes.ThreadIdentifier, example=_ONE
    )
    def post(self, request: Request) -> HttpResponse:
        body = self.body(shapes.IDENTIFIER)
        thread_id = body.named()
        name, project_id = body.place()
        project = projects.find(access=self.access, name=name, project_id=project_id)
        visible = Thread.objects.visible_to(self.access).with_traces()
        found = thread_reads.read(
            visible.filter(project=project, thread_id=thread_id),
            project_id=project.pk,
            shown=Shown(self.access),
            truncate=bool(body.truncate),
        )
        if not found:
            raise NotFound(f"Trace Thread id: {thread_id} not found")
        return json(found[0])


class ThreadOpen(OpikView):
    """``PUT /traces/threads/open``: an unknown thread is made."""

    @documented.writes("Open a thread", tag=_TAG, body=shapes.ThreadIdentifier, example=_ONE)
    def put(self, request: Request) -> HttpResponse:
        body = self.body(shapes.IDENTIFIER)
        threads.open(access=self.access, place=body.place(), thread_id=body.named())
        return empty()


class ThreadClose(OpikView):
    """``PUT /traces/threads/close``: one or several; none when one of them is not there."""

    @documented.writes("Close threads", tag=_TAG, body=shapes.ThreadsToClose, example=_ONE)
    def put(self, request: Request) -> HttpResponse:
        body = self.body(shapes.TO_CLOSE)
        threads.close(access=self.access, place=body.place(), thread_ids=body.all_named())
        return empty()


class ThreadDelete(OpikView):
    """``POST /traces/threads/delete``: with all their traces; unknown ones are no error."""

    @documented.writes(
        "Delete threads",
        tag=_TAG,
        body=shapes.ThreadIds,
        example={"project_name": "support", "thread_ids": ["customer-17"]},
    )
    def post(self, request: Request) -> HttpResponse:
        body = self.body(shapes.THREAD_IDS)
        threads.delete(access=self.access, place=body.place(), thread_ids=body.all_named())
        return empty()


class ThreadItem(OpikView):
    """``PATCH /traces/threads/{thread_model_id}``: its tags."""

    @documented.writes(
        "Change a thread", tag=_TAG, body=shapes.ThreadUpdate, example={"tags": ["vip"]}
    )
    def patch(self, request: Request, thread_model_id: UUID) -> HttpResponse:
        change = self.body(shapes.UPDATE).tag_change()
        threads.tag(access=self.access, pk=thread_model_id, change=change)
        return empty()


class ThreadBatch(OpikView):
    """``PATCH /traces/threads/batch``: unknown ids are no error."""

    @documented.writes(
        "Change up to 1,000 threads",
        tag=_TAG,
        body=shapes.ThreadBatchUpdate,
        example={"ids": [documented.ID], "update": {"tags_to_add": ["vip"]}},
    )
    def patch(self, request: Request) -> HttpResponse:
        body = self.body(shapes.BATCH_UPDATE)
        change = body.tag_change()
        threads.tag_all(access=self.access, pks=body.ids or (), change=change)
        return empty()
