"""The trace list: who sees it, what it shows, how it is filtered and paged."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from feedback_app.trace_lists import found, pages
from tests import factories
from traces_app import normal_form
from traces_app.access import Access
from traces_app.models import NIL, VERDICT, EntityType, Face, Role, Trace, Workspace
from traces_app.services import comments

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def room() -> Workspace:
    return factories.workspace("Kettle & Finch")


@pytest.fixture
def owner(room: Workspace, client: Client) -> Access:
    """An owner of the room, signed in."""
    person = factories.member(room, Role.OWNER)
    client.force_login(person)
    return factories.access(room, person=person, face=Face.PAGE)


def named(by: Access, *names: str, **values: Any) -> list[Trace]:
    """Traces whose inputs are ``names``, in this order of time."""
    return [factories.trace(by, input=normal_form.dump(name), **values) for name in names]


@pytest.fixture
def listed(client: Client) -> Callable[[str], list[str]]:
    """The inputs that the list of a query string shows."""

    def read(query: str = "") -> list[str]:
        answer = client.get(f"/traces?{query}")
        assert answer.status_code == 200, answer.text
        return [row.input for row in answer.context["page"].rows]

    return read


Listed = Callable[[str], list[str]]


def test_the_newest_trace_comes_first(owner: Access, listed: Listed) -> None:
    named(owner, "older", "newer")

    assert listed("") == ["newer", "older"]
    assert listed("sort=oldest") == ["older", "newer"]


def test_visitors_are_asked_to_sign_in_and_come_back() -> None:
    assert Client().get("/traces?q=kettle")["Location"] == "/sign-in?next=/traces%3Fq%3Dkettle"


def test_a_reviewer_is_sent_to_own_work(client: Client, room: Workspace, owner: Access) -> None:
    named(owner, "secret question")
    client.force_login(factories.member(room, Role.REVIEWER))

    answer = client.get("/traces")

    assert answer.status_code == 403
    assert "under My work" in answer.text
    assert "secret question" not in answer.text


def test_a_viewer_reads(client: Client, room: Workspace, owner: Access, listed: Listed) -> None:
    named(owner, "question")
    client.force_login(factories.member(room, Role.VIEWER))

    assert listed("") == ["question"]


def test_another_workspace_shows_nothing(owner: Access, listed: Listed) -> None:
    named(factories.access(), "theirs")
    named(owner, "ours")

    assert listed("") == ["ours"]
    assert listed("q=theirs") == []


@pytest.mark.parametrize("wanted", ["nonsense", "0190c5d4-0000-7000-8000-000000000000"])
def test_an_unknown_project_is_not_found(client: Client, owner: Access, wanted: str) -> None:
    assert client.get(f"/traces?project={wanted}").status_code == 404


def test_a_strangers_project_is_not_found(client: Client, owner: Access) -> None:
    theirs = named(factories.access(), "theirs")[0].project_id

    assert client.get(f"/traces?project={theirs}").status_code == 404


def test_a_project_shows_its_own_traces(client: Client, owner: Access, listed: Listed) -> None:
    grinder = named(owner, "burrs", project=factories.project(name="grinder"))[0]
    named(owner, "spout", project=factories.project(name="kettle"))

    assert listed(f"project={grinder.project_id}") == ["burrs"]
    assert listed("") == ["spout", "burrs"]
    assert "kettle" in client.get("/traces").text


def verdict(by: Access, trace: Trace, value: float) -> None:
    factories.score(by, trace, value, VERDICT)


@pytest.fixture
def judged(owner: Access) -> None:
    good, bad, middling, _ = named(owner, "good", "bad", "middling", "unjudged")
    verdict(owner, good, 1)
    verdict(owner, bad, 0.1)
    verdict(owner, middling, 0.5)


@pytest.mark.usefixtures("judged")
@pytest.mark.parametrize("few", [0, 1000])
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("scored=yes", ["middling", "bad", "good"]),
        ("scored=no", ["unjudged"]),
        ("min=0.5", ["middling", "good"]),
        ("max=0.5", ["middling", "bad"]),
        ("min=0.2&max=0.9", ["middling"]),
        ("min=0.6&max=0.9", []),
        ("sort=best", ["good", "middling", "bad", "unjudged"]),
        ("sort=worst", ["bad", "middling", "good", "unjudged"]),
        ("sort=best&max=0.5", ["middling", "bad"]),
        ("sort=best&scored=no", ["unjudged"]),
        ("scored=yes&q=d", ["middling", "bad", "good"]),
        ("scored=yes&q=mid", ["middling"]),
    ],
)
def test_verdicts_filter_and_sort(
    listed: Listed, monkeypatch: pytest.MonkeyPatch, query: str, shown: list[str], few: int
) -> None:
    monkeypatch.setattr(found, "_FEW", few)

    assert listed(query) == shown


def test_text_is_found_anywhere_without_regard_to_case(owner: Access, listed: Listed) -> None:
    named(owner, "Größe der Kanne", output='"42"')
    named(owner, "size of the kettle", thread_id="thread-KANNE")

    assert listed(f"q={quote('GRÖSSE'.replace('SS', 'ß'))}") == ["Größe der Kanne"]
    assert listed("q=kanne") == ["size of the kettle", "Größe der Kanne"]


def test_a_tag_is_matched_whole(owner: Access, listed: Listed) -> None:
    named(owner, "first", tags='["kettle"]')
    named(owner, "second", tags='["kettle-lid"]')

    assert listed("tag=kettle") == ["first"]


def test_traces_in_a_dataset_are_told_apart(owner: Access, listed: Listed) -> None:
    added, _ = named(owner, "added", "not added")
    Trace.objects.filter(pk=added.pk).update(added_to_dataset=True)

    assert listed("added=yes") == ["added"]
    assert listed("added=no") == ["not added"]


def clauses(*items: dict[str, str]) -> str:
    return quote(json.dumps(list(items)))


def test_clauses_of_opiks_grammar_filter_too(client: Client, owner: Access, listed: Listed) -> None:
    named(owner, "calm", thread_id="t-1")
    named(owner, "angry", thread_id="t-2")
    query = "filters=" + clauses(
        {"field": "thread_id", "operator": "=", "value": "t-2"},
        {"field": "input", "operator": "contains", "value": "angry"},
    )

    answer = client.get(f"/traces?{query}")

    assert listed(query) == ["angry"]
    assert [chip.words for chip in answer.context["chips"]] == [
        "thread_id = t-2",
        "input contains angry",
    ]


def test_a_group_lists_what_any_alternative_finds(
    client: Client, owner: Access, listed: Listed
) -> None:
    named(owner, "calm", tags='["vip"]')
    named(owner, "angry", thread_id="t-1")
    named(owner, "else", thread_id="t-2")
    vip = {"field": "tags", "operator": "=", "value": "vip"}
    thread = {"field": "thread_id", "operator": "=", "value": "t-1"}
    query = "filters=" + quote(json.dumps([{"any": [vip, [thread, thread]]}]))

    assert listed(query) == ["angry", "calm"]
    assert [chip.words for chip in client.get(f"/traces?{query}").context["chips"]] == [
        "tags = vip or thread_id = t-1 and thread_id = t-1"
    ]


def test_each_chip_leads_to_the_list_without_it(client: Client, owner: Access) -> None:
    named(owner, "question")
    query = "q=que&min=0.50&tag=a%26b&sort=best"

    chips = client.get(f"/traces?{query}").context["chips"]

    assert [(chip.words, chip.without) for chip in chips] == [
        ("score ≥ 0.5", "q=que&tag=a%26b&sort=best"),
        ("tag = a&b", "q=que&min=0.50&sort=best"),
    ]


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("min=abc", "Write a number from 0 to 1."),
        ("max=7", "Write a number from 0 to 1."),
        ("min=0.8&max=0.2", "This is below the lowest score."),
        ("scored=no&min=0.2", "What has no score"),
        ("scored=perhaps", "Select a valid choice"),
        ("sort=random", "Select a valid choice"),
        ("q=%00", "Null characters are not allowed."),
        ("q=" + "x" * 501, "at most 500 characters"),
        ("after=nonsense", "cannot be read"),
        ("sort=best&before=5~5", "cannot be read"),
        ("filters=nonsense", "Invalid filters query parameter"),
    ],
)
def test_what_cannot_be_read_is_said_and_lists_nothing(
    client: Client, owner: Access, query: str, why: str, headers: dict[str, str]
) -> None:
    named(owner, "question asked")

    answer = client.get(f"/traces?{query}", headers=headers)

    assert answer.status_code == 422
    assert why in answer.text
    assert "question asked" not in answer.text


def test_what_was_typed_is_kept_beside_its_mistake(client: Client, owner: Access) -> None:
    named(owner, "question")

    text = client.get("/traces?min=abc&q=kettle").text

    assert 'value="abc"' in text
    assert 'value="kettle"' in text


def test_htmx_gets_the_part_and_the_address_to_show(client: Client, owner: Access) -> None:
    named(owner, "question")

    answer = client.get("/traces?project=&q=question&tag=&sort=newest", headers=HTMX)

    assert answer.text.lstrip().startswith('<div id="traces"')
    assert "<html" not in answer.text
    assert answer["HX-Push-Url"] == "/traces?q=question"
    assert "HX-Request" in answer["Vary"]


def test_a_row_takes_the_list_along_to_its_trace(client: Client, owner: Access) -> None:
    trace = named(owner, "question")[0]

    assert (
        f'href="/traces/{trace.pk}?q=quest&amp;sort=best"'
        in client.get("/traces?q=quest&sort=best").text
    )


@pytest.fixture
def two_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SIZE", 2)


@pytest.mark.usefixtures("two_a_page")
@pytest.mark.parametrize("query", ["", "q=t", "sort=best", "sort=worst", "sort=oldest&q=t"])
def test_pages_lead_to_the_end_and_back(client: Client, owner: Access, query: str) -> None:
    for number, trace in enumerate(named(owner, "t1", "t2", "t3", "t4", "t5")):
        if number < 3:
            verdict(owner, trace, 0.5)
    sizes, there = [], []
    page = client.get(f"/traces?{query}").context["page"]
    while True:
        there.append([row.input for row in page.rows])
        sizes.append(len(page.rows))
        if not page.older_url:
            break
        page = client.get(f"/traces{page.older_url}").context["page"]
    back = [there[-1]]
    while page.newer_url:
        page = client.get(f"/traces{page.newer_url}").context["page"]
        back.append([row.input for row in page.rows])

    assert sizes == [2, 2, 1]
    assert sorted(name for names in there for name in names) == ["t1", "t2", "t3", "t4", "t5"]
    assert back == there[::-1]
    assert page.newer_url == ""


@pytest.mark.usefixtures("two_a_page")
def test_the_first_page_is_full_after_newer_traces_came(client: Client, owner: Access) -> None:
    named(owner, "t1", "t2", "t3")
    second = client.get("/traces" + client.get("/traces").context["page"].older_url)
    named(owner, "t4")

    page = client.get("/traces" + second.context["page"].newer_url).context["page"]

    assert [row.input for row in page.rows] == ["t3", "t2"]
    assert client.get("/traces" + page.newer_url).context["page"].rows[0].input == "t4"


@pytest.mark.usefixtures("two_a_page")
def test_a_page_says_of_how_many(client: Client, owner: Access) -> None:
    for trace in named(owner, "t1", "t2", "t3"):
        verdict(owner, trace, 1)

    def summary(query: str) -> str:
        return str(client.get(f"/traces?{query}").context["page"].summary)

    assert summary("") == "2 of 3"
    assert summary("min=0.5") == "2 of 3"
    assert summary("q=t") == "2 shown"
    assert summary("q=t1") == "1 trace"


@pytest.mark.usefixtures("two_a_page")
def test_counting_stops(client: Client, owner: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found, "COUNTED", 2)
    monkeypatch.setattr(pages, "COUNTED", 2)
    for trace in named(owner, "t1", "t2", "t3"):
        verdict(owner, trace, 1)

    assert client.get("/traces?min=0.5").context["page"].summary == "2 of 2+"


def test_a_search_that_runs_out_of_time_says_so_and_goes_on(
    client: Client, owner: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found, "SECONDS", 0.0)
    monkeypatch.setattr(found, "_FIRST_WINDOW", 2)
    named(owner, "needle", "hay", "hay", "hay", "hay")

    first = client.get("/traces?q=needle")
    second = client.get("/traces" + first.context["page"].older_url)
    third = client.get("/traces" + second.context["page"].older_url)

    assert "Nothing found so far" in first.text
    assert "Looked into 2 traces" in first.text
    assert [row.input for row in third.context["page"].rows] == ["needle"]
    assert third.context["page"].searched is None


def test_a_row_shows_what_is_known_of_its_trace(client: Client, owner: Access) -> None:
    trace = factories.trace(
        owner,
        input='{"messages":[{"role":"user","content":"Is it <b>covered</b>?"}]}',
        output='{"answer":"Yes."}',
        tags='["warranty","grinder","third"]',
        thread_id="marta-20481",
        model_id="llama-3.3",
        end_time=factories.NOON,
    )
    verdict(owner, trace, 0.3)
    comments.add(
        access=owner,
        entity_type=EntityType.TRACE,
        entity_id=trace.pk,
        text="Chipped.",
        queue_id=NIL,
    )

    row = client.get("/traces").context["page"].rows[0]
    text = client.get("/traces").text

    assert (row.input, row.output, row.thread, row.model) == (
        "Is it <b>covered</b>?", "Yes.", "marta-20481", "llama-3.3",
    )  # fmt: skip
    assert (row.comments, row.tags, row.more_tags) == (1, ["warranty", "grinder"], ["third"])
    assert "Is it &lt;b&gt;covered&lt;/b&gt;?" in text
    assert 'class="score bad"' in text


def test_failed_and_running_traces_say_so(client: Client, owner: Access) -> None:
    factories.trace(owner, error_info='{"exception_type":"E","message":"Context exceeded"}')
    factories.trace(owner, input='"waiting"')
    factories.trace(owner, end_time=factories.NOON)

    page = client.get("/traces").context["page"]

    assert [row.state for row in page.rows] == ["", "running", "failed"]
    assert "No output. Context exceeded" in client.get("/traces").text
    assert "running" not in client.get(f"/traces/{page.rows[-1].pk}").text


def test_a_trace_with_an_output_does_not_run_although_no_end_was_sent(
    client: Client, owner: Access
) -> None:
    trace = factories.trace(owner, output='"Yes."')

    assert [row.state for row in client.get("/traces").context["page"].rows] == [""]
    assert "running" not in client.get(f"/traces/{trace.pk}").text


def test_only_the_beginning_of_long_texts_is_fetched(client: Client, owner: Access) -> None:
    factories.trace(owner, input=normal_form.dump("a" * 200_000), output='"b"')

    with CaptureQueriesContext(connection) as captured:
        answer = client.get("/traces")

    assert len(answer.text) < 50_000
    mentions = re.findall(r'(\w*\()?"traces_app_trace"\."input"', str(captured.captured_queries))
    assert set(mentions) <= {"SUBSTR(", "LEFT("}


def queries(client: Client, query: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"/traces?{query}").status_code == 200
    return len(captured)


@pytest.mark.parametrize("query", ["", "q=t", "sort=best", "min=0.1&tag=x"])
def test_fifty_rows_take_as_many_queries_as_one(client: Client, owner: Access, query: str) -> None:
    def more(number: int) -> None:
        for trace in named(owner, *[f"t{index}" for index in range(number)], tags='["x"]'):
            verdict(factories.access(Workspace.objects.get(pk=owner.workspace_id)), trace, 0.5)

    more(1)
    one = queries(client, query)
    more(49)

    assert queries(client, query) == one


def test_an_empty_list_says_how_to_send_the_first_trace(client: Client, owner: Access) -> None:
    answer = client.get("/traces")

    assert "Traces will be listed here" in answer.text
    assert "opik.Opik(" in answer.text
    assert "/settings/keys" in answer.text
    assert "api/v1/private/traces" in client.get("/traces?client=curl").text
    assert "Authorization: Bearer" in client.get("/traces?client=prem").text


def test_an_empty_list_opens_when_the_first_trace_is_there(client: Client, owner: Access) -> None:
    asking = HTMX | {"HX-Trigger": "waiting"}
    assert client.get("/traces", headers=asking).status_code == 204

    named(owner, "first")

    assert client.get("/traces", headers=asking)["HX-Refresh"] == "true"


@pytest.mark.parametrize("nothing", ["null", "[]", " "])
def test_filters_that_ask_for_nothing_are_none(owner: Access, listed: Listed, nothing: str) -> None:
    named(owner, "shown")

    assert listed(f"filters={nothing}") == ["shown"]


def test_no_match_offers_to_clear_the_filters(client: Client, owner: Access) -> None:
    trace = named(owner, "question")[0]

    text = client.get(f"/traces?project={trace.project_id}&q=nowhere&sort=oldest").text

    assert "No trace matches" in text
    assert f'href="?project={trace.project_id}&amp;sort=oldest"' in text


def test_lists_are_kept_out_of_caches(client: Client, owner: Access) -> None:
    assert client.get("/traces")["Cache-Control"] == "private, no-store"
