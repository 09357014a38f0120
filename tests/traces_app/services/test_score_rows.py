"""The means that lists and filters read are always those of the rows."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.factories import said
from traces_app.models import EntityType, Score, ScoreMean, Workspace
from traces_app.models.scores import BILLION, to_billionths
from traces_app.services import score_rows, scores

LIMIT = 10**18 - 1
BILLIONTHS = st.integers(-LIMIT, LIMIT)


def reference(billionths: list[int]) -> Decimal:
    """The mean as the contract says it: nine decimals, halves away from zero."""
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(sum(billionths)) / len(billionths) / BILLION
        return exact.quantize(Decimal("1e-9"), rounding=ROUND_HALF_UP)


@settings(max_examples=300, deadline=None)
@given(st.lists(BILLIONTHS | st.integers(-9, 9), min_size=1, max_size=20))
def test_mean_is_exact_to_nine_decimals(billionths: list[int]) -> None:
    assert Decimal(score_rows.mean(billionths)).scaleb(-9) == reference(billionths)


@pytest.mark.parametrize(
    ("billionths", "expected"), [([1, 2], 2), ([-1, -2], -2), ([1, -2], -1), ([1, 1, 2], 1)]
)
def test_halves_are_rounded_away_from_zero(billionths: list[int], expected: int) -> None:
    assert score_rows.mean(billionths) == expected


STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),  # author
        st.sampled_from(["a", "b"]),
        st.integers(0, 1),  # trace
        BILLIONTHS | st.none(),  # None deletes
    ),
    max_size=12,
)


@pytest.mark.django_db
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_means_follow_whatever_happens_to_the_rows(db: Any, steps: Any) -> None:
    with transaction.atomic():
        _walk(steps)
        transaction.set_rollback(True)


def _walk(steps: list[tuple[int, str, int, int | None]]) -> None:
    workspace = factories.workspace()
    authors = [factories.access(workspace) for _ in range(3)]
    project = factories.project(workspace)
    authors[0].project_ids  # noqa: B018 - read before the project's traces come
    traces = [factories.trace(authors[0], project) for _ in range(2)]
    expected: dict[Any, dict[int, int]] = defaultdict(dict)
    for author, name, trace, billionths in steps:
        key = (traces[trace].pk, name)
        if billionths is None:
            scores.delete(
                access=authors[author],
                entity_type=EntityType.TRACE,
                entity_id=key[0],
                names=[name],
            )
            expected.pop(key, None)
            continue
        value = Decimal(billionths).scaleb(-9)
        factories.score(authors[author], traces[trace], str(value), name)
        expected[key][author] = billionths

    means = {(row.entity_id, row.name): (row.value, row.count) for row in ScoreMean.objects.all()}
    assert means == {
        key: (reference(list(said.values())), len(said)) for key, said in expected.items()
    }


@pytest.mark.django_db
def test_one_batch_over_many_traces_and_names_leaves_exact_means() -> None:
    access = factories.access()
    other = factories.access(Workspace.objects.get(pk=access.workspace_id))
    traces = [factories.trace(access) for _ in range(4)]
    for author, step in ((access, 1), (other, 2)):
        batch = [
            said(trace.pk, number * step, name)
            for number, trace in enumerate(traces)
            for name in ("a", "b")
        ]
        scores.record(access=author, entity_type=EntityType.TRACE, said=batch)

    rows = ScoreMean.objects.values_list("entity_id", "name", "value", "count")
    means = sorted((pk, name, Decimal(value), count) for pk, name, value, count in rows)
    assert means == sorted(
        (trace.pk, name, Decimal(number) * 3 / 2, 2)
        for number, trace in enumerate(traces)
        for name in ("a", "b")
    )


@pytest.mark.django_db
def test_mean_is_as_new_as_its_newest_row() -> None:
    access = factories.access()
    other = factories.access(Workspace.objects.get(pk=access.workspace_id))
    trace = factories.trace(access)
    first = factories.score(access, trace, 1)
    second = factories.score(other, trace, 1)
    assert ScoreMean.objects.get().newest_at == second.last_updated_at

    Score.objects.filter(pk=second.pk).update(value=1)
    score_rows.delete([second])

    assert ScoreMean.objects.get().newest_at == first.last_updated_at


@pytest.mark.parametrize(
    ("value", "billionths"),
    [("0.1", 10**8), (0.1, 10**8), ("-0.0000000015", -2), ("999999999.999999999", LIMIT), ("0", 0)],
)
def test_values_become_whole_billionths(value: str | float, billionths: int) -> None:
    assert to_billionths(value) == billionths
