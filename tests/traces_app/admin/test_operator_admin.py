"""What holds for the admin of every model of both apps."""

import time
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from feedback_app.models import (
    ApiKey,
    Correction,
    CorrectionVersion,
    Datapoint,
    Dataset,
    Review,
    User,
)
from tests import admin_rows, factories
from tests.admin_rows import url
from traces_app.models import (
    AnnotationQueue,
    AuditEvent,
    Comment,
    Environment,
    FeedbackDefinition,
    Job,
    Membership,
    OutboxRow,
    Project,
    QueueItem,
    QueueQuestion,
    QueueReviewer,
    Reservation,
    Role,
    Score,
    ScoreMean,
    Span,
    Thread,
    Trace,
    WaitingScore,
    Workspace,
)

pytestmark = pytest.mark.django_db

ADDED = {Environment, Workspace, Membership, FeedbackDefinition, User}
CHANGED = ADDED | {Project, Comment, AnnotationQueue}
DELETED = {Environment, FeedbackDefinition, Project, Trace, Score, Comment, Membership} | {
    AnnotationQueue,
    QueueItem,
}
READ_ONLY = [
    AuditEvent,
    ApiKey,
    Correction,
    CorrectionVersion,
    Datapoint,
    Dataset,
    Job,
    OutboxRow,
    QueueQuestion,
    QueueReviewer,
    Reservation,
    Review,
    ScoreMean,
    Span,
    Thread,
    WaitingScore,
]
every_model = pytest.mark.parametrize(
    "model", admin_rows.models(), ids=lambda model: model.__name__
)


Rows = dict[type[Model], Model]


@pytest.fixture(scope="module")
def rows(module_db: None) -> Rows:
    """One row of every model."""
    return admin_rows.fill()


@pytest.fixture
def client() -> Client:
    return admin_rows.operator_client()


def queries_of(client: Client, model: type[Model]) -> tuple[int, int]:
    """How many queries the list of a model takes, and how many rows it shows."""
    with CaptureQueriesContext(connection) as queries:
        page = client.get(url(model))
    return len(queries), len(page.context["cl"].result_list)


def test_every_model_of_both_apps_is_registered_and_no_other() -> None:
    assert admin_rows.registered() == set(admin_rows.models())


def test_list_search_and_row_of_every_model_are_shown(client: Client, rows: Rows) -> None:
    for model, row in rows.items():
        found = client.get(url(model), {"q": str(row.pk)}).content.decode()
        assert url(model, "change", row) in found
        assert client.get(url(model)).status_code == 200
        assert client.get(url(model, "change", row)).status_code == 200


def test_search_for_what_is_not_there_finds_nothing(client: Client, rows: Rows) -> None:
    for term in ("nothing of this name", "00000000-0000-7000-8000-000000000000", "'%_"):
        pages = {model: client.get(url(model), {"q": term}) for model in rows}
        assert [model for model in rows if pages[model].context["cl"].result_count] == []


@pytest.mark.parametrize("box", ["in_project", "in_workspace", "by_created_by"])
def test_typed_filter_narrows_and_unknown_values_find_nothing(client: Client, box: str) -> None:
    admin_rows.fill(2)
    trace = Trace.objects.first()
    assert trace is not None
    typed = {
        "in_project": trace.project.name.upper(),
        "in_workspace": trace.project.workspace.name.upper(),
        "by_created_by": trace.created_by.email,
    }

    found = client.get(url(Trace), {box: typed[box]}).context["cl"]
    unknown = [client.get(url(Trace), {box: value}).context["cl"] for value in ("x\x00", "%")]

    assert list(found.result_list) == [trace]
    assert [each.result_count for each in unknown] == [0, 0]


@pytest.mark.usefixtures("rows")
def test_choice_that_no_database_takes_finds_nothing(client: Client) -> None:
    found = client.get(url(Datapoint), {"bucket__exact": "\x00"})

    assert found.context["cl"].result_count == 0


def test_age_is_read_from_the_id(client: Client) -> None:
    project, now = factories.project(), time.time()
    new, old = (
        admin_rows.trace(project, pk=UUID(int=int((now - age) * 1000) << 80 | 1))
        for age in (3_500, 3_700)
    )

    hour, day = (
        client.get(url(Trace), {"age": age, "in_project": project.name}).context["cl"]
        for age in ("hour", "day")
    )

    assert list(hour.result_list) == [new]
    assert list(day.result_list) == [new, old]


def test_lists_take_as_many_queries_for_20_rows_as_for_one(client: Client, rows: Rows) -> None:
    for model in rows:
        client.get(url(model))
    few = {model: queries_of(client, model)[0] for model in rows}
    admin_rows.fill(19)

    many = {model: queries_of(client, model) for model in rows}

    assert {model: queries for model, (queries, _) in many.items()} == few
    assert min(shown for _, shown in many.values()) >= 20


def test_no_list_counts_without_a_limit(client: Client, rows: Rows) -> None:
    with CaptureQueriesContext(connection) as queries:
        for model in rows:
            client.get(url(model))

    counts = [query["sql"] for query in queries if "COUNT(" in query["sql"].upper()]
    assert len(counts) == len(rows)
    assert all("LIMIT 10001" in sql for sql in counts)


def test_neither_visitor_nor_owner_of_a_workspace_gets_past_the_sign_in(rows: Rows) -> None:
    owner = factories.member(factories.workspace(), Role.OWNER)

    for client in (Client(), admin_rows.operator_client(owner)):
        for model, row in rows.items():
            for address in (url(model), url(model, "change", row), url(model, "delete", row)):
                assert client.get(address)["Location"].startswith("/admin/login/")


def test_deactivated_operator_is_out() -> None:
    client = admin_rows.operator_client(admin_rows.operator(is_active=False))

    assert client.get("/admin/").status_code == 302


def test_only_what_a_service_writes_has_forms(client: Client, rows: Rows) -> None:
    added = {model for model in rows if client.get(url(model, "add")).status_code == 200}
    changed = {
        model
        for model, row in rows.items()
        if client.post(url(model, "change", row)).status_code == 200
    }
    deleted = {
        model
        for model, row in rows.items()
        if client.get(url(model, "delete", row)).status_code == 200
    }

    assert (added, changed, deleted) == (ADDED, CHANGED, DELETED)


def test_posts_to_what_is_only_read_change_nothing(client: Client, rows: Rows) -> None:
    before = {model: list(model._default_manager.values()) for model in READ_ONLY}

    for model in READ_ONLY:
        row = rows[model]
        client.post(url(model, "add"), {"name": "new"})
        client.post(url(model, "change", row), {"name": "other"})
        client.post(url(model, "delete", row), {"post": "yes"})
        deletion = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
        client.post(url(model), deletion)

    assert {model: list(model._default_manager.values()) for model in READ_ONLY} == before


def test_no_page_needs_inline_script_or_style(client: Client, rows: Rows) -> None:
    for model, row in rows.items():
        for address in (url(model), url(model, "change", row)):
            answer = client.get(address)
            page = answer.content.decode()
            assert "script-src 'self'" in answer["Content-Security-Policy"]
            inline = ("<style", " style=", "<script>", " onclick=")
            assert [each for each in inline if each in page] == []


def test_json_is_shown_whole_indented_and_escaped(client: Client, rows: Rows) -> None:
    page = client.get(url(Trace, "change", rows[Trace])).content.decode()

    assert "&quot;q&quot;: &quot;&lt;script&gt;alert(1)&lt;/script&gt;&quot;,\n" in page
    assert "<script>alert" not in page


def test_billionths_are_shown_as_decimals(client: Client, rows: Rows) -> None:
    assert ">0.7<" in client.get(url(Trace)).content.decode()
    assert ">0.7<" in client.get(url(Trace, "change", rows[Trace])).content.decode()


@pytest.mark.usefixtures("rows")
def test_lists_leave_the_large_columns_alone(client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get(url(Trace))

    listed = next(query["sql"] for query in queries if '"traces_app_trace"."name"' in query["sql"])
    assert '"traces_app_trace"."output"' not in listed


def test_actions_reach_the_ticked_rows_and_no_others(client: Client) -> None:
    project = factories.project()
    ticked, other = admin_rows.trace(project), admin_rows.trace(project)

    client.post(
        url(Trace),
        {
            "action": "delete_selected",
            "_selected_action": [str(ticked.pk)],
            "select_across": "1",
            "post": "yes",
        },
    )

    assert list(Trace.objects.filter(project=project)) == [other]


@pytest.mark.usefixtures("rows")
@every_model
@pytest.mark.parametrize("ticked", ["\x00", "no row", "a\x00b"])
def test_actions_on_what_is_no_row_are_refused(
    client: Client, model: type[Model], ticked: str
) -> None:
    before = model._default_manager.count()

    for action in ("delete_selected", "retry", "revoke"):
        sent = {"action": action, "_selected_action": ticked, "post": "yes"}
        assert client.post(url(model), sent).status_code in (200, 302)

    assert model._default_manager.count() == before


def test_history_of_a_row_is_its_audit_events(client: Client, rows: Rows) -> None:
    row = rows[Trace]
    client.post(url(Trace, "delete", row), {"post": "yes"})

    page = client.get(url(Trace, "history", row), follow=True)

    told = [event.action for event in page.context["cl"].result_list]
    assert told == ["trace.delete", "queue.remove"]


def test_sign_in_is_by_email() -> None:
    admin_rows.operator(email="op@example.com", password="a long enough one")

    answer = Client().post(
        "/admin/login/?next=/admin/",
        {"username": "OP@example.com", "password": "a long enough one"},
        follow=True,
    )

    assert "Marginalia operator" in answer.content.decode()
    assert answer.redirect_chain == [("/admin/", 302)]
