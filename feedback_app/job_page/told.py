"""A job in words: what each kind of job says of itself."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Refused:
    """A trace to which it could not be done; ``url`` is empty where there is no page of it."""

    pk: UUID
    why: str
    url: str = ""


@dataclass(frozen=True)
class Link:
    url: str
    words: str


@dataclass(frozen=True)
class Told:
    """``title`` says what was asked for, ``result`` what came of it so far.

    ``refused`` names the first of ``refused_number``; ``links`` lead to what was made. What is
    counted on the way are ``units``, where that is not plain from the title.
    """

    title: str
    result: str = ""
    refused: tuple[Refused, ...] = ()
    refused_number: int = 0
    links: tuple[Link, ...] = ()
    units: str = ""
