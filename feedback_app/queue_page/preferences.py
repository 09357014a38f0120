"""What a queue of pairs came to: which side won, and whether that was its place on the page."""

from dataclasses import dataclass

from django.db.models import Count

from feedback_app.models import Review
from feedback_app.models.reviews import ReviewQuerySet
from feedback_app.services.pairs import Choice
from traces_app import normal_form

FEW = 20
"""Below so many decided reviews a share says little."""


@dataclass(frozen=True)
class Tally:
    """Numbers of submitted reviews; ``left`` of those in which one side won, the left one."""

    first: int = 0
    other: int = 0
    equal: int = 0
    left: int = 0

    @property
    def total(self) -> int:
        return self.first + self.other + self.equal

    @property
    def decided(self) -> int:
        return self.first + self.other

    @property
    def left_percent(self) -> int:
        return round(100 * self.left / self.decided) if self.decided else 0

    @property
    def is_few(self) -> bool:
        return self.decided < FEW

    @property
    def rows(self) -> list[tuple[str, int, int]]:
        """Words, number and percent."""
        counted = (
            ("First is better", self.first),
            ("Other is better", self.other),
            ("Equal", self.equal),
        )
        return [
            (words, number, round(100 * number / self.total) if self.total else 0)
            for words, number in counted
        ]


def tally(reviews: ReviewQuerySet) -> Tally:
    """Of a queue of pairs; one query, whose groups are the few answers that there are."""
    submitted = reviews.filter(state=Review.State.SUBMITTED, other_id__isnull=False)
    groups = submitted.order_by().values_list("answers", "is_first_left")
    counts = dict.fromkeys((*Choice, "left"), 0)
    for answers, is_first_left, number in groups.annotate(number=Count("pk")):
        choice = chosen(answers)
        if choice is None:
            continue
        counts[choice] += number
        if choice != Choice.EQUAL and is_first_left == (choice == Choice.FIRST):
            counts["left"] += number
    return Tally(counts[Choice.FIRST], counts[Choice.SECOND], counts[Choice.EQUAL], counts["left"])


def chosen(answers: str) -> Choice | None:
    """What a pair's review says, whatever its question was called."""
    said = normal_form.load(answers)
    return next((each for each in Choice if each.value in said.values()), None)


def letter(review: Review) -> str:
    """What was chosen, as its reviewer saw it: A, B or equal; empty where it is no pair's."""
    choice = chosen(review.answers) if review.other_id is not None else None
    if choice is None or choice is Choice.EQUAL:
        return "equal" if choice else ""
    return "A" if review.is_first_left == (choice is Choice.FIRST) else "B"
