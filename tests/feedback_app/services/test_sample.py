import pytest

from feedback_app.focus import mine
from feedback_app.models import Correction, Datapoint, User
from feedback_app.sample import load as files
from feedback_app.services import sample, sample_queues
from tests import factories
from traces_app.models import (
    NIL,
    AnnotationQueue,
    Comment,
    Face,
    FeedbackDefinition,
    Membership,
    Project,
    QueueItem,
    Role,
    Score,
    Span,
    Thread,
    Trace,
)
from traces_app.services import definitions
from traces_app.services.definitions import Definition

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(module_db: None) -> Project:
    """The sample, only to be read."""
    workspace = factories.workspace()
    project, _ = sample.load(workspace=workspace, owner=factories.member(workspace, Role.OWNER))
    return project


def owner_of(project: Project) -> User:
    return User.objects.get(memberships__workspace=project.workspace, memberships__role=Role.OWNER)


def test_everything_that_was_written_is_stored(loaded: Project) -> None:
    runs = files.runs(loaded.created_at)

    assert Trace.objects.filter(project=loaded).count() == len(runs) == 66
    assert Span.objects.filter(project=loaded).count() == sum(len(run.steps) for run in runs)
    assert Score.objects.filter(project=loaded).count() == sum(len(run.scores) for run in runs)
    assert Comment.objects.filter(project=loaded).count() == sum(len(run.comments) for run in runs)


def test_traces_of_one_conversation_share_a_thread(loaded: Project) -> None:
    assert Thread.objects.filter(project=loaded, thread_id="marta-20481").count() == 1
    assert Trace.objects.filter(project=loaded, thread_id="marta-20481").count() == 3


def test_verdict_is_the_last_one_written(loaded: Project) -> None:
    trace = Trace.objects.get(project=loaded, score="0.3", thread_id="marta-20481")

    assert trace.feedback is not None
    assert trace.feedback.startswith("The warranty term is wrong")
    assert str(trace.verdict_by) == "Noor Haddad"


def test_peoples_scores_came_by_the_page_and_the_judges_did_not(loaded: Project) -> None:
    judge = User.objects.service_account(sample.JUDGE)
    scores = Score.objects.filter(project=loaded)

    assert set(scores.filter(author=judge).values_list("source", flat=True)) == {"online_scoring"}
    assert set(scores.exclude(author=judge).values_list("source", flat=True)) == {"ui"}


def test_corrections_are_submitted(loaded: Project) -> None:
    corrections = Correction.objects.filter(project=loaded).submitted()

    assert corrections.count() == 7
    assert corrections.filter(output__contains="24 months from delivery").exists()


def test_some_are_in_the_dataset_the_low_scored_ones_by_their_correction(loaded: Project) -> None:
    points = Datapoint.objects.filter(project=loaded)

    assert points.count() == 11
    assert points.filter(source=Datapoint.Source.CORRECTION).count() == 4
    assert Trace.objects.filter(project=loaded, added_to_dataset=True).count() == 11


def test_one_could_not_be_added_and_says_why(loaded: Project) -> None:
    failed = Trace.objects.exclude(processing_error="").get(project=loaded)

    assert failed.processing_status == Trace.ProcessingStatus.FAILED
    assert "tool call" in failed.processing_error


def test_reviewers_are_members_who_cannot_sign_in(loaded: Project) -> None:
    members = Membership.objects.filter(workspace=loaded.workspace, role=Role.MEMBER)

    assert {member.user.name for member in members} == {"Noor Haddad", "Tomás Rey", "Ines Berger"}
    assert not any(member.user.has_usable_password() for member in members)


def test_scores_are_defined_unless_the_workspace_has_its_own() -> None:
    workspace = factories.workspace()
    owner = factories.member(workspace, Role.OWNER)
    own = FeedbackDefinition.objects.create(
        workspace=workspace, name="Tone", type="numerical", details='{"min": 0, "max": 5}'
    )

    sample.load(workspace=workspace, owner=owner)

    found = FeedbackDefinition.objects.filter(workspace=workspace).values_list("name", "type")
    assert set(found) >= {("Grounded", "boolean"), (own.name, "numerical")}


def test_project_says_that_it_is_synthetic(loaded: Project) -> None:
    loaded.refresh_from_db()

    assert loaded.name == "Sample: Kettle & Finch"
    assert loaded.description.startswith("Synthetic.")


def test_loading_again_changes_nothing(loaded: Project) -> None:
    project, is_new = sample.load(workspace=loaded.workspace, owner=owner_of(loaded))

    assert (project, is_new) == (loaded, False)
    assert Trace.objects.filter(project=loaded).count() == 66


def test_two_workspaces_may_each_have_one(loaded: Project) -> None:
    other = factories.workspace()

    project, is_new = sample.load(workspace=other, owner=factories.member(other, Role.OWNER))

    assert is_new
    assert Trace.objects.filter(project=project).count() == 66


def test_two_queues_wait_for_the_owner_and_the_reviewers(loaded: Project) -> None:
    access = factories.access(loaded.workspace, Role.OWNER, owner_of(loaded), Face.PAGE)

    of_answers, of_pairs = sorted(mine.queues(access), key=lambda each: each.queue.scope)[::-1]

    assert (of_answers.queue.name, of_answers.left) == (
        sample_queues.QUEUE,
        len(sample_queues.QUEUED),
    )
    assert (of_pairs.queue.name, of_pairs.left) == (sample_queues.PAIRS, 7)
    assert of_answers.queue.questions.count() == 2
    for each in (of_answers.queue, of_pairs.queue):
        assert each.reviewers.count() == 1 + len(sample.REVIEWERS)


def test_pairs_are_answers_and_their_corrections(loaded: Project) -> None:
    queue = AnnotationQueue.objects.get(project=loaded, scope="pair")
    items = QueueItem.objects.filter(queue=queue)

    assert set(items.values_list("other_id", flat=True)) == {NIL}
    corrected = Correction.objects.filter(project=loaded).submitted()
    assert set(items.values_list("entity_id", flat=True)) == set(
        corrected.values_list("trace_id", flat=True)
    )


def test_a_workspace_with_another_meaning_of_the_name_gets_no_pairs() -> None:
    workspace = factories.workspace()
    owner = factories.access(workspace, Role.OWNER)
    taken = Definition(sample_queues.PREFERRED, "boolean", '{"true_label":"y","false_label":"n"}')
    definitions.create(access=owner, said=taken)

    project, _ = sample.load(workspace=workspace, owner=User.objects.get(pk=owner.user_id))

    queues = AnnotationQueue.objects.filter(project=project)
    assert [each.scope for each in queues] == ["trace"]
