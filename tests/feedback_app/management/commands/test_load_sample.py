from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from feedback_app.models import User
from tests import factories
from traces_app.models import Role, Trace

pytestmark = pytest.mark.django_db


def load_sample(*args: str) -> str:
    out = StringIO()
    call_command("load_sample", *args, stdout=out)
    return out.getvalue()


def test_prints_how_to_come_in() -> None:
    lines = load_sample().splitlines()

    password = lines[2].removeprefix("Password: ")
    assert lines[1] == "E-mail: owner@example.com"
    assert User.objects.get(email="owner@example.com").check_password(password)
    assert lines[3].startswith("API key: mg_")


def test_takes_the_password_that_is_given() -> None:
    load_sample("--password", "kettles and finches")

    assert User.objects.get(email="owner@example.com").check_password("kettles and finches")


def test_second_run_says_that_it_is_there() -> None:
    load_sample()

    assert load_sample().startswith("Already there: “Sample: Kettle & Finch”")
    assert Trace.objects.count() == 66


def test_sample_comes_into_a_workspace_that_was_there_before() -> None:
    factories.member(factories.workspace("default"), Role.OWNER)

    assert load_sample().startswith("Loaded “Sample: Kettle & Finch”")
    assert not User.objects.filter(email="owner@example.com").exists()


def test_workspace_without_an_owner_is_refused_in_a_sentence() -> None:
    factories.workspace("default")

    with pytest.raises(CommandError, match="no active owner"):
        load_sample()


def test_weak_password_is_refused_in_a_sentence() -> None:
    with pytest.raises(CommandError, match="too short"):
        load_sample("--password", "1234")
