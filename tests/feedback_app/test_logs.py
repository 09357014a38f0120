"""What a failed request leaves in the log."""

import logging
import sys

from django.template import Context, Template
from django.template.base import VariableDoesNotExist

from feedback_app.logs import LineFormatter

SECRET = "what a person wrote"


def logged(error: BaseException) -> str:
    try:
        raise error
    except type(error):
        record = logging.LogRecord("x", logging.ERROR, "", 1, "Failed", (), sys.exc_info())
    return LineFormatter().format(record)


def template_error() -> BaseException:
    template = Template("{{ a|default:b.c }}")
    try:
        template.render(Context({"trace": SECRET, "a": ""}))
    except VariableDoesNotExist as error:
        return error
    raise AssertionError("the template has found a name that is not there")


def test_template_error_is_logged_without_its_context() -> None:
    error = template_error()

    line = logged(error)

    assert SECRET in str(error)
    assert SECRET not in line
    assert "VariableDoesNotExist: no 'b' in the context" in line


def test_database_error_is_logged_without_the_row() -> None:
    line = logged(ValueError(f"duplicate key\nDETAIL:  Key (name)=({SECRET}) already exists."))

    assert line.endswith("builtins.ValueError: duplicate key")


def test_what_led_to_an_error_is_logged_first() -> None:
    error = ValueError("second")
    error.__cause__ = KeyError("first")

    line = logged(error)

    assert line.index("KeyError") < line.index("second")
    assert "in logged" in line
