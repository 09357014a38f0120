"""Tags that people put on traces, and take off, many traces at a time."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from traces_app import normal_form
from traces_app.access import Access
from traces_app.errors import Invalid
from traces_app.models import Trace
from traces_app.services import events, outbox, trace_homes
from traces_app.services.tags import TagChange

MAX_TAG = 100


@dataclass(slots=True)
class Tagged:
    """Which traces changed, and which would have had too many tags; the others stay as they are."""

    changed: list[UUID] = field(default_factory=list)
    full: list[UUID] = field(default_factory=list)


@transaction.atomic
def change(
    *, access: Access, ids: Collection[UUID], tag: str, is_taken_off: bool = False
) -> Tagged:
    """Put ``tag`` on what the caller sees of ``ids``, or take it off. Raises Forbidden, Invalid."""
    access.must_write()
    tag = clean(tag)
    wanted = TagChange(remove=[tag]) if is_taken_off else TagChange(add=[tag])
    done, traces, told = Tagged(), [], []
    for trace in trace_homes.locked(access, ids):
        try:
            tags = wanted.applied_to(trace.tags)
        except Invalid:
            done.full.append(trace.pk)
            continue
        before = normal_form.load(trace.tags or "[]")
        if normal_form.load(tags or "[]") == before:
            continue
        trace.tags = tags
        traces.append(trace)
        told.append(_change(trace, tag, is_taken_off))
    _write(access, traces)
    events.record(access, told)
    done.changed = [trace.pk for trace in traces]
    return done


def clean(tag: str) -> str:
    """The tag as it is stored. Raises Invalid."""
    tag = normal_form.clean_text(tag.strip())
    if not 1 <= len(tag) <= MAX_TAG:
        raise Invalid(f"A tag has 1 to {MAX_TAG} characters.")
    return tag


def _write(access: Access, traces: list[Trace]) -> None:
    """One statement for all that come to have the same tags: these are few, or the traces are."""
    alike: dict[tuple[UUID, str | None], list[UUID]] = defaultdict(list)
    homes: dict[UUID, list[UUID]] = defaultdict(list)
    for trace in traces:
        alike[trace.project_id, trace.tags].append(trace.pk)
        homes[trace.project_id].append(trace.pk)
    now, author = timezone.now(), access.author_id
    for (home, tags), ids in alike.items():
        mine = Trace.objects.filter(project_id=home, pk__in=ids)
        mine.update(tags=tags, last_updated_at=now, last_updated_by=author)
    for home, ids in homes.items():
        outbox.write(project_id=home, trace_ids=ids)


def _change(trace: Trace, tag: str, is_taken_off: bool) -> events.Change:
    action = "trace.untag" if is_taken_off else "trace.tag"
    change = events.Change(action, "trace", trace.pk, trace.project_id)
    facts = change.before if is_taken_off else change.after
    facts["tag"] = tag
    return change
