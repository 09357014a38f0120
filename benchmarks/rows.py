"""What benchmarks do inside an installation, as a process with its settings: fill, ask, compare."""

import json
import secrets
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from benchmarks import workload
from benchmarks.workload import SCORE
from feedback_app.models import Review, User
from traces_app.access import Access
from traces_app.api.opik.serializers.traces import TRACE_BATCH
from traces_app.models import (
    NIL,
    EntityType,
    Face,
    Membership,
    Project,
    QueueItem,
    Reservation,
    Role,
    Score,
    Trace,
)
from traces_app.models.scores import to_billionths
from traces_app.models.scores_sql import write_means, write_scores
from traces_app.models.traces_sql import MERGED, UPSERTS
from traces_app.models.upserts import FIXED
from traces_app.query import filters
from traces_app.services import projects, queue_items, queues
from traces_app.services.workspaces import DEFAULT_WORKSPACE

STEP = 5000
SAMPLES = 40


def _owner() -> Access:
    membership = Membership.objects.select_related("workspace").get(
        workspace__name=DEFAULT_WORKSPACE, role=Role.OWNER
    )
    person, workspace = membership.user_id, membership.workspace
    return Access(person, person, workspace.pk, workspace.name, membership.role, Face.COMMAND)


def _rows(project: Project, author: UUID, count: int, start: int) -> list[tuple[Any, ...]]:
    """Rows for the upsert, decoded and checked as the API does."""
    now = timezone.now()
    read = TRACE_BATCH.decode(workload.body(count, start)).traces or []
    return [
        (
            *(sent.id, project.pk, now, author, now, author, sent.sent_at, project.pk),
            *(sent.start_time, *[sent.values.get(name) for name in MERGED]),
        )
        for sent in [trace.sent() for trace in read]
    ]


def fill(rows: int) -> None:
    """Bring the project to so many traces, every other one with a score."""
    access = _owner()
    project = projects.get_or_create(access=access, name=workload.PROJECT)
    for start in range(project.trace_count, rows, STEP):
        count = min(STEP, rows - start)
        traces = _rows(project, access.author_id, count, start)
        with transaction.atomic():
            UPSERTS.send(traces)
            _score(project, access, range(start, start + count, 2))
            Project.objects.filter(pk=project.pk).update(trace_count=start + count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _score(project: Project, access: Access, numbers: range) -> None:
    now = timezone.now()
    owned = (project.pk, EntityType.TRACE.value)
    values = [
        (workload.trace_id(number), to_billionths(workload.value(number))) for number in numbers
    ]
    write_means((*owned, trace, SCORE, uuid7(), SCORE, value, 1, now) for trace, value in values)
    write_scores(
        (*owned, trace, SCORE, access.author_id, NIL, uuid7(), value, "", "", "sdk", now, now)
        for trace, value in values
    )


def ask(rows: int) -> dict[str, list[float]]:
    """Seconds of the questions that no API asks in this form, by name."""
    project = Project.objects.get(name=workload.PROJECT)
    traces = Trace.objects.filter(project__in=[project.pk])
    middle = workload.trace_id(rows // 2)

    def newest() -> list[Any]:
        return list(traces.newest_first()[:25])

    def in_the_middle() -> list[Any]:
        return list(traces.filter(pk__lt=middle).newest_first()[:25])

    def above(least: str) -> Callable[[], list[Any]]:
        clause = {"field": "feedback_scores", "key": SCORE, "operator": ">", "value": least}
        clauses = filters.parse([clause])
        return lambda: list(
            filters.apply(traces, clauses, projects=[project.pk]).newest_first()[:25]
        )

    questions = {
        "queryset: newest 25": newest,
        "queryset: 25 from the middle, by key": in_the_middle,
        "queryset: feedback_scores > 0.8": above("0.8"),
        "queryset: feedback_scores > 0.999": above("0.999"),
    }
    return {name: _timed(question) for name, question in questions.items()}


def work(items: int, needed: int, people: int, seconds: int) -> dict[str, Any]:
    """A queue of so many new traces that each need so many reviews, and reviewers of its own.

    An item is reserved for so many seconds. Everyone signs in with the one password.
    """
    access, password = _owner(), secrets.token_urlsafe(12)
    project = projects.get_or_create(access=access, name=f"{workload.PROJECT} {uuid7()}")
    traces = _rows(project, access.author_id, items, secrets.randbelow(10**7))
    UPSERTS.send(traces)
    reviewers = _reviewers(access, people, password)
    wishes = queues.Wishes(
        name=project.name,
        instructions="Is the **answer** right, and kind?",
        annotators_per_item=needed,
        lock_timeout_seconds=seconds,
        is_for_everyone=False,
        reviewer_ids=[each.pk for each in reviewers],
    )
    wanted = queues.NewQueue(project_id=project.pk, scope="trace", wishes=wishes)
    (queue,) = queues.create(access=access, wanted=[wanted])
    queue_items.add(access=access, queue_id=queue.pk, entity_ids=[row[0] for row in traces])
    if connection.vendor == "postgresql":
        # As it does itself within a minute, before anybody has judged much.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    emails = [each.email for each in reviewers]
    return {"queue": str(queue.pk), "people": emails, "password": password}


def _reviewers(access: Access, count: int, password: str) -> list[User]:
    hashed = make_password(password)  # once: it is slow on purpose
    made = [User(email=f"{uuid7()}@example.com", password=hashed) for _ in range(count)]
    User.objects.bulk_create(made)
    Membership.objects.bulk_create(
        Membership(workspace_id=access.workspace_id, user=each, role=Role.REVIEWER) for each in made
    )
    return made


def tally(queue_id: str) -> dict[str, Any]:
    """What came of a queue: reviews and scores by (item, author), and how its items stand."""
    submitted = Review.objects.filter(queue_id=queue_id, state=Review.State.SUBMITTED)
    items = QueueItem.objects.filter(queue_id=queue_id)
    return {
        "reviews": _pairs(submitted.values_list("judged_id", "author__email")),
        "scores": _pairs(
            Score.objects.filter(queue_id=queue_id).values_list("entity_id", "author__email")
        ),
        "counts": list(items.values_list("review_count", flat=True)),
        "done": items.filter(is_done=True).count(),
        "held": Reservation.objects.filter(queue_id=queue_id).count(),
    }


def _pairs(rows: Iterable[tuple[UUID, str]]) -> list[tuple[str, str]]:
    return sorted((str(pk), email) for pk, email in rows)


def limits(start: int, count: int) -> dict[str, float]:
    """Rows a second that the store takes without HTTP: by our statement, and by bulk_create."""
    access = _owner()
    project = projects.get_or_create(access=access, name="Limits")
    half = _rows(project, access.author_id, count, start)
    other = _rows(project, access.author_id, count, start + count)
    names = (*FIXED, *MERGED)
    objects = [Trace(**dict(zip(names, row, strict=True))) for row in other]
    fields = [field.name for field in Trace._meta.concrete_fields if field.attname in MERGED]
    statement = _rate(count, lambda: UPSERTS.send(half))
    bulk = _rate(
        count,
        lambda: Trace.objects.bulk_create(
            objects, update_conflicts=True, unique_fields=["id"], update_fields=fields
        ),
    )
    return {"statement": statement, "objects": bulk}


def _rate(count: int, write: Callable[[], Any]) -> float:
    began = time.perf_counter()
    with transaction.atomic():
        write()
    return count / (time.perf_counter() - began)


def _timed(question: Callable[[], list[Any]]) -> list[float]:
    question()
    seconds = []
    for _ in range(SAMPLES):
        began = time.perf_counter()
        question()
        seconds.append(time.perf_counter() - began)
    return seconds


def main() -> None:
    """The verb and what it takes are the arguments; what it found is printed as JSON."""
    verb, *words = sys.argv[1:]
    verbs: dict[str, Callable[..., Any]] = {
        "fill": fill,
        "ask": ask,
        "limits": limits,
        "work": work,
        "tally": tally,
    }
    print(json.dumps(verbs[verb](*(int(word) if word.isdigit() else word for word in words))))
