"""Paths into JSON documents, as people write them: ``a.b[0].c``, ``$.a``, ``a."b.c"``."""

import re

_STEP = re.compile(
    r"""
    \[ \s* (?P<index> -?[0-9]+ ) \s* \]
    | \[ \s* (?P<bracketed> "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' ) \s* \]
    | \.? (?P<quoted> "(?:[^"\\]|\\.)*" )
    | \.? (?P<plain> [^.\[\]"]+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def parse(path: str) -> tuple[str, ...]:
    """The steps of a path; one that cannot be read is taken whole, as a single key."""
    rest = path.strip()
    if rest.startswith("$") and (rest == "$" or rest[1] in ".["):
        rest = rest[1:]
    steps: list[str] = []
    at = 0
    while at < len(rest):
        match = _STEP.match(rest, at)
        if match is None:
            return (path.strip(),)
        steps.append(_text(match))
        at = match.end()
    return tuple(steps)


def _text(match: re.Match[str]) -> str:
    quoted = match["bracketed"] or match["quoted"]
    if quoted:
        return _ESCAPED.sub(r"\1", quoted[1:-1])
    return str(match["index"] or match["plain"])
