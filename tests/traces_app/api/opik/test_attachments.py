"""Uploading, listing, downloading and deleting files through Opik's dialect."""

import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing
from django.test import override_settings
from uuid_utils.compat import uuid7

from tests import factories
from tests.traces_app.api.opik.client import Opik, trace
from traces_app.models import Attachment, Project, Role, Trace, Workspace

pytestmark = pytest.mark.django_db
PROJECT = "rec proj"


@pytest.fixture
def owner(opik: Opik) -> str:
    """The id of a stored trace."""
    made = trace()
    opik.post("/traces", made)
    return str(made["id"])


def asked(owner: str, name: Any = "a.txt", **more: Any) -> dict[str, Any]:
    """What the SDK sends to begin an upload."""
    return {
        "file_name": name,
        "num_of_file_parts": 1,
        "mime_type": "text/plain",
        "project_name": PROJECT,
        "entity_type": "trace",
        "entity_id": owner,
        "path": "aHR0cDovL2V2aWwuZXhhbXBsZS9hcGk=",
    } | more


def start(opik: Opik, owner: str, name: str = "a.txt", **more: Any) -> str:
    """Begin an upload; where the file is to go, below the prefix."""
    answer = opik.post("/attachment/upload-start", asked(owner, name, **more))
    assert answer.status_code == 200, answer.content
    assert answer.json()["upload_id"] == "BEMinIO"
    url = urlsplit(answer.json()["pre_sign_urls"][0])
    assert url.path == f"{opik.prefix}/attachment/upload"
    return f"/attachment/upload?{url.query}"


def send(opik: Opik, owner: str, content: bytes, name: str = "a.txt", **more: Any) -> Any:
    return opik.raw("PUT", start(opik, owner, name, **more), content)


def listed(opik: Opik, owner: str, kind: str = "trace", **more: str) -> Any:
    project = str(Project.objects.get(name=PROJECT).pk)
    query = {"project_id": project, "entity_type": kind, "entity_id": owner}
    return opik.get("/attachment/list", **(query | more))


def download(opik: Opik, link: str) -> Any:
    url = urlsplit(link)
    return opik.http.get(f"{url.path}?{url.query}", headers=opik.headers)


def content_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("prefix", ["/v1/private", "/api/v1/private"])
def test_file_comes_back_under_both_prefixes(opik: Opik, owner: str, prefix: str) -> None:
    opik.prefix = prefix
    assert send(opik, owner, b"hello").status_code == 204

    page = listed(opik, owner).json()

    (shown,) = page["content"]
    link = shown.pop("link")
    assert (page["page"], page["size"], page["total"]) == (1, 1, 1)
    assert shown == {"file_name": "a.txt", "file_size": 5, "mime_type": "text/plain"}
    assert link.startswith(f"http://testserver{prefix}/attachment/download?")
    assert content_of(download(opik, link)) == b"hello"


def test_chunked_body_is_taken_in_parts(opik: Opik, owner: str) -> None:
    headers = opik.headers | {"Transfer-Encoding": "chunked"}
    body = b"x" * 3_000_000
    server: dict[str, Any] = {"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True}

    sent = opik.http.generic("PUT", opik.prefix + start(opik, owner), headers=headers, **server)

    assert sent.status_code == 204
    assert Attachment.objects.get().size == len(body)


def test_chunked_body_on_a_server_that_cannot_read_it_is_411(opik: Opik, owner: str) -> None:
    headers = opik.headers | {"Transfer-Encoding": "chunked"}

    sent = opik.http.generic("PUT", opik.prefix + start(opik, owner), b"x", headers=headers)

    assert sent.status_code == 411
    assert not Attachment.objects.exists()


def test_body_shorter_than_it_says_is_400_and_nothing_is_kept(opik: Opik, owner: str) -> None:
    server: dict[str, Any] = {"wsgi.input": io.BytesIO(b"half"), "CONTENT_LENGTH": "8"}

    sent = opik.http.generic(
        "PUT", opik.prefix + start(opik, owner), headers=opik.headers, **server
    )

    assert (sent.status_code, sent.json()["message"]) == (
        400,
        "The body breaks off before its end.",
    )
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("is_chunked", [True, False])
@override_settings(ATTACHMENT_LIMIT=10)
def test_file_over_the_limit_is_413_in_opiks_form(
    opik: Opik, owner: str, *, is_chunked: bool
) -> None:
    assert send(opik, owner, b"x" * 10).status_code == 204
    server: dict[str, Any] = {"wsgi.input": io.BytesIO(b"x" * 11), "wsgi.input_terminated": True}
    headers = opik.headers | ({"Transfer-Encoding": "chunked"} if is_chunked else {})
    server |= {} if is_chunked else {"CONTENT_LENGTH": "11"}

    sent = opik.http.generic("PUT", opik.prefix + start(opik, owner), headers=headers, **server)

    assert (sent.status_code, sent.json()["code"]) == (413, 413)
    assert Attachment.objects.get().size == 10


def test_packed_body_is_415(opik: Opik, owner: str) -> None:
    sent = opik.raw("PUT", start(opik, owner), b"x", **{"Content-Encoding": "gzip"})

    assert sent.status_code == 415


def test_empty_file_is_a_file(opik: Opik, owner: str) -> None:
    assert send(opik, owner, b"").status_code == 204

    (shown,) = listed(opik, owner).json()["content"]

    assert shown["file_size"] == 0
    assert content_of(download(opik, shown["link"])) == b""


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "a\x00b.txt",
        "half \ud83d pair",
        "x" * 255,
        "دليل المستخدم.pdf",
        "🎉 & + % = #?.png",
        'a"b\r\nSet-Cookie: c',
        "\u202egpj.exe",
        "C:\\evil.exe",
        ".",
    ],
)
def test_odd_name_is_kept_as_it_was_sent_and_leads_nowhere(
    opik: Opik, owner: str, name: str
) -> None:
    assert send(opik, owner, b"hello", name).status_code == 204

    (shown,) = listed(opik, owner).json()["content"]
    answer = download(opik, shown["link"])

    assert shown["file_name"] == name.replace("\x00", "\ufffd").replace("\ud83d", "\ufffd")
    assert content_of(answer) == b"hello"
    assert "\n" not in answer["Content-Disposition"]
    assert Attachment.objects.get().storage_name[3:].isalnum()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"file_name": "x" * 256}, 422),
        ({"file_name": " "}, 422),
        ({"file_name": None}, 422),
        ({"file_name": ["a"]}, 400),
        ({"mime_type": "x" * 256}, 422),
        ({"entity_type": None}, 422),
        ({"entity_type": "thread"}, 400),
        ({"entity_id": None}, 422),
        ({"entity_id": "no uuid"}, 400),
        ({"project_name": " "}, 422),
        ({"num_of_file_parts": -1}, 400),
        ({"num_of_file_parts": 1.5}, 400),
    ],
)
def test_start_that_breaks_a_rule_is_refused_in_opiks_form(
    opik: Opik, owner: str, body: dict[str, Any], status: int
) -> None:
    answer = opik.post("/attachment/upload-start", asked(owner) | body)

    assert answer.status_code == status
    assert "errors" in answer.json() or answer.json()["code"] == status


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'"x"'])
@pytest.mark.parametrize("path", ["upload-start", "upload-complete", "delete"])
def test_malformed_body_is_400(opik: Opik, path: str, body: bytes) -> None:
    assert opik.raw("POST", f"/attachment/{path}", body).status_code == 400


def test_type_that_was_not_sent_is_guessed_from_the_name(opik: Opik, owner: str) -> None:
    for name in ("a.png", "b.unknown-kind"):
        send(opik, owner, b"x", name, mime_type=None)

    kinds = {each["mime_type"] for each in listed(opik, owner).json()["content"]}

    assert kinds == {"image/png", "application/octet-stream"}


def test_body_names_no_host_for_the_links(opik: Opik, owner: str) -> None:
    answer = opik.post("/attachment/upload-start", asked(owner))

    assert urlsplit(answer.json()["pre_sign_urls"][0]).netloc == "testserver"


@override_settings(BASE_URL="https://feedback.example.com")
def test_links_are_built_from_the_public_address(opik: Opik, owner: str) -> None:
    send(opik, owner, b"x")

    (shown,) = listed(opik, owner).json()["content"]

    assert shown["link"].startswith("https://feedback.example.com/api/v1/private/attachment/")


def test_another_project_than_the_traces_is_a_conflict(opik: Opik, owner: str) -> None:
    answer = opik.post("/attachment/upload-start", asked(owner, project_name="another"))

    assert answer.status_code == 409


def test_upload_to_a_trace_that_has_not_come_is_found_when_it_has(opik: Opik, owner: str) -> None:
    late = trace()
    send(opik, str(late["id"]), b"early")
    opik.post("/traces", late)

    assert listed(opik, str(late["id"])).json()["total"] == 1


def test_list_is_paged_oldest_first(opik: Opik, owner: str) -> None:
    for name in "cab":
        send(opik, owner, b"x", name)

    page = listed(opik, owner, page="2", size="2").json()

    assert [each["file_name"] for each in page["content"]] == ["b"]
    assert (page["page"], page["size"], page["total"]) == (2, 1, 3)


@pytest.mark.parametrize("number", [1, 10])
def test_list_asks_a_fixed_number_of_queries(
    opik: Opik, owner: str, number: int, django_assert_max_num_queries: Any
) -> None:
    for extra in range(number):
        send(opik, owner, b"x", str(extra))

    with django_assert_max_num_queries(7):
        assert listed(opik, owner).json()["total"] == number


@pytest.mark.parametrize(
    "query",
    [
        {"entity_type": "thread"},
        {"entity_type": "x\x00"},
        {"entity_id": "no-uuid"},
        {"project_id": "no-uuid"},
        {"project_id": str(uuid7())},
        {"page": "0"},
        {"size": "99999"},
    ],
)
def test_list_with_odd_parameters_is_an_error_in_opiks_form(
    opik: Opik, owner: str, query: dict[str, str]
) -> None:
    answer = listed(opik, owner, **query)

    assert answer.status_code in (400, 404)
    assert answer.json().keys() & {"code", "errors"}


def test_unknown_file_is_404(opik: Opik, owner: str) -> None:
    query = {"entity_type": "trace", "entity_id": owner}

    answers = [
        opik.get("/attachment/download", **query, file_name=name) for name in ("b", "", "\x00")
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert {answer.json()["message"] for answer in answers} == {"Attachment not found"}


def test_part_of_a_file_is_downloaded(opik: Opik, owner: str) -> None:
    send(opik, owner, b"0123456789")
    (shown,) = listed(opik, owner).json()["content"]
    opik.headers["Range"] = "bytes=2-4"

    answer = download(opik, shown["link"])

    assert (answer.status_code, content_of(answer)) == (206, b"234")


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "ключ", "\x00", "x" * 5000])
def test_forged_token_is_403(opik: Opik, owner: str, token: str) -> None:
    url = urlsplit(start(opik, owner))
    forged = {"token": token} if token != "x" else {"token": f"{parse_qs(url.query)['token'][0]}x"}

    sent = opik.http.put(
        f"{opik.prefix}/attachment/upload", b"x", headers=opik.headers, query_params=forged
    )

    assert (sent.status_code, sent.json()["code"]) == (403, 403)
    assert not Attachment.objects.exists()


@override_settings(ATTACHMENT_UPLOAD_SECONDS=-1)
def test_token_that_expired_is_403(opik: Opik, owner: str) -> None:
    assert send(opik, owner, b"x").status_code == 403


def test_signature_for_anything_else_is_no_token(opik: Opik, owner: str) -> None:
    other = signing.dumps(["x"] * 6, salt="something-else")

    assert opik.raw("PUT", f"/attachment/upload?token={other}", b"x").status_code == 403


def test_token_of_one_workspace_opens_no_other(opik: Opik, owner: str) -> None:
    stranger = Opik(factories.key(factories.workspace()))

    assert stranger.raw("PUT", start(opik, owner), b"x").status_code == 403
    assert Opik(None).raw("PUT", start(opik, owner), b"x").status_code == 401
    assert not Attachment.objects.exists()


def test_readers_list_and_download_but_send_nothing(
    opik: Opik, workspace: Workspace, owner: str
) -> None:
    send(opik, owner, b"hello")
    viewer = Opik(factories.key(workspace, Role.VIEWER))
    (shown,) = listed(viewer, owner).json()["content"]

    assert content_of(download(viewer, shown["link"])) == b"hello"
    assert writes(viewer, owner, start(opik, owner)) == [403, 403, 403, 403]
    assert Attachment.objects.get().size == 5


def test_reviewer_without_items_sees_no_files(opik: Opik, workspace: Workspace, owner: str) -> None:
    send(opik, owner, b"hello")
    (shown,) = listed(opik, owner).json()["content"]
    reviewer = Opik(factories.key(workspace, Role.REVIEWER))

    assert listed(reviewer, owner).status_code == 404
    assert download(reviewer, shown["link"]).status_code == 404
    assert writes(reviewer, owner, start(opik, owner)) == [403, 403, 403, 403]


def test_reviewer_reads_the_files_of_own_items(
    opik: Opik, workspace: Workspace, owner: str
) -> None:
    other = trace()
    opik.post("/traces", other)
    for each in (owner, str(other["id"])):
        send(opik, each, b"hello")
    item = Trace.objects.get(pk=owner)
    sender = factories.access(workspace)
    step = factories.span(sender, item)
    factories.attachment(sender, step, b"of a span")
    factories.queue(sender, item.project_id, item, is_for_everyone=True)
    reviewer = Opik(factories.key(workspace, Role.REVIEWER))

    (shown,) = listed(reviewer, owner).json()["content"]

    assert content_of(download(reviewer, shown["link"])) == b"hello"
    assert listed(reviewer, str(step.pk), "span").json()["total"] == 1
    assert listed(reviewer, str(other["id"])).json()["total"] == 0
    assert writes(reviewer, owner, start(opik, owner)) == [403, 403, 403, 403]


def test_stranger_gets_what_a_missing_file_gets(opik: Opik, owner: str) -> None:
    send(opik, owner, b"hello")
    (shown,) = listed(opik, owner).json()["content"]
    stranger = Opik(factories.key(factories.workspace()))
    missing = download(opik, shown["link"].replace("a.txt", "b.txt"))

    assert listed(stranger, owner).status_code == 404
    assert download(stranger, shown["link"]).content == missing.content
    assert delete(stranger, owner, "a.txt").status_code == 204
    assert Attachment.objects.count() == 1


def test_strangers_upload_to_a_known_id_stays_with_the_stranger(opik: Opik, owner: str) -> None:
    stranger = Opik(factories.key(factories.workspace()))

    assert send(stranger, owner, b"mine").status_code == 204

    assert Attachment.objects.get().project_id != Trace.objects.get().project_id


def test_without_a_key_everything_is_401(opik: Opik, owner: str) -> None:
    nobody = Opik(None)

    assert listed(nobody, owner).status_code == 401
    assert nobody.get("/attachment/download", file_name="a").status_code == 401
    assert writes(nobody, owner, start(opik, owner)) == [401, 401, 401, 401]


def test_delete_takes_names_in_both_forms_and_knows_no_errors(opik: Opik, owner: str) -> None:
    for name in ("a", "b", "c"):
        send(opik, owner, b"x", name)

    answers = [
        delete(opik, owner, "a", "unknown"),
        opik.post("/attachment/delete", asked(owner, "b") | {"upload_id": "x", "file_size": 1}),
        delete(opik, str(uuid7()), "c"),
    ]

    assert [answer.status_code for answer in answers] == [204, 204, 204]
    assert Attachment.objects.get().file_name == "c"


def test_delete_of_nothing_or_too_much_is_422(opik: Opik, owner: str) -> None:
    answers = [delete(opik, owner), delete(opik, owner, *map(str, range(1001)))]

    assert [answer.status_code for answer in answers] == [422, 422]


def test_upload_complete_says_whether_the_file_is_there(opik: Opik, owner: str) -> None:
    send(opik, owner, b"x")
    parts = {"upload_id": "BEMinIO", "file_size": 1, "uploaded_file_parts": []}

    answers = [
        opik.post("/attachment/upload-complete", asked(owner, name) | parts)
        for name in ("a.txt", "b.txt", None)
    ]

    assert [answer.status_code for answer in answers] == [204, 404, 422]


def delete(opik: Opik, owner: str, *names: str) -> Any:
    body = {"file_names": list(names), "entity_type": "trace", "entity_id": owner}
    return opik.post("/attachment/delete", body)


def writes(client: Opik, owner: str, path: str) -> list[int]:
    """How each of the endpoints that change something answers ``client``."""
    return [
        client.post("/attachment/upload-start", asked(owner)).status_code,
        client.raw("PUT", path, b"y").status_code,
        client.post("/attachment/upload-complete", asked(owner)).status_code,
        delete(client, owner, "a.txt").status_code,
    ]
