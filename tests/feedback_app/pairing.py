"""A workspace with a queue of pairs, and who judges them."""

from typing import Any
from uuid import UUID, uuid4

from feedback_app.models import Review
from feedback_app.services import corrections, pairs, reviews
from feedback_app.services.pairs import ANSWERS, Choice
from feedback_app.services.reviews import Submitted
from tests import factories
from traces_app.access import Access
from traces_app.models import NIL, AnnotationQueue, Face, QueueItem, Role, Score, Trace
from traces_app.services.queues import Question


class Pairing:
    """One project, two traces with the same input, a queue of pairs."""

    def __init__(self, **wishes: Any) -> None:
        self.workspace = factories.workspace()
        self.lead = factories.access(self.workspace, face=Face.PAGE)
        self.project = factories.project(self.workspace)
        self.first = self.trace('"Yes, it is."')
        self.other = self.trace('"No, it is not."')
        asked = [Question(name=pairs.PREFERENCE, is_required=True)]
        self.queue: AnnotationQueue = factories.queue(
            self.lead, self.project.pk, scope="pair", **{"questions": asked} | wishes
        )

    def trace(self, output: str = '"Yes."', **values: Any) -> Trace:
        given = {"input": '"Is it covered?"', "output": output} | values
        return factories.trace(self.lead, self.project, **given)

    def correct(self, trace: Trace, output: str = "Corrected.", by: Access | None = None) -> None:
        corrections.submit(access=by or self.lead, trace_id=trace.pk, output=output)

    def add(self, *sides: Trace | None) -> int:
        """A pair of two traces, or of one with its correction."""
        first, other = (*sides, None)[:2]
        assert first
        pair = {first.pk: other.pk if other else NIL}
        return pairs.add(access=self.lead, queue_id=self.queue.pk, pairs=pair)

    def reviewer(self) -> Access:
        return factories.access(self.workspace, Role.REVIEWER, face=Face.PAGE)

    def next(self, access: Access) -> UUID | None:
        handed = reviews.take_next(access=access, queue=self.queue)
        return handed.item.entity_id if handed else None

    def print(self, access: Access, first: Trace) -> UUID:
        item = QueueItem.objects.get(queue=self.queue, entity_id=first.pk)
        return pairs.find(access=access, queue=self.queue, item=item).print

    def prefer(self, access: Access, first: Trace, choice: Choice, **said: Any) -> Review:
        fields: dict[str, Any] = {
            "answers": {pairs.PREFERENCE: ANSWERS[choice]},
            "token": uuid4(),
            "compared": said.pop("compared", None) or self.print(access, first),
        }
        given = Submitted(**fields | said)
        return reviews.submit(access=access, queue=self.queue, judged_id=first.pk, said=given)

    def scores(self) -> list[tuple[UUID, str, float, str]]:
        rows = Score.objects.filter(queue_id=self.queue.pk).order_by("pk")
        return [(each.entity_id, each.name, float(each.value), each.category_name) for each in rows]
