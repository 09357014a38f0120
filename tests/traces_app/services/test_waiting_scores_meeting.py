"""A score and the trace it is about, written at the same moment by two transactions."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction
from uuid_utils.compat import uuid7

from tests import factories
from traces_app.models import EntityType, Score, WaitingScore
from traces_app.services import scores, traces

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


def test_score_kept_while_its_trace_is_being_written_is_given_to_it() -> None:
    access, pk = factories.access(), uuid7()

    def score() -> None:
        try:
            scores.record(
                access=access,
                entity_type=EntityType.TRACE,
                said=[factories.said(pk, 1)],
                may_wait=True,
            )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as elsewhere, transaction.atomic():
        traces.ingest(access=access, sent=[factories.sent_trace(pk=pk)])
        elsewhere.submit(score).result(timeout=20)

    assert not WaitingScore.objects.exists()
    assert Score.objects.get().entity_id == pk
