"""Whom a text names with an @: members of the workspace, by name, first name or e-mail."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from traces_app.access import Access
from traces_app.models import Membership

MOST = 30
"""So many people are named by one text; who is named after them is not told."""
_MOST_SIGNS = 200
_LONGEST = 255

_SIGN = re.compile(r"(?<![\w.@+-])@(?=\w)")
_END = re.compile(r"(?<=\S)(?!\w|[.@+-]\w)")
"""Behind a whole word: not within a name, nor within an e-mail address."""


class Person(NamedTuple):
    """A member who can sign in."""

    pk: UUID
    name: str
    email: str
    role: str

    @property
    def called(self) -> str:
        return self.name or self.email

    @property
    def short_name(self) -> str:
        return (self.name or self.email.partition("@")[0]).split(" ")[0]


@dataclass
class Named:
    """What each person is called in a text, and the names that lead to nobody."""

    words: dict[UUID, str] = field(default_factory=dict)
    shared: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


class Roll:
    """The members of one workspace, to be found by what people call them."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.people = sorted(people, key=lambda each: (_key(each.called), each.pk))
        self._whole: dict[str, set[UUID]] = defaultdict(set)
        self._short: dict[str, set[UUID]] = defaultdict(set)
        for person in people:
            for name in {person.called, person.email}:
                self._whole[_key(name)].add(person.pk)
            self._short[_key(person.short_name)].add(person.pk)

    def named_in(self, text: str) -> Named:
        """The longest name behind each @ counts: a whole name or e-mail before a first name."""
        found = Named()
        for sign in islice(_SIGN.finditer(text), _MOST_SIGNS):
            words, meant = self._longest(text[sign.end() : sign.end() + _LONGEST])
            if len(meant) != 1:
                said = found.shared if meant else found.unknown
                said += [words] if words not in said else []
            elif len(found.words) < MOST:
                found.words.setdefault(next(iter(meant)), words)
        return found

    def beginning(self, typed: str) -> Iterator[Person]:
        """Those with a name, a word of it, or an e-mail that begins with these letters."""
        wanted = _key(typed)
        for person in self.people:
            names = [person.called, person.email, *person.name.split()]
            if any(_key(name).startswith(wanted) for name in names):
                yield person

    def handle(self, person: Person) -> str:
        """What to write behind an @ so that it names this person alone."""
        read_back = self.named_in(f"@{person.name}").words
        return person.name if read_back.get(person.pk) == person.name else person.email

    def _longest(self, rest: str) -> tuple[str, set[UUID]]:
        """The name that ``rest`` begins with, and whom it means; of an unknown one its word."""
        ends = [each.start() for each in _END.finditer(rest)] or [len(rest)]
        for called in (self._whole, self._short):
            for end in reversed(ends):
                if meant := _get(called, rest[:end]):
                    return rest[:end], meant
        return rest[: ends[0]], set()


def roll(access: Access) -> Roll:
    """The members of the caller's workspace who can sign in; one query."""
    members = Membership.objects.filter(
        workspace_id=access.workspace_id, user__is_active=True, user__is_service=False
    )
    rows = members.values_list("user_id", "user__name", "user__email", "role")
    return Roll([Person(*row) for row in rows])


def _get(called: Mapping[str, set[UUID]], name: str) -> set[UUID]:
    return called.get(_key(name), set())


def _key(name: str) -> str:
    """What two spellings of one name have in common."""
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()
