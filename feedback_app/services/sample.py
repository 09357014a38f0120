"""The sample project: what a newcomer sees first, sent through the same services as real traces."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from feedback_app.models import User
from feedback_app.sample import load as files
from feedback_app.sample.load import Run
from feedback_app.services import api_keys, corrections, datasets, members, sample_queues, users
from traces_app.access import Access
from traces_app.models import (
    EntityType,
    Face,
    FeedbackDefinition,
    Membership,
    Project,
    Role,
    Source,
    Workspace,
)
from traces_app.services import (
    comments,
    definitions,
    projects,
    scores,
    spans,
    traces,
    workspaces,
)
from traces_app.services.scores import Said
from traces_app.services.sent_traces import SentTrace
from traces_app.services.spans import SentSpan

PROJECT = "Sample: Kettle & Finch"
DESCRIPTION = (
    "Synthetic. An imagined coffee-equipment shop: every trace, name, order and opinion in this "
    "project was invented for it. Delete it when you no longer need it."
)
OWNER = "owner@example.com"
KEY_NAME = "first start"
JUDGE = "judge-v1"
REVIEWERS = {
    "noor": ("noor.haddad@example.com", "Noor Haddad"),
    "tomas": ("tomas.rey@example.com", "Tomás Rey"),
    "ines": ("ines.berger@example.com", "Ines Berger"),
}


@dataclass(frozen=True, slots=True)
class FirstStart:
    """How to come in. Password and key are shown this once; no password: the account had one."""

    email: str
    password: str
    key: str


@transaction.atomic
def first_start(*, password: str = "") -> FirstStart | None:
    """Make the workspace ``default`` with an owner, a key and the sample project.

    None when the workspace exists already: then nothing is touched. The owner is the operator of
    the installation too. Raises Invalid when the given password is too weak.
    """
    if Workspace.objects.filter(name__iexact=workspaces.DEFAULT_WORKSPACE).exists():
        return None
    owner = users.person(OWNER)
    if owner is None:
        password = password or users.generate_password()
        owner = users.create_person(email=OWNER, password=password, is_operator=True)
    workspace = workspaces.get_or_create(name=workspaces.DEFAULT_WORKSPACE)
    members.put(workspace=workspace, email=owner.email, role=Role.OWNER.value, password=password)
    _, key = api_keys.create(user=owner, workspace=workspace, name=KEY_NAME, by=None)
    load(workspace=workspace, owner=owner)
    return FirstStart(owner.email, password, key)


@transaction.atomic
def load(*, workspace: Workspace, owner: User) -> tuple[Project, bool]:
    """The sample project of ``workspace``, and whether it was made just now.

    All or nothing, and only once: a project of that name is left as it is. ``owner`` must be a
    member who may write; the reviewers become members who cannot sign in.
    """
    access = _access(workspace, owner, owner)
    project, is_new = projects.create(access=access, name=PROJECT, description=DESCRIPTION)
    if not is_new:
        return project, False
    _define(access)
    runs = files.runs(timezone.now())
    _send(access, runs)
    voices = _voices(workspace, owner)
    _score(runs, voices)
    for run in runs:
        _write(run, voices)
    good = [run.id for run in runs if run.add_to_dataset]
    datasets.add_traces(access=access, ids=good)
    reviewers = {access.user_id, *(voices[name].user_id for name in REVIEWERS)}
    sample_queues.make(access=access, project=project, runs=runs, reviewers=reviewers)
    return project, True


def _access(workspace: Workspace, user: User, author: User) -> Access:
    return Access(
        user_id=user.pk,
        author_id=author.pk,
        workspace_id=workspace.pk,
        workspace_name=workspace.name,
        role=Role.MEMBER,
        face=Face.COMMAND,
    )


def _define(access: Access) -> None:
    """Say what the sample's scores mean, unless the workspace has its own such names."""
    mine = FeedbackDefinition.objects.filter(workspace_id=access.workspace_id)
    taken = set(mine.values_list("name", flat=True))
    for definition in sample_queues.DEFINITIONS:
        if definition.name not in taken:
            definitions.create(access=access, said=definition)


def _send(access: Access, runs: list[Run]) -> None:
    now = timezone.now()
    sent = [SentTrace(run.id, run.start_time, now, PROJECT, run.values) for run in runs]
    traces.ingest(access=access, sent=sent)
    steps = [
        SentSpan(step.id, run.id, step.start_time, now, PROJECT, step.values)
        for run in runs
        for step in run.steps
    ]
    spans.ingest(access=access, sent=steps)


def _voices(workspace: Workspace, owner: User) -> dict[str, Access]:
    """Who says something in the sample, by the name that its files use."""
    judge = users.service_account(name=JUDGE)
    voices = {"judge": _access(workspace, owner, judge)}
    for short, (email, name) in REVIEWERS.items():
        person = users.person(email) or User.objects.create_user(email, name=name)
        if not Membership.objects.filter(workspace=workspace, user=person).exists():
            members.put(workspace=workspace, email=email, role=Role.MEMBER.value)
        voices[short] = _access(workspace, person, person)
    return voices


def _score(runs: list[Run], voices: Mapping[str, Access]) -> None:
    # Turn by turn: the last verdict of a trace must also be the newest.
    for turn in range(max(len(run.scores) for run in runs)):
        said: dict[str, list[Said]] = defaultdict(list)
        for run in runs:
            if turn < len(run.scores):
                said[run.scores[turn]["by"]].append(_said(run, run.scores[turn]))
        for by, theirs in said.items():
            scores.record(access=voices[by], entity_type=EntityType.TRACE, said=theirs)


def _write(run: Run, voices: Mapping[str, Access]) -> None:
    for comment in run.comments:
        comments.add(
            access=voices[comment["by"]],
            entity_type=EntityType.TRACE,
            entity_id=run.id,
            text=comment["text"],
        )
    if run.correction:
        author = voices[run.correction["by"]]
        corrections.submit(access=author, trace_id=run.id, output=run.correction["output"])


def _said(run: Run, score: dict[str, Any]) -> Said:
    source = Source.ONLINE_SCORING if score["by"] == "judge" else Source.UI
    return Said(
        entity_id=run.id,
        name=score["name"],
        value=Decimal(str(score["value"])),
        source=source.value,
        reason=score.get("reason"),
        category_name=score.get("category", ""),
    )
