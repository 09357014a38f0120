"""Files of examples: what becomes of each line, and of an import that is cut or stopped."""

from collections.abc import Callable
from typing import Any

import pytest

from feedback_app.example_files.mapping import Mapping, Reading
from feedback_app.models import Datapoint, Dataset, DatasetImport
from feedback_app.reading.chats import messages_of
from feedback_app.services import dataset_imports, import_runs
from tests import factories
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Conflict, Forbidden, Invalid, NotFound
from traces_app.models import AuditEvent, Job, Membership, Role
from traces_app.services import jobs

pytestmark = pytest.mark.django_db

COLUMNS = Mapping(Reading.COLUMNS, question="q", answer="a")
CSV = b"q,a\nOne?,1\nTwo?,2\n"


@pytest.fixture
def access() -> Access:
    return factories.access()


@pytest.fixture
def dataset(access: Access) -> Dataset:
    return factories.dataset(factories.trace(access).project)


def upload(access: Access, dataset: Dataset, content: bytes, name: str) -> DatasetImport:
    return dataset_imports.upload(
        access=access, dataset_id=dataset.pk, file_name=name, parts=[content]
    )


def go(
    access: Access,
    task: DatasetImport,
    mapping: Mapping | None = None,
    *,
    is_check: bool = False,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> DatasetImport:
    """Ask for the whole import, and do what its job does."""
    mapping = mapping or Mapping.load(task.mapping)
    asked = dataset_imports.start(
        access=access, import_id=task.pk, mapping=mapping, is_check=is_check
    )
    return work(access, asked, report)


def work(
    access: Access,
    asked: DatasetImport,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> DatasetImport:
    import_runs.run(
        workspace_id=access.workspace_id,
        user_id=access.user_id,
        import_id=asked.pk,
        number=asked.run,
        report=report,
        finish=lambda outcome: None,
    )
    asked.refresh_from_db()
    return asked


def held(dataset: Dataset) -> list[tuple[str, str]]:
    points = Datapoint.objects.filter(dataset=dataset).order_by("pk")
    chats = [messages_of(point.content) or [] for point in points]
    return [(chat[-2]["content"], chat[-1]["content"]) for chat in chats]


def mistakes(task: DatasetImport) -> list[Any]:
    found: list[Any] = normal_form.load(task.mistakes)
    return found


def test_rows_of_csv_become_chats_in_their_order(access: Access, dataset: Dataset) -> None:
    done = go(access, upload(access, dataset, CSV, "all.csv"), COLUMNS)

    assert held(dataset) == [("One?", "1"), ("Two?", "2")]
    assert (done.state, done.good, done.refused) == ("done", 2, 0)
    event = AuditEvent.objects.get(action="dataset.import")
    assert normal_form.load(event.after)["stored"] == 2


def test_bad_lines_are_told_and_the_others_stored(access: Access, dataset: Dataset) -> None:
    content = b'q,a\nOne?,1\n,2\nThree?\n"Four\n?",4\nFive?,\xff\nSix?,6\n'

    done = go(access, upload(access, dataset, content, "all.csv"), COLUMNS)

    assert held(dataset) == [("One?", "1"), ("Four\n?", "4"), ("Six?", "6")]
    assert mistakes(done) == [
        [3, "There is no question in “q”."],
        [4, "It has 1 cells and the head 2."],
        [7, "It is not UTF-8."],
    ]


def test_check_stores_nothing_and_counts_all(access: Access, dataset: Dataset) -> None:
    task = upload(access, dataset, b"q,a\nOne?,1\nOne?,1\nTwo?,\n", "all.csv")
    mapping = Mapping(Reading.COLUMNS, question="q", answer="a", skips_duplicates=True)

    checked = go(access, task, mapping, is_check=True)

    counted = (checked.state, checked.good, checked.duplicates, checked.refused)
    assert counted == ("checked", 1, 1, 1)
    assert not Datapoint.objects.exists()
    assert go(access, checked, mapping).good == 1


def test_duplicates_of_file_and_dataset_are_left_out(access: Access, dataset: Dataset) -> None:
    factories.datapoint(dataset, "1", question="One?")
    mapping = Mapping(Reading.COLUMNS, question="q", answer="a", skips_duplicates=True)

    done = go(access, upload(access, dataset, CSV + b"Two?,2\n", "all.csv"), mapping)

    assert held(dataset) == [("One?", "1"), ("Two?", "2")]
    assert (done.good, done.duplicates) == (1, 2)


def test_cut_import_goes_on_behind_what_it_stored(
    access: Access, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_runs, "AT_ONCE", 2)
    content = b"q,a\n" + b"".join(b'"%d\n?",x\n' % number for number in range(7))
    task = upload(access, dataset, content, "all.csv")

    def die(done: int, total: int) -> None:
        if Datapoint.objects.count() == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        go(access, task, COLUMNS, report=die)
    task.refresh_from_db()
    done = work(access, task)

    assert [question for question, _ in held(dataset)] == [f"{n}\n?" for n in range(7)]
    assert (done.state, done.good) == ("done", 7)


def test_import_that_another_worker_took_over_goes_on(access: Access, dataset: Dataset) -> None:
    task = upload(access, dataset, CSV, "all.csv")

    def lose(done: int, total: int) -> None:
        raise jobs.LeaseLost

    with pytest.raises(jobs.LeaseLost):
        go(access, task, COLUMNS, report=lose)
    task.refresh_from_db()

    assert task.state == "running"
    assert work(access, task).good == 2


def test_stopped_import_keeps_what_it_stored(
    access: Access, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_runs, "AT_ONCE", 1)
    task = upload(access, dataset, CSV, "all.csv")

    def stop(done: int, total: int) -> None:
        dataset_imports.stop(access=access, import_id=task.pk)

    done = go(access, task, COLUMNS, report=stop)

    assert held(dataset) == [("One?", "1")]
    assert done.state == "stopped"
    with pytest.raises(Conflict):
        go(access, done, COLUMNS)


def test_chats_and_preference_pairs_are_known_by_themselves(
    access: Access, dataset: Dataset
) -> None:
    said = [{"role": "user", "content": "One?"}, {"role": "assistant", "content": "1"}]
    pair = {
        "prompt": said[:1],
        "chosen": said[1:],
        "rejected": [{"role": "assistant", "content": "9"}],
    }
    lines = [normal_form.dump(value).encode() for value in ({"messages": said}, pair)]

    done = go(access, upload(access, dataset, b"\n".join(lines), "all.jsonl"))

    assert held(dataset) == [("One?", "1")] * 2
    assert sorted(Datapoint.objects.values_list("rejected", flat=True)) == ["", "9"]
    assert done.good == 2


def test_our_own_table_comes_back_as_it_went(access: Access, dataset: Dataset) -> None:
    content = (
        b"id,bucket,source,trace_id,question,answer,replaced,content\r\n"
        b"1,training,output,,One?,'=1+1,old,{}\r\n"
    )

    go(access, upload(access, dataset, content, "items.csv"))

    point = Datapoint.objects.get()
    assert held(dataset) == [("One?", "=1+1")]
    assert (point.bucket, point.rejected, point.source) == ("training", "old", "imported")


def test_an_apostrophe_in_json_is_part_of_the_text(access: Access, dataset: Dataset) -> None:
    line = b"""{"question": "Which option?", "answer": "'--all' is the one."}"""

    go(access, upload(access, dataset, line, "all.jsonl"))

    assert held(dataset) == [("Which option?", "'--all' is the one.")]


def test_of_a_file_only_the_beginning_is_looked_at(
    access: Access, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = normal_form.dump({f"field {number}": number for number in range(300)}).encode()
    task = upload(access, dataset, b"\n".join([wide] * 3), "all.jsonl")
    monkeypatch.setattr(dataset_imports, "LOOKED_THROUGH", len(wide) + 2)

    first = dataset_imports.beginning(task)

    assert (len(first.records), len(first.columns)) == (2, 200)


def test_objects_are_stored_as_they_are(access: Access, dataset: Dataset) -> None:
    task = upload(access, dataset, b'{"b": [1]}\n[2]\nno\n', "all.jsonl")

    done = go(access, task, Mapping(Reading.OBJECTS))

    assert Datapoint.objects.get().content == '{"b":[1]}'
    assert [number for number, _ in mistakes(done)] == [2, 3]


def test_mapping_without_question_or_answer_is_refused(access: Access, dataset: Dataset) -> None:
    task = upload(access, dataset, CSV, "all.csv")

    with pytest.raises(Invalid, match="which field"):
        go(access, task, Mapping(Reading.COLUMNS, question="q"))


def test_an_empty_file_is_refused(access: Access, dataset: Dataset) -> None:
    with pytest.raises(Invalid, match="empty"):
        upload(access, dataset, b"", "all.csv")


def test_who_lost_the_right_meanwhile_imports_nothing(access: Access, dataset: Dataset) -> None:
    task = upload(access, dataset, CSV, "all.csv")
    asked = dataset_imports.start(access=access, import_id=task.pk, mapping=COLUMNS, is_check=False)
    Membership.objects.filter(user_id=access.user_id).update(role=Role.VIEWER)

    with pytest.raises(Forbidden):
        work(access, asked)

    asked.refresh_from_db()
    assert asked.state == "failed"
    assert not Datapoint.objects.exists()


def test_strangers_find_nothing_and_viewers_may_not(access: Access, dataset: Dataset) -> None:
    task = upload(access, dataset, CSV, "all.csv")
    member = Membership.objects.get(user_id=access.user_id)
    viewer = factories.access(member.workspace, Role.VIEWER)

    with pytest.raises(NotFound):
        dataset_imports.find(access=factories.access(), import_id=task.pk)
    with pytest.raises(Forbidden):
        upload(viewer, dataset, CSV, "all.csv")
    with pytest.raises(Forbidden):
        go(viewer, task, COLUMNS)


def test_the_same_import_is_asked_for_once(access: Access, dataset: Dataset) -> None:
    task = upload(access, dataset, CSV, "all.csv")
    dataset_imports.start(access=access, import_id=task.pk, mapping=COLUMNS, is_check=False)

    with pytest.raises(Conflict, match="worked on"):
        go(access, task, COLUMNS)

    assert Job.objects.filter(kind=dataset_imports.KIND).count() == 1
