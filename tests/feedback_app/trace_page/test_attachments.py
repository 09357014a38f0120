"""Which files the page of a trace lists."""

from typing import Any

import pytest

from feedback_app.trace_page import attachments
from tests import factories
from tests.feedback_app.desk import Desk, words
from traces_app.models import Attachment, Trace

pytestmark = pytest.mark.django_db


def many(of: Attachment, number: int) -> None:
    """Rows like one that is there, under other names."""
    same = Attachment.objects.filter(pk=of.pk).values(
        "project_id", "entity_type", "entity_id", "mime_type", "size", "created_at", "created_by_id"
    )[0]
    Attachment.objects.bulk_create(
        Attachment(**same, file_name=f"{n}", storage_name=f"{n}") for n in range(number)
    )


def shown(desk: Desk, trace: Trace) -> list[tuple[str, str]]:
    files = attachments.of(desk.access, trace)
    return [] if files is None else [(file.name, file.step) for file in files.shown]


def test_own_files_come_first_then_those_of_spans_with_their_names() -> None:
    desk = Desk()
    trace, sender = desk.trace(), factories.access(desk.room)
    named, nameless = factories.span(sender, trace, name="look up"), factories.span(sender, trace)
    for on, name in ((named, "b"), (nameless, "c"), (trace, "a"), (desk.trace(), "other")):
        factories.attachment(sender, on, name=name)

    assert shown(desk, trace) == [("a", ""), ("b", "look up"), ("c", "unnamed")]


def test_trace_without_files_shows_nothing() -> None:
    desk = Desk()
    trace = desk.trace()

    assert attachments.of(desk.access, trace) is None
    assert 'id="files"' not in words(desk.open(trace))


def test_names_turn_no_text_round() -> None:
    desk = Desk()
    trace = desk.trace()
    factories.attachment(factories.access(desk.room), trace, name="\u202egpj.exe")

    assert shown(desk, trace) == [("_gpj.exe", "")]


def test_more_than_the_page_holds_are_cut_with_a_word() -> None:
    desk = Desk()
    trace = desk.trace()
    many(factories.attachment(factories.access(desk.room), trace), attachments.MOST)

    assert len(shown(desk, trace)) == attachments.MOST
    assert f"The first {attachments.MOST} files are shown." in words(desk.open(trace))


def test_three_queries_however_many_files(django_assert_num_queries: Any) -> None:
    desk = Desk()
    trace, sender = desk.trace(), factories.access(desk.room)
    many(factories.attachment(sender, factories.span(sender, trace)), 20)
    access = desk.access
    assert access.project_ids

    with django_assert_num_queries(3):
        attachments.of(access, trace)
