"""What setting up a queue takes: the workspace's definitions and people, and what was sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString

from feedback_app.forms import question_rows, questions
from feedback_app.forms.questions import QuestionForm
from feedback_app.forms.queues import QueueForm
from feedback_app.queue_page import trials
from feedback_app.queue_page.trials import Line
from feedback_app.reading.marked_up import as_html
from feedback_app.services.queue_setups import Setup
from traces_app.access import JUDGES, Access
from traces_app.models import (
    AnnotationQueue,
    FeedbackDefinition,
    Membership,
    QueueQuestion,
    QueueReviewer,
)

NO_QUESTION = "Ask at least one question."
MOST_PEOPLE = 500


@dataclass
class Draft:
    """A queue that is being set up: the two forms as they are shown again."""

    form: QueueForm
    questions: list[QuestionForm]
    known: Mapping[str, FeedbackDefinition]
    mistake: str = ""
    rows: list[question_rows.Row] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether both forms can be taken; says what is missing otherwise."""
        self.mistake = "" if self.questions else NO_QUESTION
        # Each of them, so that every mistake is shown at once.
        return all([self.form.is_valid(), *(each.is_valid() for each in self.questions)]) and bool(
            self.questions
        )

    def setup(self) -> Setup:
        """What the service takes; only of a good draft."""
        made = (each.definition() for each in self.questions)
        asked = [each.question() for each in self.questions]
        return Setup(
            wishes=self.form.wishes(questions=asked),
            definitions=[each for each in made if each is not None],
        )

    @property
    def free(self) -> list[FeedbackDefinition]:
        """The definitions that are not asked for yet."""
        asked = {row.get("name", "") for row in self.rows}
        return [each for each in self.known.values() if each.name not in asked]

    @property
    def types(self) -> list[tuple[str, str]]:
        return [(str(value), words) for value, words in questions.TYPES.items()]

    @property
    def trial(self) -> list[Line]:
        """The form as reviewers will meet it."""
        return trials.of(self.rows, self.known)

    @property
    def preview(self) -> SafeString:
        return preview(self.form["instructions"].value() or "")


def preview(text: str) -> SafeString:
    """Instructions as reviewers will read them."""
    return as_html(text) if text.strip() else SafeString("")


def definitions(access: Access) -> dict[str, FeedbackDefinition]:
    """The workspace's definitions by name."""
    rows = FeedbackDefinition.objects.visible_to(access).order_by("name", "pk")
    return {row.name: row for row in rows}


def people(access: Access) -> list[tuple[str, str]]:
    """Who may judge in the workspace: id and name."""
    members = Membership.objects.filter(
        workspace_id=access.workspace_id, role__in=JUDGES, user__is_active=True
    ).select_related("user")
    rows = members.order_by("user__name", "user__email")[:MOST_PEOPLE]
    return [(str(row.user_id), str(row.user)) for row in rows]


def reviewers(queue: AnnotationQueue) -> list[str]:
    """Who is named for a queue, as ids."""
    named = QueueReviewer.objects.filter(project_id=queue.project_id, queue_id=queue.pk)
    return [str(pk) for pk in named.values_list("user_id", flat=True)]


def asked(queue: AnnotationQueue) -> list[QueueQuestion]:
    """What a queue asks, in order."""
    mine = QueueQuestion.objects.filter(project_id=queue.project_id, queue_id=queue.pk)
    return list(mine.order_by("position"))


def draft(
    form: QueueForm, rows: list[question_rows.Row], known: Mapping[str, Any], *, is_checked: bool
) -> Draft:
    """The forms of these rows, with their mistakes or without."""
    made = (question_rows.checked if is_checked else question_rows.shown)(rows, known)
    return Draft(form, made, known, rows=rows)
