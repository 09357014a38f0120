"""The queues of the sample project, which nobody has begun: of answers, and of pairs."""

from collections.abc import Collection
from uuid import UUID

from feedback_app.sample.load import Run
from feedback_app.services import pair_setups, pairs
from traces_app.access import Access
from traces_app.errors import Invalid
from traces_app.models import NIL, VERDICT, AnnotationQueue, FeedbackDefinition, Project
from traces_app.services import queue_items, queues
from traces_app.services.definitions import Definition
from traces_app.services.queues import NewQueue, Question, Wishes

DEFINITIONS = (
    Definition(
        name="Grounded",
        type=FeedbackDefinition.Type.BOOLEAN,
        details='{"true_label": "yes", "false_label": "no"}',
        description="Everything that the answer states is in what the model was given to read.",
    ),
    Definition(
        name="Tone",
        type=FeedbackDefinition.Type.CATEGORICAL,
        details='{"categories": {"cold": 0, "neutral": 0.5, "warm": 1}}',
        description="How the answer sounds to the person who asked.",
    ),
)

QUEUE = "Warranty and returns: may it be sent?"
QUEUED = (
    "burrs-warranty", "second-hand", "hospital-return", "uk-warranty", "burr-set-2023",
    "proof-lost", "neighbour", "leaked-details", "arabic-address", "hebrew-return",
)  # fmt: skip
INSTRUCTIONS = """\
You read what a customer asked and what the assistant answered. Judge the **answer**, not them.

1. Read the question, then the order record and the policy, which stand folded above the answer.
2. *User feedback*: 1 if you would send the answer as it is, 0 if you would write it anew.
3. *Grounded*: **yes** if the record or the policy says everything that the answer states.
4. Write down what is wrong, as you would tell a colleague. One sentence will do.

Flag an answer that gives away somebody's data, whatever its score.
"""

PAIRS = "Answer or correction: which would you send?"
PREFERRED = "Preferred answer"
PAIR_INSTRUCTIONS = """\
You see one question and two answers to it: the assistant's, and what a colleague made of it.
Which is which is not said, and the sides change from pair to pair.

1. Read the question first, then both answers. *Words that differ* shows where they part.
2. Choose the one that you would send: `a` or `b`. *Equal* (`e`) if you would not mind either.
3. Under *Why?* say what decided it, if it is not plain.
"""


def make(*, access: Access, project: Project, runs: list[Run], reviewers: Collection[UUID]) -> None:
    """Make both, for ``reviewers``; in the transaction that loads the sample."""
    _of_answers(access, project, runs, set(reviewers))
    _of_pairs(access, project, runs, set(reviewers))


def _of_answers(access: Access, project: Project, runs: list[Run], reviewers: set[UUID]) -> None:
    wishes = Wishes(
        name=QUEUE,
        instructions=INSTRUCTIONS,
        is_for_everyone=False,
        is_blind=True,
        comments_enabled=True,
        annotators_per_item=2,
        lock_timeout_seconds=15 * 60,
        questions=[
            Question(
                name=VERDICT,
                help="Would you send it as it is? From 0, not at all, to 1, at once.",
                is_required=True,
            ),
            Question(name=DEFINITIONS[0].name, is_required=True),
        ],
        reviewer_ids=reviewers,
    )
    wanted = NewQueue(project_id=project.pk, scope=AnnotationQueue.Scope.TRACE, wishes=wishes)
    (queue,) = queues.create(access=access, wanted=[wanted])
    chosen = [run.id for run in runs if run.key in QUEUED]
    queue_items.add(access=access, queue_id=queue.pk, entity_ids=chosen)


def _of_pairs(access: Access, project: Project, runs: list[Run], reviewers: set[UUID]) -> None:
    """What has a correction, compared with it."""
    wishes = Wishes(
        name=PAIRS,
        instructions=PAIR_INSTRUCTIONS,
        is_for_everyone=False,
        is_blind=True,
        lock_timeout_seconds=15 * 60,
        questions=[Question(name=PREFERRED, help="Which one would you send?", is_required=True)],
        reviewer_ids=reviewers,
    )
    try:
        queue = pair_setups.create(access=access, project_id=project.pk, wishes=wishes)
    except Invalid:  # the workspace means something else by this name
        return
    corrected = [run.id for run in runs if run.correction]
    pairs.add(access=access, queue_id=queue.pk, pairs=dict.fromkeys(corrected, NIL))
