"""The part of an output that a person corrects: its one text, else the whole as JSON.

The document around the text keeps its shape, so a corrected chat is still a chat.
"""

import json
from dataclasses import dataclass
from typing import Any

from traces_app import normal_form
from traces_app.errors import Invalid

Path = tuple[str | int, ...]

_ANSWERS = (
    *("output", "answer", "response", "content", "text", "message", "result", "completion"),
    *("generated_text", "output_text", "generation", "value", "data", "return"),
)
"""Keys under which applications put the answer, the likeliest first."""
_LISTS = ("choices", "candidates", "messages", "generations", "parts", "outputs")
_SPEAKS = ("assistant", "ai", "model", "bot")
_DEEPEST = 12


@dataclass(frozen=True)
class Editable:
    """``text`` as a person edits it, and where it stands in ``document``.

    ``path`` is None where the whole document is edited as JSON.
    """

    document: Any
    path: Path | None
    text: str

    def rewritten(self, text: str) -> Any:
        """The document with ``text`` in its place. Raises Invalid for JSON that is none."""
        if self.path is None:
            return _json(text)
        return _put(self.document, self.path, text)


def editable(stored: str | None) -> Editable:
    """What there is to edit in a stored output; nothing at all is an empty text."""
    document = "" if stored is None else normal_form.load(stored)
    path = _path(document, 0) if document is not None else None
    if path is not None:
        return Editable(document, path, _at(document, path))
    if document is None:
        return Editable("", (), "")
    return Editable(document, None, _printed(document))


def same_part(stored: str, of: Editable) -> str:
    """A stored correction as it stands in the editor of an output, to be compared with it."""
    document = normal_form.load(stored)
    if of.path is not None:
        try:
            found = _at(document, of.path)
        except (KeyError, IndexError, TypeError):
            found = None
        if isinstance(found, str):
            return found
    return document if isinstance(document, str) else _printed(document)


def _printed(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise Invalid(normal_form.TOO_DEEP) from error
    except ValueError as error:
        where = (
            f" Line {error.lineno}: {error.msg}." if isinstance(error, json.JSONDecodeError) else ""
        )
        raise Invalid(f"This output is JSON, and what you wrote is not.{where}") from error


def _path(value: Any, depth: int) -> Path | None:
    """Where the one text stands that a person would correct."""
    if isinstance(value, str):
        return ()
    if depth > _DEEPEST:
        return None
    if isinstance(value, dict):
        return _in_object(value, depth)
    return _in_list(value, depth) if isinstance(value, list) else None


def _in_object(value: dict[str, Any], depth: int) -> Path | None:
    for key in _LISTS:
        if isinstance(value.get(key), list) and value[key]:
            below = _in_list(value[key], depth + 1)
            if below is not None:
                return (key, *below)
    for key in _ANSWERS:
        if isinstance(value.get(key), str | dict | list):
            below = _path(value[key], depth + 1)
            if below is not None:
                return (key, *below)
    return None


def _in_list(items: list[Any], depth: int) -> Path | None:
    """The last thing that the assistant says, or the only text of several parts."""
    if not items or not all(isinstance(item, dict) for item in items):
        return None
    if all("role" in item or "type" not in item for item in items):
        number = _last_said(items)
    else:
        texts = [at for at, item in enumerate(items) if item.get("type") in ("text", "output_text")]
        number = texts[-1] if texts else None
    if number is None:
        return None
    below = _path(items[number], depth + 1)
    return None if below is None else (number, *below)


def _last_said(items: list[dict[str, Any]]) -> int | None:
    said = [at for at, item in enumerate(items) if str(item.get("role")).lower() in _SPEAKS]
    if said:
        return said[-1]
    return len(items) - 1 if len(items) == 1 else None


def _at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def _put(document: Any, path: Path, text: str) -> Any:
    """A copy of ``document`` with ``text`` at ``path``; the rest is shared."""
    if not path:
        return text
    step, *rest = path
    changed: Any = list(document) if isinstance(document, list) else dict(document)
    changed[step] = _put(document[step], tuple(rest), text)
    return changed
