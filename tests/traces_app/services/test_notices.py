"""Who is told of a comment, and who is not."""

from uuid import UUID

import pytest

from feedback_app.models import User
from tests import factories
from traces_app.access import Access
from traces_app.errors import NotFound
from traces_app.models import Comment, EntityType, Notice, Role, Trace, Workspace
from traces_app.query import audience
from traces_app.services import comments, notices, traces

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Workspace:
    return factories.workspace()


@pytest.fixture
def writer(room: Workspace) -> Access:
    return factories.access(room)


def person(room: Workspace, name: str, role: Role = Role.MEMBER) -> Access:
    user = factories.user(f"{name.lower()}@example.com", name=name)
    return factories.access(room, role, factories.member(room, role, user))


def say(by: Access, on: Trace, text: str) -> Comment:
    return comments.add(access=by, entity_type=EntityType.TRACE, entity_id=on.pk, text=text)


def change(by: Access, comment: Comment, text: str) -> Comment:
    kind = EntityType(comment.entity_type)
    return comments.edit(access=by, comment_id=comment.pk, text=text, entity_type=kind)


def told(comment: Comment) -> dict[str, str]:
    """Who is told of it, by e-mail, with the words that name them."""
    rows = Notice.objects.filter(comment=comment).values_list("reader_id", "words")
    names = dict(User.objects.values_list("pk", "name"))
    return {names[reader] or "?": words for reader, words in rows}


def test_a_named_member_is_told(room: Workspace, writer: Access) -> None:
    rita = person(room, "Rita")

    comment = say(writer, factories.trace(writer), "Look at this, @rita.")

    assert told(comment) == {"Rita": "rita"}
    assert comment.untold == []
    assert Notice.objects.visible_to(rita).unread().count() == 1


@pytest.mark.parametrize("gone", ["stranger", "removed", "deactivated", "service"])
def test_only_members_who_can_sign_in_are_told(room: Workspace, writer: Access, gone: str) -> None:
    home = factories.workspace() if gone == "stranger" else room
    rita = User.objects.get(pk=person(home, "Rita").user_id)
    if gone == "removed":
        rita.memberships.all().delete()
    rita.is_active, rita.is_service = gone != "deactivated", gone == "service"
    rita.save()

    comment = say(writer, factories.trace(writer), "@Rita")

    assert told(comment) == {}
    assert comment.untold == ["Nobody here is called “Rita”, so nobody was told."]


def test_a_shared_name_tells_nobody_and_says_so(room: Workspace, writer: Access) -> None:
    for email in ("a@example.com", "b@example.com"):
        factories.member(room, person=factories.user(email, name="Rita"))

    comment = say(writer, factories.trace(writer), "@Rita")

    assert told(comment) == {}
    assert "More than one person" in comment.untold[0]


def test_nobody_is_told_of_own_words(room: Workspace) -> None:
    rita = person(room, "Rita")

    assert told(say(rita, factories.trace(factories.access(room)), "@Rita, remember")) == {}


def test_who_scored_or_commented_is_told_of_what_others_say(
    room: Workspace, writer: Access
) -> None:
    rita, omar, idle = (person(room, name) for name in ("Rita", "Omar", "Idle"))
    trace = factories.trace(writer)
    factories.score(rita, trace, 1)
    say(omar, trace, "first")

    comment = say(idle, trace, "second, @Omar")

    assert told(comment) == {"Rita": "", "Omar": "Omar"}


def test_an_edit_adds_and_removes_who_is_named(room: Workspace, writer: Access) -> None:
    rita, omar = person(room, "Rita"), person(room, "Omar")
    comment = say(writer, factories.trace(writer), "@Rita")
    notices.read_all(access=rita)

    change(writer, comment, "@Rita and @Omar")
    both = told(comment)
    change(writer, comment, "@Omar and @nobody")

    assert both == {"Rita": "Rita", "Omar": "Omar"}
    assert told(comment) == {"Omar": "Omar"}
    assert Notice.objects.visible_to(omar).unread().count() == 1


def test_an_edit_that_names_a_person_again_does_not_tell_them_again(
    room: Workspace, writer: Access
) -> None:
    rita = person(room, "Rita")
    comment = say(writer, factories.trace(writer), "@Rita")
    notices.read_all(access=rita)

    change(writer, comment, "Dear @rita@example.com")

    assert told(comment) == {"Rita": "rita@example.com"}
    assert not Notice.objects.to(rita).unread().exists()


def test_a_reply_becomes_a_mention_and_is_new_again(room: Workspace, writer: Access) -> None:
    rita = person(room, "Rita")
    trace = factories.trace(writer)
    factories.score(rita, trace, 1)
    comment = say(writer, trace, "Hm.")
    notices.read_all(access=rita)

    change(writer, comment, "Hm, @Rita.")

    assert Notice.objects.to(rita).unread().get().kind == Notice.Kind.MENTION


def test_deleting_the_comment_or_its_trace_takes_the_notices(
    room: Workspace, writer: Access
) -> None:
    person(room, "Rita")
    trace = factories.trace(writer)
    first, _ = say(writer, trace, "@Rita"), say(writer, trace, "@Rita too")

    comments.delete(access=writer, ids=[first.pk], entity_type=EntityType.TRACE)
    left = Notice.objects.count()
    traces.delete(access=writer, ids=[trace.pk])

    assert (left, Notice.objects.count()) == (1, 0)


def test_notices_move_along_with_their_trace(room: Workspace, writer: Access) -> None:
    rita = person(room, "Rita")
    trace = factories.trace(writer)
    span = factories.span(writer, trace)
    comments.add(access=writer, entity_type=EntityType.SPAN, entity_id=span.pk, text="@Rita")
    say(writer, trace, "@Rita")
    there = factories.project(room)
    writer.knows_project(there.pk)

    traces.move(access=writer, trace_id=trace.pk, to=there)

    assert set(Notice.objects.values_list("project_id", flat=True)) == {there.pk}
    assert Notice.objects.visible_to(factories.access(room, person=rita_user(rita))).count() == 2


def rita_user(access: Access) -> User:
    return User.objects.get(pk=access.user_id)


def test_a_reviewer_is_told_of_items_of_own_queues_alone(room: Workspace, writer: Access) -> None:
    rita = person(room, "Rita", Role.REVIEWER)
    mine, other = factories.trace(writer), factories.trace(writer)
    factories.queue(
        writer, mine.project_id, mine, is_for_everyone=False, reviewer_ids=[rita.user_id]
    )

    heard, unheard = say(writer, mine, "@Rita"), say(writer, other, "@Rita")

    assert (told(heard), told(unheard)) == ({"Rita": "Rita"}, {})
    assert unheard.untold == ["Rita does not see this and was not told."]


def test_what_a_reader_sees_no_more_is_no_notice(room: Workspace, writer: Access) -> None:
    rita = person(room, "Rita", Role.REVIEWER)
    trace = factories.trace(writer)
    queue = factories.queue(writer, trace.project_id, trace)
    say(writer, trace, "@Rita")
    before = Notice.objects.visible_to(rita).count()

    queue.items.all().delete()

    rita = factories.access(room, Role.REVIEWER, rita_user(rita))
    assert (before, Notice.objects.visible_to(rita).count()) == (1, 0)
    with pytest.raises(NotFound):
        notices.read(access=rita, notice_id=Notice.objects.get().pk)


@pytest.mark.parametrize("is_everyones", [True, False])
@pytest.mark.parametrize("is_blind", [True, False])
@pytest.mark.parametrize("has_comments", [True, False])
@pytest.mark.parametrize("scope", ["trace", "thread"])
@pytest.mark.parametrize("kind", list(EntityType))
def test_the_audience_of_comments_is_who_sees_them(
    writer: Access,
    room: Workspace,
    is_everyones: bool,
    is_blind: bool,
    has_comments: bool,
    scope: str,
    kind: EntityType,
) -> None:
    trace = factories.trace(writer, thread_id="t")
    thread, span = factories.thread_of(trace), factories.span(writer, trace)
    named, other = (factories.access(room, Role.REVIEWER) for _ in range(2))
    factories.queue(
        writer,
        trace.project_id,
        trace if scope == "trace" else thread,
        scope=scope,
        is_blind=is_blind,
        comments_enabled=has_comments,
        is_for_everyone=is_everyones,
        reviewer_ids=() if is_everyones else (named.user_id,),
    )
    about: dict[EntityType, UUID] = {
        EntityType.TRACE: trace.pk,
        EntityType.THREAD: thread.pk,
        EntityType.SPAN: span.pk,
    }
    comment = comments.add(access=writer, entity_type=kind, entity_id=about[kind], text="so")

    both = {each.user_id: each for each in (named, other)}
    found = audience.of_comments(trace.project_id, kind, about[kind], both)

    visible = Comment.objects.filter(pk=comment.pk)
    assert found == {pk for pk, each in both.items() if visible.visible_to(each).exists()}
