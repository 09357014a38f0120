"""Threads as Opik's clients name and change them (opik.md §3)."""

from uuid import UUID

from msgspec import Struct
from msgspec.json import Decoder

from traces_app import normal_form
from traces_app.api.opik import checks
from traces_app.api.opik.errors import Unprocessable
from traces_app.api.opik.serializers.scores import ScoreWrite
from traces_app.models import NIL
from traces_app.services.judged_threads import SaidOfThread
from traces_app.services.tags import TagChange
from traces_app.services.threads import Place

NO_PROJECT = "The request body must provide either a project_name or a project_id"
NEITHER = "Either 'threadId' or 'threadIds' must be provided."
BOTH = "Cannot provide both 'threadId' and 'threadIds'."


class InProject(Struct, kw_only=True):
    """Something in the project that the id, else the name says."""

    project_name: str | None = None
    project_id: UUID | None = None

    def place(self) -> Place:
        """What the services take. Raises Unprocessable when neither is given."""
        if self.project_id is None and not (self.project_name or "").strip():
            raise Unprocessable(NO_PROJECT)
        return self.project_name, self.project_id


class ThreadIdentifier(InProject, kw_only=True):
    """One thread."""

    thread_id: str | None = None
    truncate: bool | None = None

    def named(self) -> str:
        """The thread's id, as it is stored. Raises Unprocessable."""
        rules = checks.Rules()
        rules.not_blank("threadId", self.thread_id)
        rules.thread_id("threadId", self.thread_id)
        rules.enforce()
        return normal_form.clean_text(self.thread_id or "")


class ThreadIds(InProject, kw_only=True):
    """Threads to delete."""

    thread_ids: list[str] | None = None

    def all_named(self) -> list[str]:
        """Their ids, as they are stored. Raises Unprocessable."""
        checks.sized("threadIds", self.thread_ids)
        rules = checks.Rules()
        for number, thread_id in enumerate(self.thread_ids or ()):
            rules.not_blank(f"threadIds[{number}].<list element>", thread_id)
        rules.enforce()
        return [normal_form.clean_text(thread_id) for thread_id in self.thread_ids or ()]


class ThreadsToClose(ThreadIds, kw_only=True):
    """One thread or several."""

    thread_id: str | None = None

    def all_named(self) -> list[str]:
        if self.thread_id is None and self.thread_ids is None:
            raise Unprocessable(NEITHER)
        if self.thread_id is not None and self.thread_ids is not None:
            raise Unprocessable(BOTH)
        if self.thread_id is None:
            return super().all_named()
        rules = checks.Rules()
        rules.not_blank("threadId", self.thread_id)
        rules.enforce()
        return [normal_form.clean_text(self.thread_id)]


class ThreadUpdate(Struct, kw_only=True):
    """What a PATCH changes of a thread; null and absent keep, ``tags: []`` clears."""

    tags: list[str] | None = None
    tags_to_add: list[str] | None = None
    tags_to_remove: list[str] | None = None

    def tag_change(self, path: str = "", *, merges: bool = False) -> TagChange:
        """Raises Unprocessable. ``merges``: the tags come beside those that are there."""
        rules = checks.Rules(path)
        rules.tags("tags", self.tags, limited=True)
        rules.tags("tagsToAdd", self.tags_to_add, limited=True)
        rules.tags("tagsToRemove", self.tags_to_remove, limited=True)
        rules.enforce()
        tags, add, remove = map(_clean, (self.tags, self.tags_to_add, self.tags_to_remove))
        if merges and not add and not remove:
            return TagChange(None, tags or [], [])
        return TagChange(tags, add or [], remove or [])


class ThreadBatchUpdate(Struct, kw_only=True):
    """One change of several threads, by ``thread_model_id``."""

    ids: list[UUID] | None = None
    update: ThreadUpdate | None = None
    merge_tags: bool | None = None

    def tag_change(self) -> TagChange:
        """Raises Unprocessable."""
        checks.sized("ids", self.ids)
        if self.update is None:
            raise Unprocessable("update must not be null")
        return self.update.tag_change("update.", merges=bool(self.merge_tags))


class ThreadScore(ScoreWrite, kw_only=True):
    """One score of a batch; without a project it is of the default one."""

    thread_id: str | None = None
    project_name: str | None = None
    project_id: UUID | None = None

    def check(self, rules: checks.Rules) -> None:
        rules.not_blank("threadId", self.thread_id)
        rules.thread_id("threadId", self.thread_id)
        rules.blank_only_if_absent("projectName", self.project_name)
        super().check(rules)


class ThreadScoreBatch(Struct):
    """Up to 1,000 scores."""

    scores: list[ThreadScore] | None = None

    def said(self) -> list[SaidOfThread]:
        """What the service takes. Raises Unprocessable."""
        checks.sized("scores", self.scores)
        return [
            SaidOfThread(
                normal_form.clean_text(score.thread_id or ""),
                score.said(NIL, f"scores[{number}]."),
                score.project_name,
                score.project_id,
            )
            for number, score in enumerate(self.scores or ())
        ]


class ThreadScoreDelete(Struct):
    """Whose scores of which names go."""

    project_name: str | None = None
    thread_id: str | None = None
    names: list[str] | None = None
    author: str | None = None
    source_queue_id: UUID | None = None

    def check(self) -> None:
        """Raises Unprocessable."""
        rules = checks.Rules()
        rules.not_blank("projectName", self.project_name)
        rules.not_blank("threadId", self.thread_id)
        rules.enforce()
        checks.sized("names", self.names)
        for name in self.names or ():
            rules.not_blank("names[].<iterable element>", name)
        rules.enforce()


IDENTIFIER = Decoder(ThreadIdentifier)
THREAD_IDS = Decoder(ThreadIds)
TO_CLOSE = Decoder(ThreadsToClose)
UPDATE = Decoder(ThreadUpdate)
BATCH_UPDATE = Decoder(ThreadBatchUpdate)
SCORES = Decoder(ThreadScoreBatch)
SCORE_DELETE = Decoder(ThreadScoreDelete)


def _clean(tags: list[str] | None) -> list[str] | None:
    return None if tags is None else [normal_form.clean_text(tag) for tag in tags]
