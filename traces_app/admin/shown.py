"""How values are shown: JSON indented, decimals without needless zeros, nothing cut."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from traces_app.models.scores import BillionthsField

Shown = Callable[[models.Model], Any]
LINE = 80
OPEN_UP_TO = 2_000


def indented(text: str) -> str:
    """Stored JSON text, indented; as it is where it is not JSON."""
    try:
        return msgspec.json.format(text, indent=2)
    except (msgspec.DecodeError, RecursionError):
        return text


def decimal_text(value: Decimal | None) -> str | None:
    """``value`` in plain digits."""
    return None if value is None else f"{value.normalize():f}"


def json_block(name: str) -> Shown:
    """Shows the JSON text of a column, whole and escaped, folded when it is long."""

    def show(row: models.Model) -> SafeString | None:
        text = getattr(row, name)
        if text is None:
            return None
        return format_html(
            "<details{}><summary>{} characters</summary><pre>{}</pre></details>",
            " open" if len(text) <= OPEN_UP_TO else "",
            f"{len(text):,}",
            indented(text),
        )

    return _named(show, name)


def decimal(name: str) -> Shown:
    """Shows a column of billionths as the decimal that it stands for."""

    def show(row: models.Model) -> str | None:
        return decimal_text(getattr(row, name))

    return _named(show, name)


def line(name: str) -> Shown:
    """The beginning of a text, for lists; the row's page has it whole."""

    def show(row: models.Model) -> str | None:
        text = getattr(row, name)
        return None if text is None else Truncator(text).chars(LINE)

    return _named(show, name)


def field(of: "models.Field[Any, Any]", large: tuple[str, ...]) -> str | Shown:
    """How one column stands on a read-only page."""
    if of.name in large:
        return json_block(of.name)
    return decimal(of.name) if isinstance(of, BillionthsField) else of.name


def _named(show: Any, name: str) -> Shown:
    show.__name__ = name
    show.short_description = name.replace("_", " ")
    named: Shown = show
    return named
