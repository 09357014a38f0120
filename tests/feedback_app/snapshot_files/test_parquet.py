"""The Parquet file holds every item."""

import io

import pyarrow.parquet as arrow
import pytest

from feedback_app.services import snapshots
from feedback_app.services.snapshots import Asked
from feedback_app.snapshot_files import parquet
from tests import factories


@pytest.mark.django_db
def test_every_item_is_read_back() -> None:
    room = factories.workspace()
    dataset = factories.dataset(factories.project(room))
    points = [factories.datapoint(dataset, f"Ü{number}") for number in range(3)]
    made = snapshots.create(
        access=factories.access(room), dataset_id=dataset.pk, asked=Asked(percent=50)
    )

    rows = arrow.read_table(io.BytesIO(b"".join(parquet.stream(made)))).to_pylist()

    assert [row["id"] for row in rows] == [str(point.pk) for point in points]
    assert [row["content"] for row in rows] == [point.content for point in points]


@pytest.mark.parametrize(("rows", "size", "groups"), [(3, 10**6, 3), (10**6, 14, 5)])
def test_row_group_is_as_large_as_may_be_held(
    rows: int, size: int, groups: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "ROWS", rows)
    monkeypatch.setattr(parquet, "BYTES", size)

    parts = parquet.written(
        {"text": "string", "number": "double"}, [("1234567", 0.5)] * 8 + [("", None)]
    )

    metadata = arrow.read_metadata(io.BytesIO(b"".join(parts)))
    assert (metadata.num_rows, metadata.num_row_groups) == (9, groups)
