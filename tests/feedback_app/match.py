"""Traces to be compared, a queue of pairs, and a reviewer at it."""

import json
from typing import Any
from uuid import UUID, uuid4

from feedback_app.services import corrections, pairs
from tests import factories
from tests.feedback_app.desk import HTMX, Desk
from traces_app.models import (
    NIL,
    AnnotationQueue,
    QueueItem,
    Role,
)
from traces_app.services.queues import Question

STRANGE = ("x", "\x00", "1" * 500, "01890a5d-ac96-774b-bcce-b302099a8057")


class Match:
    """A queue of pairs, empty, four traces to compare, and a reviewer."""

    def __init__(self, **wishes: Any) -> None:
        self.lead = Desk()
        outputs = ("one says yes", "two says no", "three is silent", "four")
        self.traces = [
            self.lead.trace(name=f"n{at}", output=json.dumps(text), model_id=f"model-{at}")
            for at, text in enumerate(outputs)
        ]
        asked = [Question(name="Preference", help="The kinder one.", is_required=True)]
        given = {"name": "Duel", "questions": asked} | wishes
        self.queue: AnnotationQueue = factories.queue(
            self.lead.access, self.traces[0].project_id, scope="pair", **given
        )
        self.desk = self.lead.colleague(Role.REVIEWER)

    def pair(self, first: int = 0, other: int | None = 1) -> None:
        against = NIL if other is None else self.traces[other].pk
        wanted = {self.traces[first].pk: against}
        pairs.add(access=self.lead.access, queue_id=self.queue.pk, pairs=wanted)

    def correct(self, at: int, text: str = "mended") -> None:
        corrections.submit(access=self.lead.access, trace_id=self.traces[at].pk, output=text)

    def path(self, act: str = "", first: int = 0) -> str:
        return f"/queues/{self.queue.pk}/items/{self.traces[first].pk}{act}"

    def open(self, by: Desk | None = None, query: str = "") -> str:
        answer: Any = (by or self.desk).browser.get(self.path() + query)
        assert answer.status_code == 200
        return str(answer.text)

    def fingerprint(self, by: Desk | None = None) -> str:
        text = self.open(by)
        return text.split('name="compared" value="')[1].split('"')[0]

    def submit(self, choice: str, by: Desk | None = None, **fields: str) -> Any:
        sent = {"q0": choice, "compared": self.fingerprint(by), "token": str(uuid4())} | fields
        return (by or self.desk).browser.post(self.path("/submit"), sent, headers=HTMX)

    def left(self, by: Desk | None = None) -> bool:
        return pairs.is_first_left(self.queue, self.traces[0].pk, (by or self.desk).person.pk)

    def fill(self, *picked: int, do: str = "two", by: Desk | None = None, **more: Any) -> Any:
        ids = [str(self.traces[at].pk) for at in picked]
        sent = {"pairs": str(self.queue.pk), "id": ids, "do": do} | more
        path = "/queues/pair" if do == "two" else "/traces/do"
        return (by or self.lead).browser.post(path, sent, follow=True)

    @property
    def inside(self) -> set[tuple[UUID, UUID | None]]:
        return set(QueueItem.objects.values_list("entity_id", "other_id"))
