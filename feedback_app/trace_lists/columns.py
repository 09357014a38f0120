"""The columns of the trace list: which there are, which are shown, and in what order."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from traces_app.normal_form import clean_text

MOST = 14
_SCORE = "score."


@dataclass(frozen=True)
class Column:
    """``key`` is its name in the address, ``part`` the template of its cells. ``score`` is the
    name of a score whose means it shows."""

    key: str
    words: str
    css: str
    part: str = "value"
    score: str = ""

    @property
    def template(self) -> str:
        return f"feedback_app/trace_lists/columns/_{self.part}.html"


_ALL = (
    Column("score", "Score", "val", "score"),
    Column("text", "Input and output", "text", "text"),
    Column("marks", "Comments and dataset", "side", "marks"),
    Column("tags", "Tags", "tagcol", "tags"),
    Column("project", "Project", "of mute"),
    Column("thread", "Thread", "thread mute", "thread"),
    Column("model", "Model", "model mute"),
    Column("comment", "Last comment", "lastly"),
    Column("name", "Name", "of mute"),
    Column("duration", "Duration", "figure mute end"),
    Column("tokens", "Tokens", "figure mute end"),
    Column("cost", "Cost", "figure mute end"),
    Column("source", "Source", "brief mute"),
    Column("environment", "Environment", "brief mute"),
    Column("started", "Started", "when mute end", "started"),
)
_BY_KEY = {column.key: column for column in _ALL}
_USUAL = ("score", "text", "marks", "tags", "project", "thread", "model", "started")
_LINK = "text"


class BadColumns(ValueError):
    """Text that names a column which is not there, or too many."""


def read(text: str, *, has_projects: bool = True) -> list[Column]:
    """The columns that an address asks for, the usual ones for none; the one that leads to the
    trace is always there. Raises BadColumns."""
    if not text:
        return [_BY_KEY[key] for key in _USUAL if has_projects or key != "project"]
    keys = list(dict.fromkeys(text.split(",")))
    if len(keys) > MOST:
        raise BadColumns(f"A list shows at most {MOST} columns.")
    columns = [_column(key) for key in keys]
    return columns if _BY_KEY[_LINK] in columns else [_BY_KEY[_LINK], *columns]


def write(columns: Sequence[Column]) -> str:
    """As an address names them; empty for the usual ones."""
    keys = [column.key for column in columns]
    return "" if keys == list(_USUAL) else ",".join(keys)


def of_score(name: str) -> Column:
    return Column(_SCORE + quote(name, safe=""), name, "figure end", "value", name)


def others(columns: Sequence[Column], names: Sequence[str]) -> list[Column]:
    """Those that could be shown, too, with the scores of ``names``."""
    offered = [*_ALL, *(of_score(name) for name in names)]
    shown = {column.key for column in columns}
    return [column for column in offered if column.key not in shown]


def may_go(column: Column) -> bool:
    return column.key != _LINK


def _column(key: str) -> Column:
    name = clean_text(unquote(key.removeprefix(_SCORE))).strip()
    if key.startswith(_SCORE) and name and len(name) <= 255:
        return of_score(name)
    if key not in _BY_KEY:
        raise BadColumns(f"There is no column “{key}”.")
    return _BY_KEY[key]
