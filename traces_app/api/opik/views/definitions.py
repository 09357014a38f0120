"""Feedback definitions: the scales that reviewers answer on (opik.md §4)."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import F, Value
from django.http import HttpResponse
from rest_framework.request import Request

from traces_app import normal_form
from traces_app.access import Access
from traces_app.api import schema
from traces_app.api.opik import checks, documented, params
from traces_app.api.opik.base import OpikView, empty, json
from traces_app.api.opik.serializers import definitions as shapes
from traces_app.api.opik.serializers.runs import IDS, Ids
from traces_app.errors import NotFound
from traces_app.models import FeedbackDefinition
from traces_app.models.definitions import OPIKS_TYPES, FeedbackDefinitionQuerySet
from traces_app.query.expressions import Contains
from traces_app.services import definitions

TAG = "Opik: feedback definitions"
EXAMPLE = {
    "name": "Tone",
    "type": "categorical",
    "description": "How the answer sounds.",
    "details": {"categories": {"warm": 1, "neutral": 0.5, "cold": 0}},
}


def visible(access: Access) -> FeedbackDefinitionQuerySet:
    """The definitions that this dialect knows: those of our own types are not there for it."""
    return FeedbackDefinition.objects.visible_to(access).of_opiks_types()


def found(access: Access, definition_id: UUID) -> FeedbackDefinition:
    """Raises NotFound."""
    definition = visible(access).filter(pk=definition_id).first()
    if definition is None:
        raise NotFound("Feedback definition not found")
    return definition


class Definitions(OpikView):
    """``POST`` makes one, ``GET`` lists those of the workspace, newest first."""

    @documented.writes(
        "Create a feedback definition",
        tag=TAG,
        body=shapes.DefinitionWrite,
        example=EXAMPLE,
        answers={201: "Created; `Location` holds its address."},
    )
    def post(self, request: Request) -> HttpResponse:
        body = self.body(shapes.DEFINITION)
        if body.id is not None:
            checks.must_be_version_7("Feedback definition", body.id)
        made = definitions.create(access=self.access, said=body.said(), definition_id=body.id)
        return empty(201, request.build_absolute_uri(f"{request.path}/{made.pk}"))

    @documented.reads(
        "List feedback definitions",
        shapes.DefinitionPage,
        tag=TAG,
        params=(
            *documented.PAGE,
            schema.query("name", "Part of the name."),
            schema.query("type", "Those of one type.", enum=[str(each) for each in OPIKS_TYPES]),
        ),
    )
    def get(self, request: Request) -> HttpResponse:
        page, size = params.page_and_size(request)
        rows = visible(self.access)
        name = normal_form.clean_text(request.query_params.get("name", ""))
        if name:
            rows = rows.filter(Contains(F("name"), Value(name)))
        of_type = normal_form.clean_text(request.query_params.get("type", ""))
        if of_type:
            rows = rows.filter(type=of_type)
        people = rows.select_related("created_by", "last_updated_by").order_by("-pk")
        content = [shapes.read(each) for each in people[(page - 1) * size : page * size]]
        return json(params.envelope(page, rows.count(), content, []))


class DefinitionItem(OpikView):
    """``GET``, ``PUT`` and ``DELETE /feedback-definitions/{id}``."""

    @documented.reads("Get a feedback definition", shapes.DefinitionRead, tag=TAG)
    def get(self, request: Request, definition_id: UUID) -> HttpResponse:
        return json(shapes.read(found(self.access, definition_id)))

    @documented.writes(
        "Replace a feedback definition", tag=TAG, body=shapes.DefinitionWrite, example=EXAMPLE
    )
    def put(self, request: Request, definition_id: UUID) -> HttpResponse:
        said = self.body(shapes.DEFINITION).said()
        self.access.must_write()
        pk = found(self.access, definition_id).pk
        definitions.edit(access=self.access, definition_id=pk, said=said)
        return empty()

    @documented.writes(
        "Delete a feedback definition",
        tag=TAG,
        answers={204: "Gone, or never there. Scores that were given under it stay."},
    )
    def delete(self, request: Request, definition_id: UUID) -> HttpResponse:
        _delete(self.access, [definition_id])
        return empty()


class DefinitionDelete(OpikView):
    """``POST /feedback-definitions/delete``: unknown ids are no error."""

    @documented.writes(
        "Delete feedback definitions", tag=TAG, body=Ids, example={"ids": [documented.ID]}
    )
    def post(self, request: Request) -> HttpResponse:
        body = self.body(IDS)
        checks.sized("ids", body.ids)
        _delete(self.access, body.ids or ())
        return empty()


def _delete(access: Access, ids: Collection[UUID]) -> None:
    known = visible(access).filter(pk__in=ids).values_list("pk", flat=True)
    definitions.delete(access=access, ids=list(known))
