"""A snapshot of a large dataset: how long freezing and each file take, and the peak memory.

``python -m benchmarks.snapshots --datapoints 1000000``, in a folder of its own.
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

BATCH = 2_000


def main() -> None:
    """Fill a dataset, freeze it as the worker does, write every file to nowhere."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datapoints", type=int, default=1_000_000)
    number = parser.parse_args().datapoints
    with tempfile.TemporaryDirectory(prefix="marginalia-snapshots-") as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "feedback_app.settings"}
        import django

        django.setup()
        run(number)


def run(number: int) -> None:
    """Needs Django to be set up."""
    from django.core.management import call_command

    from feedback_app.models import Snapshot
    from feedback_app.services import snapshots
    from feedback_app.snapshot_files import reading
    from feedback_app.snapshot_files.formats import FORMATS

    call_command("migrate", verbosity=0)
    access, dataset = filled(number)
    with timed(f"{number:,} datapoints frozen"):
        asked = snapshots.Asked(name="benchmark")
        made = snapshots.create(access=access, dataset_id=dataset.pk, asked=asked)
        snapshots.make(snapshot_id=made.pk, report=lambda done: None, finish=lambda: None)
    frozen = Snapshot.objects.get(pk=made.pk)
    for name in FORMATS:
        with timed(name):
            size = sum(map(len, reading.stream(frozen, name)))
        print(f"  {size / 1e6:,.0f} MB")


def filled(number: int):
    """The access of an owner, and a dataset with so many datapoints."""
    from uuid_utils.compat import uuid7

    from feedback_app.models import Datapoint, Dataset, User
    from traces_app import normal_form
    from traces_app.access import Access
    from traces_app.models import Face, Project, Role, Workspace

    room = Workspace.objects.create(name="benchmark")
    person = User.objects.create_user("owner@example.com")
    project = Project.objects.create(workspace=room, name="b", name_key="b")
    dataset = Dataset.objects.create(project=project, name="b")
    answer = "It left the warehouse this morning and arrives tomorrow. " * 8

    def point(each: int) -> Datapoint:
        asked = {"role": "user", "content": f"Where is my order {each}?"}
        said = {"role": "assistant", "content": f"{each}: {answer}"}
        return Datapoint(
            id=uuid7(),
            project=project,
            dataset=dataset,
            content=normal_form.dump({"messages": [asked, said]}),
            rejected="I do not know." if each % 3 == 0 else "",
            source="correction" if each % 3 == 0 else "output",
        )

    with timed(f"{number:,} datapoints stored"):
        for start in range(0, number, BATCH):
            points = map(point, range(start, min(start + BATCH, number)))
            Datapoint.objects.bulk_create(points)
    access = Access(person.pk, person.pk, room.pk, room.name, Role.OWNER, Face.COMMAND)
    return access, dataset


@contextmanager
def timed(words: str, clock: Callable[[], float] = time.perf_counter) -> Iterator[None]:
    """Print what took how long, and the peak resident size so far."""
    began = clock()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{words}: {clock() - began:,.1f} s, peak {peak:,.0f} MB", flush=True)


if __name__ == "__main__":
    main()
