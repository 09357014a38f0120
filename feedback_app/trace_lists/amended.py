"""The filters of a list with one taken away, changed or added.

A place is ``2`` for the third filter, ``2.0`` for the first alternative of that group.
"""

import json

from traces_app.query.filters import ANY
from traces_app.query.written import Element

Alternative = Element | list[Element]


class NoPlace(ValueError):
    """There is no filter at that place."""


def at(elements: list[Element], place: str) -> Alternative:
    """What stands at a place. Raises NoPlace."""
    index, number = _read(place)
    if index >= len(elements):
        raise NoPlace(place)
    made = elements[index]
    if number is None:
        return made
    if ANY not in made or number >= len(made[ANY]):
        raise NoPlace(place)
    alternative: Alternative = made[ANY][number]
    return alternative


def without(elements: list[Element], place: str) -> list[Element]:
    """Less the filter or alternative; an alternative left alone is a filter like others."""
    at(elements, place)
    index, number = _read(place)
    before, made, after = elements[:index], elements[index], elements[index + 1 :]
    if number is None:
        return before + after
    rest = made[ANY][:number] + made[ANY][number + 1 :]
    if len(rest) > 1:
        return [*before, {ANY: rest}, *after]
    left = [each for one in rest for each in (one if isinstance(one, list) else [one])]
    return before + left + after


def changed(elements: list[Element], place: str, made: Element) -> list[Element]:
    """With ``made`` instead of what stands there. Raises NoPlace."""
    at(elements, place)
    index, number = _read(place)
    if number is not None:
        alternatives = list(elements[index][ANY])
        alternatives[number] = made
        made = {ANY: alternatives}
    return [*elements[:index], made, *elements[index + 1 :]]


def beside(elements: list[Element], place: str, made: Element) -> list[Element]:
    """With ``made`` as an alternative to the filter there. Raises NoPlace."""
    index, _ = _read(place)
    stands = at(elements, str(index))
    alternatives = stands[ANY] if isinstance(stands, dict) and ANY in stands else [stands]
    return [*elements[:index], {ANY: [*alternatives, made]}, *elements[index + 1 :]]


def as_text(elements: list[Element]) -> str:
    """As the address holds them."""
    return json.dumps(elements, ensure_ascii=False) if elements else ""


def _read(place: str) -> tuple[int, int | None]:
    index, dot, number = place.partition(".")
    parts = [index, number] if dot else [index]
    if not all(part.isascii() and part.isdecimal() and len(part) <= 3 for part in parts):
        raise NoPlace(place)
    return int(index), int(number) if dot else None
