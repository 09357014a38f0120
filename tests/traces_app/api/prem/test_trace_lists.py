"""Filters, order and pages of Prem's list of traces."""

import json
from typing import Any

import pytest

from tests import factories
from tests.traces_app.api.prem.studio import Studio, studio
from traces_app.models import Trace, Workspace

pytestmark = pytest.mark.django_db


def listed(prem: Studio, **params: Any) -> list[str]:
    return [trace["id"] for trace in prem.read("get", "traces", **params)["results"]]


@pytest.fixture
def workspace() -> Workspace:
    return factories.workspace()


@pytest.fixture
def prem(workspace: Workspace) -> Studio:
    return studio(workspace)


def test_newest_come_first_across_projects(workspace: Workspace, prem: Studio) -> None:
    projects = [str(factories.project(workspace).pk) for _ in range(3)]
    made = [prem.create(projectId=projects[number % 3]) for number in range(7)]

    assert listed(prem) == made[::-1]
    assert listed(prem, sortOrder="asc") == made


def test_pages_hold_everything_once(workspace: Workspace, prem: Studio) -> None:
    projects = [str(factories.project(workspace).pk) for _ in range(3)]
    made = [prem.create(projectId=projects[number % 2]) for number in range(7)]

    pages = [listed(prem, page=page, pageSize=3) for page in (1, 2, 3, 4)]

    assert [pk for page in pages for pk in page] == made[::-1]
    assert [len(page) for page in pages] == [3, 3, 1, 0]


def test_page_past_the_end_is_empty_with_the_same_total(prem: Studio) -> None:
    prem.create()

    assert prem.read("get", "traces", page=10**9) == {"results": [], "total": 1}


def test_page_size_is_a_setting(prem: Studio, settings: Any) -> None:
    settings.PREM_PAGE_SIZE = 2
    for _ in range(3):
        prem.create()

    assert len(listed(prem)) == 2


def test_unscored_come_last_both_ways(workspace: Workspace, prem: Studio) -> None:
    projects = [str(factories.project(workspace).pk) for _ in range(2)]
    scores = [0.5, None, 0.25, None, 0.75, 0.5]
    made = [
        prem.create(score=score, projectId=projects[number % 2])
        for number, score in enumerate(scores)
    ]

    down = [made.index(pk) for pk in listed(prem, sortBy="score")]
    up = [made.index(pk) for pk in listed(prem, sortBy="score", sortOrder="asc")]

    assert down == [4, 5, 0, 2, 3, 1]
    assert up == [2, 0, 5, 4, 1, 3]
    assert [made.index(pk) for pk in listed(prem, sortBy="score", page=2, pageSize=3)] == [2, 3, 1]


def test_many_projects_are_listed_without_a_part_for_each(
    workspace: Workspace, prem: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("traces_app.query.merged.AT_MOST", 1)
    projects = [str(factories.project(workspace).pk) for _ in range(3)]
    made = [prem.create(projectId=project, score=0.5) for project in projects]

    assert listed(prem) == made[::-1]
    assert listed(prem, sortBy="score") == made[::-1]


def test_project_narrows_list_and_total(workspace: Workspace, prem: Studio) -> None:
    project = str(factories.project(workspace).pk)
    prem.create()
    made = prem.create(projectId=project)

    answer = prem.read("get", "traces", projectId=project)

    assert [trace["id"] for trace in answer["results"]] == [made]
    assert answer["total"] == 1


def test_project_of_others_lists_nothing(prem: Studio) -> None:
    other = studio()
    prem.create()
    other.create()
    theirs = Trace.objects.get(pk=other.create()).project_id

    assert prem.read("get", "traces", projectId=theirs) == {"results": [], "total": 0}


def test_each_filter_lets_through_what_it_says(prem: Studio) -> None:
    low = prem.create(score=0.2, feedback="Bad.", modelId="a")
    high = prem.create(score=0.8, modelId="b")
    none = prem.create(modelId="c")
    Trace.objects.filter(pk=low).update(processing_status="failed")
    Trace.objects.filter(pk=high).update(added_to_dataset=True)

    assert listed(prem, minScore="0.2") == [high, low]
    assert listed(prem, maxScore="0.7") == [low]
    assert listed(prem, minScore="0.3", maxScore="0.7") == []
    assert listed(prem, hasFeedback="true") == [low]
    assert listed(prem, hasFeedback="false") == [none, high]
    assert listed(prem, addedToDataset="true") == [high]
    assert listed(prem, processingStatus="failed") == [low]
    assert listed(prem, modelIds="a, c") == [none, low]


def test_total_counts_what_the_filters_let_through(prem: Studio) -> None:
    for number in range(5):
        prem.create(score=number / 4)

    answer = prem.read("get", "traces", minScore="0.5", pageSize=1)

    assert (len(answer["results"]), answer["total"]) == (1, 3)


def test_time_window_reads_the_time_in_the_ids(prem: Studio) -> None:
    made = prem.create()
    at = prem.read("get", f"traces/{made}")["createdAt"]

    assert listed(prem, **{"from": at[:10], "to": at[:10]}) == [made]
    assert listed(prem, **{"from": "2001-01-01T00:00:00+02:00"}) == [made]
    assert listed(prem, to="2001-01-01") == []


@pytest.mark.parametrize("text", ["ПРИВЕТ", "привет", 'say "x"', "two\nlines", "100%", "Größe"])
def test_text_is_found_without_regard_to_case(prem: Studio, text: str) -> None:
    made = prem.create(input='Привет, say "x" on two\nlines', output="100% GRÖßE")
    prem.create(input="100 lines")

    assert listed(prem, q=text) == [made]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "0"),
        ("page", "-1"),
        ("page", "x"),
        ("page", "1.5"),
        ("page", "9" * 30),
        ("pageSize", "101"),
        ("sortBy", "id"),
        ("sortOrder", "up"),
        ("projectId", "abc"),
        ("minScore", "NaN"),
        ("maxScore", "2"),
        ("maxScore", "x"),
        ("hasFeedback", "maybe"),
        ("addedToDataset", "yes!"),
        ("processingStatus", "done"),
        ("from", "yesterday"),
        ("to", "2026-13-45"),
        ("q", "x" * 1001),
        ("modelIds", ",".join("abcdefghij" * 11)),
    ],
)
def test_bad_parameter_is_named(prem: Studio, name: str, value: str) -> None:
    answer = prem.call("get", "traces", **{name: value})

    assert answer.status_code == 400
    assert set(json.loads(answer.content)["details"]) == {name}


def test_window_that_ends_before_it_begins_is_refused(prem: Studio) -> None:
    answer = prem.call("get", "traces", **{"from": "2026-02-01", "to": "2026-01-01"})

    assert answer.status_code == 400


def test_parameters_without_a_value_and_unknown_ones_are_ignored(prem: Studio) -> None:
    made = prem.create()

    assert listed(prem, page="", projectId="", modelIds="", nonsense="1") == [made]


def test_characters_that_no_database_takes_are_no_error(prem: Studio) -> None:
    prem.create()

    assert listed(prem, q="\x00") == listed(prem, modelIds="\x00") == []
