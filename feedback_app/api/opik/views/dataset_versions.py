"""The versions of a dataset: its snapshots, and on top what it holds now."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from feedback_app.api.opik import finding
from feedback_app.api.opik.serializers import datasets as shapes
from feedback_app.models import Dataset, Snapshot
from traces_app.api.opik import checks, documented, params
from traces_app.api.opik.base import OpikView, json
from traces_app.errors import NotFound
from traces_app.services import authors

TAG = "Opik: datasets"


class Versions(OpikView):
    """``GET /datasets/{id}/versions``: newest first.

    A dataset that changed since its last snapshot, or has none, begins with a version of what it
    holds now, so that clients which read the latest version read that.
    """

    @documented.reads(
        "List versions of a dataset", shapes.VersionPage, tag=TAG, params=documented.PAGE
    )
    def get(self, request: Request, dataset_id: UUID) -> HttpResponse:
        page, size = params.page_and_size(request)
        dataset = finding.find(self.access, dataset_id)
        made = finding.snapshots_of(dataset)
        number, total = finding.next_number(dataset), finding.items(dataset, None).rows.count()
        has_live = number is not None and (number > 1 or total > 0)
        start = (page - 1) * size - has_live
        content = _printed(list(made[max(start, 0) : max(start + size, 0)]), dataset)
        if has_live and page == 1:
            content.insert(0, shapes.live_version(dataset, number or 1, total))
        return json(
            {
                "page": page,
                "size": len(content),
                "total": made.count() + has_live,
                "content": content,
            }
        )


class VersionRetrieve(OpikView):
    """``POST /datasets/{id}/versions/retrieve``: by name."""

    @documented.reads(
        "Find a version by name",
        shapes.VersionRead,
        tag=TAG,
        body=shapes.VersionName,
        example={"version_name": "v1"},
    )
    def post(self, request: Request, dataset_id: UUID) -> HttpResponse:
        body = self.body(shapes.VERSION_NAME)
        rules = checks.Rules()
        rules.not_blank("versionName", body.version_name)
        rules.enforce()
        dataset = finding.find(self.access, dataset_id)
        name = body.version_name or ""
        if not name.startswith("v"):
            raise NotFound(finding.NO_VERSION)
        snapshot = finding.snapshot_of(dataset, name)
        if snapshot is None:
            total = finding.items(dataset, None).rows.count()
            return json(shapes.live_version(dataset, finding.next_number(dataset) or 1, total))
        return json(_printed([snapshot], dataset)[0])


def _printed(found: list[Snapshot], dataset: Dataset) -> list[dict[str, Any]]:
    named = authors.names(snapshot.created_by_id for snapshot in found)
    newest = finding.snapshots_of(dataset).first()
    is_frozen = finding.is_frozen(dataset, newest)
    return [
        shapes.version(each, named, is_latest=is_frozen and newest is not None and each == newest)
        for each in found
    ]
