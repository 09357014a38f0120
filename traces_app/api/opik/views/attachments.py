"""Files of traces and spans: uploaded, listed, downloaded, deleted (opik-sdk.md §2)."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from traces_app import downloads
from traces_app.api import bodies, schema
from traces_app.api.opik import documented, params
from traces_app.api.opik.base import OpikView, empty, json
from traces_app.api.opik.serializers import attachments as shapes
from traces_app.errors import NotFound
from traces_app.models import Attachment, EntityType
from traces_app.models.project_rows import BY_ID
from traces_app.normal_form import clean_text
from traces_app.services import attachments

TAG = "Opik: attachments"
LISTED = 1000
"""Files on a page; the SDK reads the first page alone."""

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_OWNER = {"entity_type": "trace", "entity_id": documented.ID}
OWNER_PARAMS = (
    schema.query("entity_type", "`trace` or `span`.", required=True),
    schema.query("entity_id", "The id of the trace or span.", UUID, required=True),
)


class UploadStart(OpikView):
    """``POST /attachment/upload-start``: says where to PUT the file."""

    @documented.writes(
        "Start to upload a file",
        tag=TAG,
        body=shapes.UploadStart,
        example=_OWNER | {"file_name": "receipt.png", "mime_type": "image/png"},
        answers={200: ("Send the file there.", shapes.UploadStarted)},
    )
    def post(self, request: Request) -> HttpResponse:
        upload = self.body(shapes.UPLOAD_START).upload()
        attachments.start(access=self.access, upload=upload)
        url = f"{_base(request)}/upload?token={shapes.token(self.access, upload)}"
        return json({"upload_id": shapes.LOCAL_UPLOAD, "pre_sign_urls": [url]})


class Upload(OpikView):
    """``PUT /attachment/upload``: the bytes, chunked or with a length."""

    @documented.writes("Upload the bytes of a file", tag=TAG)
    def put(self, request: Request) -> HttpResponse:
        http = request._request
        if (coding := http.headers.get("Content-Encoding", "identity")) != "identity":
            raise UnsupportedMediaType(coding, f"Content-Encoding {coding} is not supported.")
        upload = shapes.upload_of(self.access, request.query_params.get("token", ""))
        attachments.store(
            access=self.access, upload=upload, parts=bodies.parts(http, settings.ATTACHMENT_LIMIT)
        )
        return empty()


class UploadComplete(OpikView):
    """``POST /attachment/upload-complete``: the PUT was all; says whether the file is there."""

    @documented.writes(
        "Complete an upload",
        tag=TAG,
        body=shapes.UploadComplete,
        example=_OWNER | {"file_name": "receipt.png"},
    )
    def post(self, request: Request) -> HttpResponse:
        body = self.body(shapes.UPLOAD_COMPLETE)
        body.check()
        self.access.must_write()
        of = Attachment.objects.visible_to(self.access)
        about = of.about(body.entity_type or "", {body.entity_id or UUID(int=0)})
        if not about.filter(file_name=clean_text(body.file_name or "")).exists():
            raise NotFound("There is no such upload.")
        return empty()


class AttachmentList(OpikView):
    """``GET /attachment/list``: the files of one trace or span, oldest first."""

    @documented.reads(
        "List the files of a trace or span",
        shapes.AttachmentPage,
        tag=TAG,
        params=(
            schema.query("project_id", "The id of its project.", UUID, required=True),
            *OWNER_PARAMS,
            *documented.PAGE,
        ),
    )
    def get(self, request: Request) -> HttpResponse:
        page, size = params.page_and_size(request, LISTED)
        params.project(request, self.access)
        found = _about(self, request).order_by(BY_ID)
        shown = found[(page - 1) * size : page * size]
        content = [shapes.read(row, _base(request)) for row in shown]
        return json(params.envelope(page, found.count(), content, []))


class Download(OpikView):
    """``GET /attachment/download``: the bytes, or the range that is asked for."""

    @documented.reads(
        "Download a file",
        {"type": "string", "format": "binary"},
        tag=TAG,
        params=(
            *OWNER_PARAMS,
            schema.query("file_name", "Its name.", required=True),
            schema.query("container_id", "The id of its project.", UUID),
        ),
    )
    def get(self, request: Request) -> HttpResponseBase:
        name = clean_text(request.query_params.get("file_name", ""))
        found = _about(self, request).filter(file_name=name).first()
        if found is None:
            raise NotFound("Attachment not found")
        return downloads.serve(request._request, found)


class AttachmentDelete(OpikView):
    """``POST /attachment/delete``: unknown names are no error."""

    @documented.writes(
        "Delete files",
        tag=TAG,
        body=shapes.AttachmentsDelete,
        example=_OWNER | {"file_names": ["receipt.png"]},
    )
    def post(self, request: Request) -> HttpResponse:
        body = self.body(shapes.ATTACHMENTS_DELETE)
        attachments.delete(
            access=self.access,
            file_names=body.names(),
            entity_type=EntityType(body.entity_type or ""),
            entity_id=body.entity_id or UUID(int=0),
        )
        return empty()


def _about(view: OpikView, request: Request) -> Any:
    """The visible files of the trace or span that the query names. Raises Http404."""
    kind = request.query_params.get("entity_type", "")
    if kind not in (EntityType.TRACE, EntityType.SPAN):
        raise Http404
    owner = params.uuid(request.query_params.get("entity_id", ""))
    return Attachment.objects.visible_to(view.access).about(kind, {owner})


def _base(request: Request) -> str:
    """Where these endpoints are for the caller, under the prefix that was called.

    BASE_URL says it, never the body. While that is this machine's own address, a client elsewhere
    would send its key to its own machine: then it is the host that was called, checked against
    ALLOWED_HOSTS.
    """
    http = request._request
    prefix = http.path.rpartition("/")[0]
    if urlsplit(settings.BASE_URL).hostname in _LOOPBACK:
        return http.build_absolute_uri(prefix)
    return f"{settings.BASE_URL}{prefix}"
