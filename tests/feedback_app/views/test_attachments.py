"""Files on the page of their trace: shown or handed over, to those who may see them."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from tests import factories
from tests.feedback_app.desk import Desk, words
from tests.traces_app.services.test_attachment_files import PNG
from traces_app.models import Attachment, Role, Trace

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Desk:
    return Desk()


def attach(desk: Desk, on: Trace, content: bytes, name: str) -> Attachment:
    return factories.attachment(factories.access(desk.room), on, content, name)


def get(desk: Desk, pk: UUID, **headers: str) -> Any:
    return desk.browser.get(f"/attachments/{pk}", headers=headers)


def test_picture_is_shown_in_place_and_kept_out_of_caches(desk: Desk) -> None:
    answer = get(desk, attach(desk, desk.trace(), PNG, "a.png").pk)

    assert b"".join(answer.streaming_content) == PNG
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/png", "private, no-store")
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("content", [b"<svg onload='alert(1)'>", b"<script>alert(1)</script>"])
def test_what_could_act_is_handed_over_as_a_file(desk: Desk, content: bytes) -> None:
    answer = get(desk, attach(desk, desk.trace(), content, "a.svg").pk)

    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="a.svg"'
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_part_of_a_file_is_sent(desk: Desk) -> None:
    answer = get(desk, attach(desk, desk.trace(), b"0123456789", "a").pk, Range="bytes=2-3")

    assert (answer.status_code, b"".join(answer.streaming_content)) == (206, b"23")


def test_strangers_and_reviewers_get_what_a_missing_file_gets(desk: Desk) -> None:
    pk = attach(desk, desk.trace(), PNG, "a.png").pk
    others = [(Desk(), pk), (desk.colleague(Role.REVIEWER), pk), (desk, uuid7())]

    assert [get(each, asked).status_code for each, asked in others] == [404, 404, 404]


def test_visitor_is_sent_to_sign_in(desk: Desk) -> None:
    pk = attach(desk, desk.trace(), PNG, "a.png").pk
    desk.browser.logout()

    answer = get(desk, pk)

    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/sign-in")


def test_file_is_only_read(desk: Desk) -> None:
    pk = attach(desk, desk.trace(), PNG, "a.png").pk

    assert desk.browser.post(f"/attachments/{pk}").status_code == 405


def test_page_shows_pictures_small_and_links_the_rest(desk: Desk) -> None:
    trace = desk.trace()
    picture = attach(desk, trace, PNG, "photo.png")
    other = attach(desk, trace, b"<svg>", "logo.svg")

    text = words(desk.open(trace))

    assert f'<img src="/attachments/{picture.pk}" alt="Attached image"' in text
    assert f'<a class="file" href="/attachments/{other.pk}" title="logo.svg">' in text
    assert f'src="/attachments/{other.pk}"' not in text


def test_history_tells_of_files(desk: Desk) -> None:
    trace = desk.trace()
    attach(desk, trace, b"x", "a<b>.txt")

    assert 'attached <ins dir="auto">a&lt;b&gt;.txt</ins>' in words(desk.open(trace))
