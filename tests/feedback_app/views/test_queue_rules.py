"""The pages of rules."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback_app.models import QueueRule, QueueRuleRun
from feedback_app.services import queue_rules
from feedback_app.trace_lists import found
from tests import factories
from tests.feedback_app.desk import HTMX, Desk, words
from tests.feedback_app.rules import Filling, run_jobs
from traces_app.models import AuditEvent, Job, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def filling() -> Filling:
    return Filling()


def path(filling: Filling, end: str = "") -> str:
    return f"/queues/{filling.queue.pk}/rules{end}"


def post(filling: Filling, end: str, **fields: Any) -> Any:
    given = {"query": "tag=hot", "percent": "100", "daily_cap": "", "is_on": "on"} | fields
    return filling.desk.browser.post(path(filling, end), given)


def test_a_filter_of_the_list_becomes_a_rule(filling: Filling) -> None:
    filling.trace()
    query = f"project={filling.project.pk}&tag=hot&sort=oldest"
    browser = filling.desk.browser

    listed = browser.get(f"/traces?{query}").text
    chosen = browser.get(f"/queues/rules/choose?{query}").text
    form = words(browser.get(path(filling, f"/new?{query}&from=list")))
    answer = post(filling, "/new", query=query, percent="12.5", daily_cap="30")

    rule = QueueRule.objects.get()
    assert "/queues/rules/choose?project=" in listed
    assert f"/queues/{filling.queue.pk}/rules/new?project=" in chosen
    assert "<span>tag</span>" in form
    assert answer["Location"] == path(filling, f"#rule-{rule.pk}")
    assert (rule.query, float(rule.percent), rule.daily_cap) == ("tag=hot", 12.5, 30)


def test_the_page_tells_filter_limit_and_log(filling: Filling) -> None:
    rule = filling.rule("q=refund&scored=no", percent=10, daily_cap=7)
    of_rule = {"project": filling.project, "queue": filling.queue, "rule": rule}
    QueueRuleRun.objects.create(**of_rule, day=queue_rules.today(), looked_at=12345)

    text = words(filling.desk.browser.get(path(filling)))
    board = words(filling.desk.browser.get(f"/queues/{filling.queue.pk}"))

    for part in ("refund", "10</span> %", 'at most <span class="num">7</span> a day', "12345"):
        assert part in text
    assert "refund" in board


def test_a_rule_is_given_another_filter_and_keeps_the_rest(filling: Filling) -> None:
    rule = filling.rule(percent=10, daily_cap=7)

    text = filling.desk.browser.get(path(filling, f"/{rule.pk}?tag=cold&from=list")).text
    post(filling, f"/{rule.pk}", query="tag=cold", percent="10", daily_cap="7", is_on="")

    rule.refresh_from_db()
    assert 'value="tag=cold"' in text
    assert 'value="10"' in text
    assert (rule.query, rule.daily_cap, rule.is_on) == ("tag=cold", 7, False)


def test_a_rule_is_switched_off_and_on_and_deleted_on_record(filling: Filling) -> None:
    rule = filling.rule()

    states = []
    for on in ("0", "1"):
        post(filling, f"/{rule.pk}/switch", on=on)
        rule.refresh_from_db()
        states.append(rule.is_on)
    post(filling, f"/{rule.pk}/delete")

    assert states == [False, True]
    assert not QueueRule.objects.exists()
    actions = AuditEvent.objects.filter(entity_id=rule.pk).order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "rule.create",
        "rule.edit",
        "rule.edit",
        "rule.delete",
    ]


def test_a_rule_switched_off_by_itself_says_why(filling: Filling) -> None:
    rule = filling.rule()
    queue_rules.give_up(rule=rule, workspace_id=filling.desk.room.pk, reason="It broke.")

    shown = words(filling.desk.browser.get(path(filling)))
    post(filling, f"/{rule.pk}/switch", on="1")

    assert "switched off by itself" in shown
    assert "It broke." in shown
    rule.refresh_from_db()
    assert (rule.is_on, rule.off_reason) == (True, "")


def test_a_run_over_what_is_there_shows_progress_and_result(filling: Filling) -> None:
    filling.trace()
    rule, token = filling.rule(), str(uuid4())

    for _ in range(2):
        post(filling, f"/{rule.pk}/backfill", token=token)
    before = words(filling.desk.browser.get(path(filling)))
    run_jobs(Job.Lane.LONG)
    part = filling.desk.browser.get(path(filling, f"/{rule.pk}/runs/{Job.objects.get().pk}"))

    assert "running over what is there" in before
    assert 'hx-trigger="every 2s"' in before
    assert "1</span> was added" in words(part)
    assert "hx-get" not in part.text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"percent": "0"}, "greater than or equal to 0.001"),
        ({"percent": "101"}, "less than or equal to 100"),
        ({"percent": "x"}, "Enter a number"),
        ({"percent": "NaN"}, "Enter a number"),
        ({"daily_cap": "0"}, "greater than or equal to 1"),
        ({"daily_cap": "9" * 30}, "less than or equal to"),
        ({"query": "filters=nonsense"}, "cannot be read"),
        ({"query": f"project={uuid4()}"}, "another project than the queue"),
        ({"query": "q=\x00"}, "ull characters are not allowed"),
        ({"query": "q=%00%ED%A0%80"}, "cannot be read"),
        ({"query": "q=" + "x" * 9000}, "at most 8000"),
    ],
)
def test_bad_input_is_said_and_stores_nothing(
    filling: Filling, fields: dict[str, str], said: str
) -> None:
    made = post(filling, "/new", **fields)
    changed = post(filling, f"/{filling.rule().pk}", **fields)

    assert (made.status_code, changed.status_code) == (422, 422)
    assert said in made.text
    assert QueueRule.objects.get().query == "tag=hot"


def test_a_queue_has_so_many_rules_and_no_more(
    filling: Filling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_rules, "MOST", 1)
    filling.rule()

    answer = post(filling, "/new")

    assert (answer.status_code, QueueRule.objects.count()) == (422, 1)
    assert "at most 1 rules" in answer.text


def test_the_count_tells_how_many_match_and_how_many_of_them(filling: Filling) -> None:
    for _ in range(4):
        filling.trace()
    filling.trace("[]")
    asked = path(filling, "/count?query=tag%3Dhot&percent=50")

    part = words(filling.desk.browser.get(asked, headers=HTMX))
    page = words(post(filling, "/new", do="count", percent="50"))

    for text in (part, page):
        assert "4</b> traces match, now" not in text
        assert "4</b> traces match now." in text
        assert "2</b> of them are in the sample" in text
    assert not QueueRule.objects.exists()


def test_the_count_stops_when_its_time_is_up(
    filling: Filling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found, "SECONDS", -1)
    monkeypatch.setattr(found, "_FIRST_WINDOW", 2)
    for _ in range(5):
        filling.trace()

    text = words(filling.desk.browser.get(path(filling, "/count?query=tag%3Dhot")))

    assert 'of the newest <span class="num">2</span> traces match' in text


@pytest.mark.parametrize("query", ["query=filters%3Dnonsense", "query=&percent=x", "query=q%3D%00"])
def test_a_count_that_cannot_be_told_says_why(filling: Filling, query: str) -> None:
    answer = filling.desk.browser.get(path(filling, f"/count?{query}"))

    assert answer.status_code == 200
    assert 'class="error"' in answer.text


def ways(filling: Filling, rule: QueueRule) -> list[tuple[str, str]]:
    one = f"/{rule.pk}"
    return [
        ("get", path(filling)),
        ("get", path(filling, "/new")),
        ("get", path(filling, "/count")),
        ("get", path(filling, one)),
        ("get", path(filling, f"{one}/runs/{uuid4()}")),
        ("get", "/queues/rules/choose"),
        ("post", path(filling, "/new")),
        ("post", path(filling, one)),
        ("post", path(filling, f"{one}/switch")),
        ("post", path(filling, f"{one}/backfill")),
        ("post", path(filling, f"{one}/delete")),
    ]


def codes(filling: Filling, by: Desk) -> list[int]:
    rule = QueueRule.objects.first() or filling.rule()
    given = {"query": "", "percent": "100"}
    return [getattr(by.browser, verb)(url, given).status_code for verb, url in ways(filling, rule)]


def test_who_may_see_and_change_rules(filling: Filling) -> None:
    viewer = codes(filling, filling.desk.colleague(Role.VIEWER))
    reviewer = codes(filling, filling.desk.colleague(Role.REVIEWER))
    stranger = codes(filling, Desk(Role.OWNER))

    assert viewer == [200, 403, 403, 403, 404, 403, 403, 403, 403, 403, 403]
    assert set(reviewer) == {404}
    assert stranger == [404] * 5 + [200] + [404] * 5
    assert QueueRule.objects.get().query == "tag=hot"


def test_a_visitor_signs_in_first(filling: Filling) -> None:
    browser = Desk().browser
    browser.logout()
    rule = filling.rule()

    answers = [getattr(browser, verb)(url) for verb, url in ways(filling, rule)]

    assert all(each["Location"].startswith("/sign-in") for each in answers)


def test_a_rule_of_another_queue_is_none_of_this(filling: Filling) -> None:
    other = factories.queue(filling.desk.access, filling.project.pk)
    rule = filling.rule()

    answers = [
        getattr(filling.desk.browser, verb)(f"/queues/{other.pk}/rules/{rule.pk}{end}")
        for verb, end in (("get", ""), ("post", "/switch"), ("post", "/delete"))
    ]

    assert [each.status_code for each in answers] == [404, 404, 404]
    assert QueueRule.objects.exists()


def test_the_page_takes_as_many_queries_for_many_rules(filling: Filling) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            filling.desk.browser.get(path(filling))
        return len(queries)

    filling.backfill(filling.rule())
    one = asked()
    for _ in range(4):
        filling.backfill(filling.rule())

    assert asked() == one


def test_a_filter_that_cannot_be_read_leads_back_to_the_list(filling: Filling) -> None:
    answer = filling.desk.browser.get("/queues/rules/choose?filters=nonsense")

    assert answer["Location"] == "/traces"


def test_without_a_queue_one_is_to_be_set_up_first() -> None:
    assert "There is no queue yet" in Desk().browser.get("/queues/rules/choose?tag=hot").text
