"""A long list of traces exported by a job: how long each form takes, and the peak memory.

``python -m benchmarks.list_exports --traces 1000000``, on SQLite in a folder of its own, or on the
empty database that ``DATABASE_URL`` names.
"""

import argparse
import os
import tempfile
from uuid import uuid4

from benchmarks import workload
from benchmarks.snapshots import timed

BATCH = 1_000


def main() -> None:
    """Send traces, score each third one, and write every form as the worker does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--traces", type=int, default=1_000_000)
    parser.add_argument("--forms", nargs="+", default=["jsonl", "csv", "parquet"])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="marginalia-exports-") as folder:
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "feedback_app.settings"}
        import django

        django.setup()
        run(asked.traces, asked.forms)


def run(number: int, forms: list[str]) -> None:
    """Needs Django to be set up."""
    from django.core.management import call_command

    from feedback_app.services import list_exports

    call_command("migrate", verbosity=0)
    with timed(f"{number:,} traces sent, each third one scored"):
        access = filled(number)
    for form in forms:
        made = list_exports.ask(access=access, query="", form=form, token=uuid4())
        with timed(form):
            list_exports.make(
                export_id=made.pk, report=lambda done, total: None, finish=lambda made: None
            )
        made.refresh_from_db()
        print(f"  {made.rows:,} rows, {made.size / 1e6:,.0f} MB", flush=True)
        list_exports.forget(access=access, export_id=made.pk)


def filled(number: int):
    """The access of an owner who has sent so many traces."""
    from decimal import Decimal

    from feedback_app.models import User
    from traces_app.access import Access
    from traces_app.api.opik.serializers.traces import TRACE_BATCH
    from traces_app.models import EntityType, Face, Membership, Role, Workspace
    from traces_app.services import scores, traces

    room = Workspace.objects.create(name="benchmark")
    person = User.objects.create_user("owner@example.com")
    Membership.objects.create(workspace=room, user=person, role=Role.OWNER)
    access = Access(person.pk, person.pk, room.pk, room.name, Role.OWNER, Face.COMMAND)
    for start in range(0, number, BATCH):
        read = TRACE_BATCH.decode(workload.body(min(BATCH, number - start), start)).traces or []
        traces.ingest(access=access, sent=[each.sent() for each in read])
        said = [
            scores.Said(each.id, "quality", Decimal("0.5"), "sdk", "as it should be")
            for each in read[::3]
        ]
        scores.record(access=access, entity_type=EntityType.TRACE, said=said)
    return access


if __name__ == "__main__":
    main()
