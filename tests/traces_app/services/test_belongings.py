from django.apps import apps
from django.db import models

from feedback_app.models import (
    BulkChange,
    Correction,
    CorrectionVersion,
    Generation,
    QueueCandidate,
    Review,
)
from traces_app.models import Attachment, Comment, QueueItem, Score, ScoreMean, Trace
from traces_app.services import belongings


def test_what_names_its_owner_by_type_and_id_is_listed() -> None:
    assert set(belongings.BY_ENTITY) == {Score, ScoreMean, Comment, Attachment}


def test_what_hangs_on_a_trace_by_a_cascading_key_is_found() -> None:
    assert belongings.related() == [
        (BulkChange, "trace_id"),
        (Correction, "trace_id"),
        (CorrectionVersion, "trace_id"),
        (Generation, "trace_id"),
        (QueueCandidate, "trace_id"),
        (Review, "trace_id"),
    ]


def test_every_key_to_a_trace_cascades() -> None:
    # Any other key would be neither deleted nor moved, and nobody would notice.
    rules = [relation.on_delete for relation in Trace._meta.related_objects]

    assert set(rules) == {models.CASCADE}


def test_every_model_with_an_entity_is_listed() -> None:
    named = {
        model
        for model in apps.get_models()
        if {"project", "entity_type", "entity_id"} <= {f.name for f in model._meta.get_fields()}
    }

    # Items of queues do not move along: they are taken out, by ``queue_items.leave``.
    assert named == {*belongings.BY_ENTITY, QueueItem}
