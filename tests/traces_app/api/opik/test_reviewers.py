"""What a reviewer's key reads and writes through Opik's dialect: items of own queues alone."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from feedback_app.models import User
from tests import factories
from tests.traces_app.api.opik.client import Opik, trace
from traces_app.access import Access
from traces_app.models import Comment, Project, Role, Score, Span, Thread, Trace, Workspace

pytestmark = pytest.mark.django_db
SCORE = {"name": "quality", "value": 1, "source": "ui"}
BY_SCORE = [{"field": "feedback_scores", "key": "quality", "operator": ">", "value": "0"}]
GROUPED = [{"any": [{"field": "tags", "operator": "=", "value": "x"}, BY_SCORE]}]
"""A clause about scores, as deep as the language goes."""
BY_SPAN_SCORE = [{"field": "span_feedback_scores", "key": "q", "operator": ">", "value": "0"}]
SORTED = json.dumps([{"field": "feedback_scores.quality", "direction": "ASC"}])
IN_PROJECT = {"project_name": "rec proj"}


@dataclass
class Scene:
    """Two traces of two threads, scored and commented on by an owner; the first is queued."""

    owner: Opik
    owner_access: Access
    mine: str
    other: str
    reviewer: Opik
    person: User

    @property
    def project_id(self) -> UUID:
        return Project.objects.get(name="rec proj").pk

    def queue(self, *items: Trace | Thread, **wishes: Any) -> UUID:
        own: dict[str, Any] = {"is_for_everyone": False, "reviewer_ids": [self.person.pk]}
        return factories.queue(self.owner_access, self.project_id, *items, **own | wishes).pk

    def trace(self, pk: str) -> Trace:
        return Trace.objects.get(pk=pk)


@pytest.fixture
def scene(workspace: Workspace) -> Scene:
    access = factories.access(workspace)
    owner = Opik(factories.key(workspace, person=User.objects.get(pk=access.user_id)))
    ids = [str(uuid7()), str(uuid7())]
    for pk in ids:
        owner.post("/traces", trace(UUID(pk), thread_id=f"thr-{pk}"))
        owner.put(f"/traces/{pk}/feedback-scores", SCORE | {"reason": "owner's reason"})
        owner.post(f"/traces/{pk}/comments", {"text": "owner's words"})
        span = factories.span(access, Trace.objects.get(pk=pk))
        factories.score(access, span, 0.5, "q")
    person = factories.member(workspace, Role.REVIEWER)
    reviewer = Opik(factories.key(workspace, person=person))
    return Scene(owner, access, ids[0], ids[1], reviewer, person)


def listed(client: Opik, **query: str) -> list[str]:
    answer = client.get("/traces", **IN_PROJECT, **query)
    return [row["id"] for row in answer.json()["content"]] if answer.status_code == 200 else []


def searched(client: Opik, **body: Any) -> list[dict[str, Any]]:
    answer = client.post("/traces/search", IN_PROJECT | body)
    lines = b"".join(answer.streaming_content) if answer.streaming else b""
    return [json.loads(line) for line in lines.splitlines()]


def test_reviewer_lists_and_searches_own_items_alone(scene: Scene) -> None:
    scene.queue(scene.trace(scene.mine))

    page = scene.reviewer.get("/traces", **IN_PROJECT).json()

    assert ([row["id"] for row in page["content"]], page["total"]) == ([scene.mine], 1)
    assert [row["id"] for row in searched(scene.reviewer)] == [scene.mine]
    assert listed(scene.owner) == [scene.other, scene.mine]


def test_reviewer_of_another_queue_sees_nothing_of_this_one(
    scene: Scene, workspace: Workspace
) -> None:
    scene.queue(scene.trace(scene.mine))
    elsewhere = factories.project(workspace)
    lone = factories.trace(scene.owner_access, project=elsewhere)
    person = factories.member(workspace, Role.REVIEWER)
    factories.queue(
        scene.owner_access,
        elsewhere.pk,
        lone,
        is_for_everyone=False,
        reviewer_ids=[person.pk],
    )
    client = Opik(factories.key(workspace, person=person))

    assert client.get(f"/traces/{lone.pk}").status_code == 200
    assert client.get(f"/traces/{scene.mine}").status_code == 404
    assert client.get("/traces", **IN_PROJECT).status_code == 404
    assert [row["id"] for row in client.get("/projects").json()["content"]] == [str(elsewhere.pk)]


def test_reviewer_reads_all_scores_of_an_item_of_an_open_queue(scene: Scene) -> None:
    queue_id = scene.queue(scene.trace(scene.mine))

    read = scene.reviewer.get(f"/traces/{scene.mine}").json()

    assert read["feedback_scores"][0]["reason"] == "owner's reason"
    assert read["span_feedback_scores"] == [{"name": "q", "value": 0.5, "source": "sdk"}]
    assert [row["id"] for row in read["annotation_queues"]] == [str(queue_id)]
    assert listed(scene.reviewer, filters=json.dumps(BY_SCORE), sorting=SORTED) == [scene.mine]
    assert scene.reviewer.get("/traces/stats", **IN_PROJECT).status_code == 200


def test_blind_reviewer_reads_own_scores_only(scene: Scene) -> None:
    scene.queue(scene.trace(scene.mine), is_blind=True)
    scene.reviewer.put(f"/traces/{scene.mine}/feedback-scores", SCORE | {"value": 0.25})

    answers = [
        scene.reviewer.get(f"/traces/{scene.mine}").json(),
        scene.reviewer.get("/traces", **IN_PROJECT).json()["content"][0],
        searched(scene.reviewer)[0],
    ]

    for read in answers:
        (score,) = read["feedback_scores"]
        assert (score["value"], list(score["value_by_author"])) == (0.25, [scene.person.email])
        assert not {"span_feedback_scores", "comments"} & read.keys()
        assert "owner" not in json.dumps(read["feedback_scores"])


def test_blind_reviewer_may_not_ask_for_scores(scene: Scene) -> None:
    scene.queue(scene.trace(scene.mine), is_blind=True)
    client = scene.reviewer

    asked = [
        client.get("/traces", **IN_PROJECT, filters=json.dumps(BY_SCORE)),
        client.get("/traces", **IN_PROJECT, filters=json.dumps(BY_SPAN_SCORE)),
        client.get("/traces", **IN_PROJECT, sorting=SORTED),
        client.post("/traces/search", IN_PROJECT | {"filters": BY_SCORE}),
        client.get("/traces/stats", **IN_PROJECT),
        client.get("/traces/feedback-scores/names", project_id=str(scene.project_id)),
        client.get("/traces/threads", **IN_PROJECT, filters=json.dumps(BY_SCORE)),
        client.get("/traces/threads", **IN_PROJECT, sorting=SORTED),
        client.post("/traces/threads/search", IN_PROJECT | {"filters": BY_SCORE}),
        client.get("/traces/threads/stats", **IN_PROJECT),
        client.get("/traces/threads/feedback-scores/names", project_id=str(scene.project_id)),
        client.get("/spans", **IN_PROJECT, filters=json.dumps(BY_SCORE)),
        client.get("/spans", **IN_PROJECT, sorting=SORTED),
        client.post("/spans/search", IN_PROJECT | {"filters": BY_SCORE}),
        client.get("/spans/stats", **IN_PROJECT),
        client.get("/spans/feedback-scores/names", project_id=str(scene.project_id)),
        client.get("/traces", **IN_PROJECT, filters=json.dumps(GROUPED)),
        client.post("/traces/search", IN_PROJECT | {"filters": GROUPED}),
        client.post("/traces/threads/search", IN_PROJECT | {"filters": GROUPED}),
        client.post("/spans/search", IN_PROJECT | {"filters": GROUPED}),
    ]

    assert {answer.status_code for answer in asked} == {403}
    assert scene.owner.get("/traces/stats", **IN_PROJECT).status_code == 200
    names = client.get("/traces/feedback-scores/names").json()
    assert names == {"scores": []}


@pytest.mark.parametrize("is_blind", [True, False])
def test_reviewer_scores_and_comments_on_own_items_only(scene: Scene, is_blind: bool) -> None:
    queue_id = str(scene.queue(scene.trace(scene.mine), is_blind=is_blind))
    said = SCORE | {"source_queue_id": queue_id}

    def statuses(pk: str) -> list[int]:
        return [
            scene.reviewer.put(f"/traces/{pk}/feedback-scores", said).status_code,
            scene.reviewer.put(
                "/traces/feedback-scores", {"scores": [said | {"id": pk}]}
            ).status_code,
            scene.reviewer.post(
                f"/traces/{pk}/comments", {"text": "x", "source_queue_id": queue_id}
            ).status_code,
        ]

    assert statuses(scene.mine) == [204, 204, 201]
    assert statuses(scene.other) == statuses(str(uuid7())) == [404, 404, 404]
    own = Score.objects.filter(author=scene.person)
    assert list(own.values_list("entity_id", flat=True)) == [UUID(scene.mine)]
    assert Comment.objects.filter(created_by=scene.person).count() == 1


def test_batch_with_one_item_of_others_stores_nothing(scene: Scene) -> None:
    scene.queue(scene.trace(scene.mine))
    batch = {"scores": [SCORE | {"id": pk} for pk in (scene.mine, scene.other)]}

    assert scene.reviewer.put("/traces/feedback-scores", batch).status_code == 404
    assert not Score.objects.filter(author=scene.person).exists()


@pytest.mark.parametrize("is_blind", [True, False])
def test_reviewer_reads_the_spans_of_own_items_alone(scene: Scene, is_blind: bool) -> None:
    scene.queue(scene.trace(scene.mine), is_blind=is_blind)
    mine, other = (Span.objects.get(trace_id=pk).pk for pk in (scene.mine, scene.other))

    page = scene.reviewer.get("/spans", **IN_PROJECT).json()

    assert ([row["id"] for row in page["content"]], page["total"]) == ([str(mine)], 1)
    assert ("feedback_scores" in page["content"][0]) != is_blind
    assert scene.reviewer.get(f"/spans/{other}").status_code == 404


def test_spans_of_own_items_are_scored_and_no_others(scene: Scene) -> None:
    scene.queue(scene.trace(scene.mine))
    mine, other = (Span.objects.get(trace_id=pk).pk for pk in (scene.mine, scene.other))

    answers = [
        scene.reviewer.put(
            "/spans/feedback-scores", {"scores": [SCORE | {"id": str(pk)}]}
        ).status_code
        for pk in (mine, other)
    ]

    assert answers == [204, 404]


def test_reviewer_says_nothing_in_the_name_of_a_queue_of_others(scene: Scene) -> None:
    scene.queue(scene.trace(scene.mine))
    theirs = scene.queue(scene.trace(scene.mine), reviewer_ids=[])

    for queue_id in (theirs, uuid7()):
        named = {"source_queue_id": str(queue_id)}
        score = scene.reviewer.put(f"/traces/{scene.mine}/feedback-scores", SCORE | named)
        words = scene.reviewer.post(f"/traces/{scene.mine}/comments", {"text": "x"} | named)
        assert (score.status_code, words.status_code) == (404, 404)
    assert not Score.objects.filter(author=scene.person).exists()


def test_reviewer_takes_back_own_scores_and_words_only(scene: Scene) -> None:
    scene.queue(scene.trace(scene.mine))
    scene.reviewer.put(f"/traces/{scene.mine}/feedback-scores", SCORE)
    theirs = str(Comment.objects.get(entity_id=scene.mine).pk)

    deleted = scene.reviewer.post(
        f"/traces/{scene.mine}/feedback-scores/delete", {"name": "quality"}
    )
    words = scene.reviewer.post("/traces/comments/delete", {"ids": [theirs]})

    assert (deleted.status_code, words.status_code) == (204, 204)
    assert Score.objects.get(entity_id=scene.mine).author_id == scene.owner_access.author_id
    assert Comment.objects.filter(pk=theirs).exists()
    edited = scene.reviewer.patch(f"/traces/comments/{theirs}", {"text": "mine now"})
    assert edited.status_code == 403


def test_blind_reviewer_deletes_own_score_and_no_others(scene: Scene) -> None:
    scene.queue(scene.trace(scene.mine), is_blind=True)
    scene.reviewer.put(f"/traces/{scene.mine}/feedback-scores", SCORE)

    scene.reviewer.post(f"/traces/{scene.mine}/feedback-scores/delete", {"name": "quality"})

    left = Score.objects.filter(entity_id=scene.mine, name="quality")
    assert left.get().author_id == scene.owner_access.author_id


def test_thread_item_brings_the_thread_and_its_traces(scene: Scene) -> None:
    thread = factories.thread_of(scene.trace(scene.mine))
    scene.queue(thread, scope="thread")
    client = scene.reviewer

    threads = client.get("/traces/threads", **IN_PROJECT).json()

    assert [row["thread_model_id"] for row in threads["content"]] == [str(thread.pk)]
    assert threads["total"] == 1
    assert listed(client) == [scene.mine]
    one = IN_PROJECT | {"thread_id": thread.thread_id}
    other = IN_PROJECT | {"thread_id": factories.thread_of(scene.trace(scene.other)).thread_id}
    assert client.post("/traces/threads/retrieve", one).status_code == 200
    assert client.post("/traces/threads/retrieve", other).status_code == 404
    answers = [
        client.put("/traces/threads/feedback-scores", {"scores": [SCORE | named]}).status_code
        for named in (one, other)
    ]
    assert answers == [204, 404]


def test_trace_item_does_not_bring_its_thread(scene: Scene) -> None:
    scene.queue(scene.trace(scene.mine))

    assert scene.reviewer.get("/traces/threads", **IN_PROJECT).json()["total"] == 0


def test_blind_thread_shows_own_scores_only(scene: Scene) -> None:
    thread = factories.thread_of(scene.trace(scene.mine))
    scene.queue(thread, scope="thread", is_blind=True)
    named = IN_PROJECT | {"thread_id": thread.thread_id}
    for client, value in ((scene.owner, 1), (scene.reviewer, 0.5)):
        said = SCORE | named | {"value": value}
        client.put("/traces/threads/feedback-scores", {"scores": [said]})

    read = scene.reviewer.post("/traces/threads/retrieve", named).json()

    assert [row["value"] for row in read["feedback_scores"]] == [0.5]


def test_reading_one_queue_shows_what_was_said_in_it_alone(scene: Scene) -> None:
    queue_id = str(scene.queue(scene.trace(scene.mine)))
    scene.owner.put(
        f"/traces/{scene.mine}/feedback-scores",
        {"name": "tone", "value": 0.5, "source": "ui", "source_queue_id": queue_id},
    )
    scene.owner.post(
        f"/traces/{scene.mine}/comments", {"text": "in the queue", "source_queue_id": queue_id}
    )

    page = scene.owner.get("/traces", **IN_PROJECT, annotation_queue_id=queue_id).json()

    (read,) = page["content"]
    assert (read["id"], page["total"]) == (scene.mine, 1)
    assert [row["name"] for row in read["feedback_scores"]] == ["tone"]
    assert [row["text"] for row in read["comments"]] == ["in the queue"]
    nobodys = scene.owner.get("/traces", **IN_PROJECT, annotation_queue_id=str(uuid7())).json()
    assert (nobodys["content"], nobodys["total"]) == ([], 0)


def test_sdk_filter_finds_the_items_of_a_queue(scene: Scene) -> None:
    queue_id = str(scene.queue(scene.trace(scene.mine)))
    clause = {"field": "annotation_queue_ids", "operator": "contains", "value": queue_id}

    assert [row["id"] for row in searched(scene.owner, filters=[clause])] == [scene.mine]
    assert listed(scene.owner, filters=json.dumps([clause])) == [scene.mine]


@pytest.mark.parametrize("is_blind", [True, False])
def test_reviewer_sends_edits_and_deletes_nothing(scene: Scene, is_blind: bool) -> None:
    scene.queue(scene.trace(scene.mine), is_blind=is_blind)
    client, pk = scene.reviewer, scene.mine

    answers = [
        client.post("/traces", trace()),
        client.post("/traces/batch", {"traces": [trace()]}),
        client.patch(f"/traces/{pk}", {"name": "x"}),
        client.delete(f"/traces/{pk}"),
        client.post("/traces/delete", {"ids": [pk]}),
        client.post("/projects", {"name": "new"}),
    ]

    assert {answer.status_code for answer in answers} == {403}
