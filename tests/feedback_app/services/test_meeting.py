"""Requests of people who do the same thing at one moment."""

import time
from threading import Event
from typing import Any

import pytest

from feedback_app.models import Datapoint, Dataset, User
from feedback_app.services import answers, datasets, members, named_datasets, users
from tests import factories
from tests.traces_app.services.test_concurrency import at_once
from traces_app.errors import Conflict
from traces_app.models import VERDICT, Membership, Trace

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_of_two_who_add_the_same_person_is_told_so() -> None:
    access = factories.access()

    outcomes = at_once(
        *[lambda: members.add(access=access, email="new@example.com", role="viewer")] * 2
    )

    assert sorted(isinstance(one, Conflict) for one in outcomes) == [False, True]
    assert Membership.objects.filter(workspace=access.workspace_id).count() == 2


def test_service_account_is_made_once_by_many() -> None:
    outcomes = at_once(*[lambda: users.service_account(name="judge")] * 4)

    assert set(outcomes) == {User.objects.get(is_service=True)}


def test_a_dataset_is_filled_and_deleted_at_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    access = factories.access()
    ids = [factories.trace(access, input='"1 + 1?"', output='"2"').pk for _ in range(6)]
    for trace in Trace.objects.all():
        factories.score(access, trace, "0.9", VERDICT)
    datasets.add_traces(access=access, ids=ids[:3])
    pks = list(Dataset.objects.values_list("pk", flat=True))
    found, has_traces = answers.of, Event()

    def slowly(traces: Any) -> Any:
        has_traces.set()
        time.sleep(0.3)  # the dataset is locked by now, and its traces waited for
        return found(traces)

    def delete() -> None:
        has_traces.wait(10)
        named_datasets.delete(access=access, ids=pks)

    monkeypatch.setattr(answers, "of", slowly)
    at_once(lambda: datasets.add_traces(access=access, ids=ids), delete)

    filled = set(Datapoint.objects.values_list("trace_id", flat=True))
    assert filled == set(Trace.objects.filter(added_to_dataset=True).values_list("pk", flat=True))
