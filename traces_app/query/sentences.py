"""Words, quotes and brackets of the written filter language; what they mean is ``written``'s."""

import re
from dataclasses import dataclass

from traces_app.query.fields import EMPTINESS, LISTS, Operator

_DEEPEST = 20
_STRING = r'"(?:[^"\\]|\\.)*"'
_PLAIN = r'[^\s()=!<>,"]'
WORD = re.compile(rf"{_PLAIN}+(?:{_STRING}{_PLAIN}*)*", re.DOTALL)
_TOKEN = re.compile(
    rf"\s*(?:(?P<string>{_STRING})|(?P<symbol>!=|>=|<=|[=<>(),])|(?P<word>{WORD.pattern}))",
    re.DOTALL,
)
_QUOTED = re.compile(_STRING, re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class BadText(ValueError):
    """Text that cannot be read; what is wrong stands from ``start`` to ``end``."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.start, self.end = start, end


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    start: int
    end: int

    @property
    def joins(self) -> str:
        """Which of the words between clauses it is."""
        upper = self.text.upper()
        return upper if self.kind == "word" and upper in ("AND", "OR") else ""

    @property
    def value(self) -> str:
        return unquoted(self.text)


@dataclass(frozen=True)
class Spoken:
    """A clause as it was written."""

    field: Token
    operator: Token
    values: tuple[Token, ...]


@dataclass(frozen=True)
class Node:
    """A clause, or parts that AND or OR joins, and where it stands."""

    start: int
    end: int
    clause: Spoken | None = None
    joined_by: str = ""
    parts: tuple["Node", ...] = ()

    @property
    def flat(self) -> list["Node"]:
        """The parts, with those of the same join in brackets among them."""
        found: list[Node] = []
        for part in self.parts:
            found += part.flat if part.joined_by == self.joined_by else [part]
        return found


def unquoted(text: str) -> str:
    return _ESCAPED.sub(r"\1", text[1:-1]) if _QUOTED.fullmatch(text) else text


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def parse(text: str) -> Node:
    """The tree of a text that is not blank. Raises BadText."""
    reader = _Reader(_tokens(text))
    node = reader.joined("OR", 0)
    if reader.next.kind != "end":
        raise reader.refusal("AND or OR has to stand before this.")
    return node


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            quote = text[start] == '"'
            message = "This quote is never closed." if quote else "This cannot stand here."
            raise BadText(message, start, end if quote else start + 1)
        kind = match.lastgroup
        tokens.append(Token(kind, match[kind], match.start(kind), match.end()))
        at = match.end()
    return [*tokens, Token("end", "", end, end)]


class _Reader:
    """Takes tokens from the left, one clause or bracket at a time."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def next(self) -> Token:
        return self._tokens[self._at]

    def refusal(self, message: str) -> BadText:
        return BadText(message, self.next.start, self.next.end)

    def joined(self, word: str, depth: int) -> Node:
        """What ``word`` joins; AND binds closer than OR."""
        parts = [self._part(word, depth)]
        while self.next.joins == word:
            self._take()
            parts.append(self._part(word, depth))
        if len(parts) == 1:
            return parts[0]
        return Node(parts[0].start, parts[-1].end, joined_by=word, parts=tuple(parts))

    def _part(self, word: str, depth: int) -> Node:
        if word == "OR":
            return self.joined("AND", depth)
        return self._bracket(depth + 1) if self.next.text == "(" else self._clause()

    def _bracket(self, depth: int) -> Node:
        if depth > _DEEPEST:
            raise self.refusal("These are too many brackets.")
        start = self._take().start
        inside = self.joined("OR", depth)
        if self.next.text != ")":
            raise self.refusal("A closing bracket is missing here.")
        end = self._take().end
        return Node(start, end, inside.clause, inside.joined_by, inside.parts)

    def _clause(self) -> Node:
        if self.next.kind != "word" or self.next.joins:
            raise self.refusal("A field is missing here, such as tags or verdict.")
        field = self._take()
        if self.next.text not in list(Operator):
            raise self.refusal(f"An operator such as = or contains is missing after {field.text}.")
        operator = self._take()
        values = self._values(Operator(operator.text))
        return Node(field.start, (values or [operator])[-1].end, Spoken(field, operator, values))

    def _values(self, operator: Operator) -> tuple[Token, ...]:
        if operator in EMPTINESS:
            return ()
        if operator not in LISTS or self.next.text != "(":
            return (self._value(operator),)
        self._take()
        values = [self._value(operator)]
        while self.next.text == ",":
            self._take()
            values.append(self._value(operator))
        if self.next.text != ")":
            raise self.refusal("A closing bracket is missing here.")
        self._take()
        return tuple(values)

    def _value(self, operator: Operator) -> Token:
        if self.next.kind not in ("word", "string") or self.next.joins:
            raise self.refusal(f"A value is missing after “{operator}”.")
        return self._take()

    def _take(self) -> Token:
        token = self.next
        self._at += 1
        return token
