"""What the generator wrote becomes datapoints: decided anew, as the world went on meanwhile."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from django.conf import settings
from django.db import transaction

from feedback_app.generator.prompt import Judged
from feedback_app.models import Datapoint, Dataset, Generation
from feedback_app.reading.chats import answer_of, messages_of
from feedback_app.services import answers, datasets, generations, marked_traces, named_datasets
from feedback_app.services.answers import Answer, Found, Lack, Wanted
from feedback_app.services.asked_jobs import access_of
from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Refusal
from traces_app.models import NIL, Comment, EntityType, Face, Job, Project, Trace
from traces_app.services import events

AT_ONCE = 200
"""Rows that one sweep looks at."""
MOST_COMMENTS, LONGEST_COMMENT = 20, 2_000
DATASET_GONE = "The dataset was deleted, or the trace moved away from it, in the meantime."
EDITED = "Somebody edited or approved the datapoint in the meantime; it was left as it is."
NOT_DONE = "The generator wrote no answer. Each attempt was cut short; ask again."
NO_QUESTION = "The trace changed while its answer was asked for; ask again."
Done = Callable[[object], None]


def question(*, generation_id: UUID) -> Judged | None:
    """What the generator is to be told; None where nothing needs to be written any more."""
    row = Generation.objects.filter(pk=generation_id).first()
    if row is None:
        return None
    traces = Trace.objects.filter(project_id=row.project_id, pk=row.trace_id)
    trace = traces.only(*datasets.TAKEN).first()
    if trace is None or trace.score is None or not isinstance(_found(trace), Wanted):
        return None
    tried = answers.generated(trace, "?")
    chat = messages_of(tried.content) if isinstance(tried, Answer) else None
    return Judged(
        asked=(chat or [])[:-1],
        given=answer_of(trace.output),
        score=trace.score,
        feedback=trace.feedback or "",
        comments=_comments(trace),
        refused=_refused(row),
        note=row.note,
    )


@transaction.atomic
def settle(*, generation_id: UUID, text: str, done: Done) -> None:
    """Store what became of it: a correction or a better score that came meanwhile wins over the
    generator's ``text``. ``done`` is called in the same transaction with what happened."""
    row, trace = _held(generation_id)
    if row is None or trace is None:
        done({"dropped": True})
        return
    try:
        access = _access(row)
        access.must_write()
        with transaction.atomic():
            _take(access, row, trace, text)
    except Refusal as refusal:
        _fail(row, trace, str(refusal))
        done({"failed": str(refusal)})
    else:
        row.delete()
        done({"stored": True})


@transaction.atomic
def give_up(*, generation_id: UUID, reason: str, done: Done = lambda outcome: None) -> None:
    """No answer will come; the trace says why. ``done`` is called in the same transaction."""
    row, trace = _held(generation_id)
    if row is not None and trace is not None:
        _fail(row, trace, reason)
    done({"failed": reason})


def sweep() -> int:
    """Give up what no job works on any more; how many. Their workers were killed each time, or
    the operator has taken the endpoint away."""
    rows = list(Generation.objects.order_by("pk")[:AT_ONCE])
    working = {Job.State.WAITING, Job.State.RUNNING}
    alive = Job.objects.filter(pk__in=[row.job_id for row in rows], state__in=working)
    there = set(alive.values_list("pk", flat=True)) if settings.GENERATOR else set()
    orphans = [row for row in rows if row.job_id not in there]
    reason = NOT_DONE if settings.GENERATOR else generations.NO_GENERATOR
    for row in orphans:
        give_up(generation_id=row.pk, reason=reason)
    return len(orphans)


def _held(generation_id: UUID) -> tuple[Generation | None, Trace | None]:
    """The row and its trace, which is locked first, as everywhere."""
    rows = Generation.objects.filter(pk=generation_id)
    known = rows.values_list("project_id", "trace_id").first()
    if known is None:
        return None, None
    traces = Trace.objects.filter(project_id=known[0], pk=known[1]).only(*datasets.TAKEN)
    trace = traces.select_for_update(no_key=True).first()
    return rows.select_for_update().first(), trace


def _access(row: Generation) -> Access:
    access = access_of(workspace_id=row.workspace_id, user_id=row.user_id)
    return replace(access, author_id=row.author_id, face=Face.WORKER)


def _found(trace: Trace) -> Found:
    ((_, found),) = answers.of([trace])
    return found


def _take(access: Access, row: Generation, trace: Trace, text: str) -> None:
    dataset = None if row.dataset_id == NIL else _dataset(access, row, trace)
    if row.datapoint_id != NIL:
        _rewrite(access, row, trace, text)
        return
    if _is_there(row, trace):
        marked_traces.settled(project_ids=[trace.project_id], trace_ids=[trace.pk])
        return
    answer = _answer(trace, text)
    is_waiting = answer.source == Datapoint.Source.GENERATED and _must_wait(trace)
    datasets.store(access=access, drafts=[(trace, answer)], dataset=dataset, is_waiting=is_waiting)


def _rewrite(access: Access, row: Generation, trace: Trace, text: str) -> None:
    points = Datapoint.objects.filter(project_id=row.project_id, pk=row.datapoint_id)
    point = points.select_for_update(no_key=True).first()
    if point is None or point.digest != row.digest:
        raise Refusal(EDITED)
    answer = _answer(trace, text)
    before = point.content
    answers.put_into(point, answer)
    point.is_waiting = answer.source == Datapoint.Source.GENERATED and _must_wait(trace)
    point.save(update_fields=[*answers.COLUMNS, "is_waiting", "last_updated_at"])
    named_datasets.changed(project_id=point.project_id, dataset_ids=[point.dataset_id])
    marked_traces.settled(project_ids=[trace.project_id], trace_ids=[trace.pk])
    change = events.Change("datapoint.rewrite", "datapoint", point.pk, point.project_id)
    change.before["content"], change.after["content"] = before, point.content
    events.record(access, [change])


def _answer(trace: Trace, text: str) -> Answer:
    found = _found(trace)
    if isinstance(found, Wanted):
        if not text:
            raise Refusal(NO_QUESTION)
        found = answers.generated(trace, normal_form.clean_text(text))
    if isinstance(found, Lack):
        raise Refusal(found.why)
    return found


def _dataset(access: Access, row: Generation, trace: Trace) -> Dataset:
    visible = Dataset.objects.visible_to(access).filter(
        project_id=trace.project_id, pk=row.dataset_id
    )
    dataset = visible.select_for_update(no_key=True).first()
    if dataset is None:
        raise Refusal(DATASET_GONE)
    return dataset


def _is_there(row: Generation, trace: Trace) -> bool:
    there = Datapoint.objects.filter(project_id=trace.project_id, trace_id=trace.pk)
    if row.dataset_id == NIL:
        return there.exists()
    return there.filter(dataset_id=row.dataset_id).exists()


def _must_wait(trace: Trace) -> bool:
    return Project.objects.filter(pk=trace.project_id, approves_generated=True).exists()


def _fail(row: Generation, trace: Trace, reason: str) -> None:
    row.delete()
    if row.datapoint_id == NIL and _is_there(row, trace):
        marked_traces.settled(project_ids=[trace.project_id], trace_ids=[trace.pk])
        return
    trace.processing_status, trace.processing_error = Trace.ProcessingStatus.FAILED, reason
    trace.save(update_fields=["processing_status", "processing_error"])
    events.record_one(
        workspace_id=row.workspace_id,
        actor_id=row.author_id,
        face=Face.WORKER,
        action="trace.add_to_dataset",
        entity_type="trace",
        entity_id=trace.pk,
        project_id=trace.project_id,
        after={"status": "failed", "error": reason},
    )


def _comments(trace: Trace) -> list[str]:
    said = Comment.objects.filter(project_id=trace.project_id).about(EntityType.TRACE, {trace.pk})
    newest = said.order_by("-pk").values_list("text", flat=True)[:MOST_COMMENTS]
    return [text[:LONGEST_COMMENT] for text in newest][::-1]


def _refused(row: Generation) -> str:
    """The answer that another one is wanted for, where the generator wrote it."""
    points = Datapoint.objects.filter(project_id=row.project_id, pk=row.datapoint_id)
    point = points.filter(source=Datapoint.Source.GENERATED).first()
    chat = messages_of(point.content) if point else None
    return chat[-1]["content"] if chat else ""
