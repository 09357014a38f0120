"""Environments, as the high-level client keeps them."""

import opik
import pytest
from opik.exceptions import EnvironmentAlreadyExists

pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("default")]


def test_environments_are_made_changed_listed_and_deleted(client: opik.Opik, project: str) -> None:
    made = client.create_environment(project, description="Before.", color="#2f7d4f")
    changed = client.update_environment(project, description="After.")

    listed = {each.name: each for each in client.get_environments()}
    client.delete_environment(project)
    client.delete_environment(project)

    assert (made.name, made.description, made.color) == (project, "Before.", "#2f7d4f")
    assert (changed.id, changed.description, changed.color) == (made.id, "After.", "#2f7d4f")
    assert listed[project].id == made.id
    assert project not in {each.name for each in client.get_environments()}


def test_name_that_is_taken_is_the_sdks_own_error(client: opik.Opik, project: str) -> None:
    client.create_environment(project)

    with pytest.raises(EnvironmentAlreadyExists):
        client.create_environment(project)

    client.delete_environment(project)


def test_environment_of_a_trace_is_that_of_its_spans(client: opik.Opik) -> None:
    trace = client.trace(name="named", environment="production")
    span = trace.span(name="step")
    client.flush()

    found = client.search_spans(filter_string='environment = "production"')

    assert [one.id for one in found] == [span.id]
    assert client.get_trace_content(trace.id).environment == "production"
