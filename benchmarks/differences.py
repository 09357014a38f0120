"""The page of a large dataset under filters that few datapoints match.

``python -m benchmarks.differences --datapoints 100000``, on SQLite in a folder of its own, or on
the empty database that ``DATABASE_URL`` names. Ten datapoints match, the oldest.
"""

import argparse
import os
import tempfile
import time
from typing import Any

BATCH = 2_000
MATCHING = 10
RARE = "zanzibar"
FILTERS: tuple[dict[str, Any], ...] = (
    {},
    {"state": "differs"},
    {"q": RARE},
    {"twins": "1"},
    {"source": "correction"},
)


def main() -> None:
    """Fill a dataset with what was made of traces, and ask for its first page by each filter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datapoints", type=int, default=100_000)
    number = parser.parse_args().datapoints
    with tempfile.TemporaryDirectory(prefix="marginalia-differences-") as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "feedback_app.settings"}
        import django

        django.setup()
        run(number)


def run(number: int) -> None:
    """Needs Django to be set up."""
    from django.core.management import call_command

    from feedback_app.dataset_page import pages
    from feedback_app.dataset_page.asked import Asked

    call_command("migrate", verbosity=0)
    access, dataset = filled(number)
    for filters in FILTERS:
        asked = Asked(dataset.pk, **filters)
        took = []
        for _ in range(5):
            began = time.perf_counter()
            page = pages.page(access=access, asked=asked)
            took.append(time.perf_counter() - began)
        words = f"{filters or 'no filter'}: {sorted(took)[2] * 1000:,.0f} ms"
        print(f"{words}, {len(page.rows)} rows, “{page.summary}”", flush=True)


def filled(number: int):
    """The access of an owner, and a dataset of so many datapoints, each with its trace."""
    from decimal import Decimal

    from django.utils import timezone
    from uuid_utils.compat import uuid7

    from feedback_app.models import Datapoint, Dataset, User
    from feedback_app.models.taken import taken
    from traces_app import normal_form
    from traces_app.access import Access
    from traces_app.models import Face, Project, Role, Trace, Workspace

    room = Workspace.objects.create(name="benchmark")
    person = User.objects.create_user("owner@example.com")
    project = Project.objects.create(workspace=room, name="b", name_key="b")
    dataset = Dataset.objects.create(project=project, name="b")
    now = timezone.now()
    answer = "It left the warehouse this morning and arrives tomorrow. " * 30

    def pair(each: int) -> tuple[Trace, Datapoint]:
        is_met = each < MATCHING
        output = normal_form.dump(f"{each}: {answer}")
        asked = {"role": "user", "content": f"{each // 2 if is_met else each}?"}
        said = {"role": "assistant", "content": RARE if is_met else answer}
        trace = Trace(
            id=uuid7(),
            project=project,
            sent_project_id=project.pk,
            start_time=now,
            created_at=now,
            last_updated_at=now,
            created_by=person,
            last_updated_by=person,
            output=output,
            score=Decimal(1),
        )
        point = Datapoint(
            id=uuid7(),
            project=project,
            dataset=dataset,
            trace_id=trace.pk,
            content=normal_form.dump({"messages": [asked, said]}),
            taken=taken("output", "before" if is_met else output),
            source="correction" if is_met else "output",
        )
        return trace, point

    for start in range(0, number, BATCH):
        pairs = [pair(each) for each in range(start, min(start + BATCH, number))]
        Trace.objects.bulk_create([trace for trace, _ in pairs])
        Datapoint.objects.bulk_create([point for _, point in pairs])
    access = Access(person.pk, person.pk, room.pk, room.name, Role.OWNER, Face.COMMAND)
    return access, dataset


if __name__ == "__main__":
    main()
