"""The filters of a list in words, one chip each, with the ways to the list without or beside it."""

from dataclasses import dataclass

from feedback_app.trace_lists import amended
from feedback_app.trace_lists.asked import Asked
from traces_app.query import written
from traces_app.query.filters import ANY
from traces_app.query.sentences import unquoted
from traces_app.query.written import Element

_OPERATORS = {"is_empty": "is empty", "is_not_empty": "is not empty", "not_contains": "without"}
_SIMPLE = {
    ("verdict", "is_empty"): ("score", "=", "no"),
    ("verdict", "is_not_empty"): ("score", "=", "any"),
    ("verdict", ">="): ("score", "≥", None),
    ("verdict", "<="): ("score", "≤", None),
    ("tags", "="): ("tag", "=", None),
}
"""How filters with a field of their own are said; None is the value itself."""


@dataclass(frozen=True)
class Chip:
    """One filter. ``without`` is the query string of the list that lacks it, ``edit`` and
    ``beside`` are those in which it is changed or gets an alternative, if that can be."""

    field: str
    operator: str
    value: str
    without: str
    edit: str = ""
    beside: str = ""
    alternatives: tuple["Chip", ...] = ()

    @property
    def words(self) -> str:
        if self.alternatives:
            return " or ".join(chip.words for chip in self.alternatives)
        return " ".join(part for part in (self.field, self.operator, self.value) if part)


def of(asked: Asked) -> list[Chip]:
    """In the order of the filter bar; the text to find stands in its own field and has none."""
    simple = [_simple(asked, index, made) for index, made in enumerate(asked.simple)]
    others = enumerate(asked.elements[len(simple) :], start=len(simple))
    return simple + [_chip(asked, index, made) for index, made in others]


def _simple(asked: Asked, index: int, made: Element) -> Chip:
    name, operator = made["field"], made["operator"]
    if name == "added_to_dataset":
        parts = ("in a dataset", "=", asked.added)
        return Chip(*parts, asked.query(added=""), *_ways(asked, str(index)))
    field, sign, value = _SIMPLE[name, operator]
    shown = written.value_of(made) if value is None else value
    lacking = {"=": "scored" if name == "verdict" else "tag", "≥": "min", "≤": "max"}[sign]
    return Chip(field, sign, shown, asked.query(**{lacking: ""}), *_ways(asked, str(index)))


def _chip(asked: Asked, index: int, made: Element) -> Chip:
    place = str(index)
    without = _without(asked, place)
    if ANY not in made:
        return Chip(*_parts(made), without, *_ways(asked, place))
    alternatives = tuple(
        _alternative(asked, f"{index}.{number}", each) for number, each in enumerate(made[ANY])
    )
    beside = asked.query(beside=place)
    return Chip("", "", "", without, beside=beside, alternatives=alternatives)


def _alternative(asked: Asked, place: str, made: Element | list[Element]) -> Chip:
    without = _without(asked, place)
    if isinstance(made, list):
        words = " and ".join(Chip(*_parts(each), "").words for each in made)
        return Chip(words, "", "", without)
    return Chip(*_parts(made), without, asked.query(edit=place))


def _without(asked: Asked, place: str) -> str:
    """Filters with a field of their own come first and stay as they are."""
    index, dot, number = place.partition(".")
    inside = f"{int(index) - len(asked.simple)}{dot}{number}"
    rest = amended.without(asked.elements[len(asked.simple) :], inside)
    return asked.query(filters=amended.as_text(rest))


def _ways(asked: Asked, place: str) -> tuple[str, str]:
    return asked.query(edit=place), asked.query(beside=place)


def _parts(made: Element) -> tuple[str, str, str]:
    """As in the written language, less its quotes."""
    name, operator, value = written.parts(made)
    return name, _OPERATORS.get(operator, operator), unquoted(value)
