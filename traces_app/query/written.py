"""The filter language as people write it, in one line:

``feedback_scores.Tone < 0.5 AND (tags contains "vip" OR model = "x")``

It is read into the elements that ``filters.parse`` takes, and these are written back.
"""

import re
from typing import Any
from urllib.parse import unquote

from traces_app.query import filters, paths, sentences
from traces_app.query.fields import EMPTINESS, LISTS, OPERATORS, Operator, Registry, Type
from traces_app.query.filters import ANY, NEEDS_KEY, BadFilter
from traces_app.query.sentences import BadText, Node, Spoken, quoted, unquoted
from traces_app.query.traces import TRACES
from traces_app.query.values import VERBATIM

Element = dict[str, Any]
"""A clause, or a group of alternatives, as a filter in JSON holds it."""

_NICKNAMES = {"model": "model_id"}
_NICKNAME_OF = {name: nickname for nickname, name in _NICKNAMES.items()}
_DOCUMENTS = {"input": "input_json", "output": "output_json"}
_DOCUMENT_OF = {name: document for document, name in _DOCUMENTS.items()}
_BARE = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?|true|false")
_SIMPLE = re.compile(r"[\w-]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+")
_WRONG = {
    Type.NUMBER: "is no number",
    Type.FEEDBACK_SCORES_NUMBER: "is no number",
    Type.VERDICT: "is no number",
    Type.DICTIONARY: "is no number",
    Type.BOOLEAN: "is neither true nor false",
    Type.DATE_TIME: "is no time: write 2026-03-01, 2026-03-01T12:00Z or “7 days ago”",
}
_WHICH = "Say which by a name or path, such as feedback_scores.Tone or metadata.user."


def read(text: str, *, registry: Registry = TRACES) -> list[Element]:
    """The elements that ``text`` stands for. Raises BadText."""
    if not text.strip():
        return []
    node = sentences.parse(text)
    if node.joined_by == "AND":
        return [_element(part, registry) for part in node.flat]
    return [_element(node, registry)]


def write(elements: list[Element], *, registry: Registry = TRACES) -> str:
    """The text of elements that ``filters.parse`` takes."""
    if len(elements) == 1 and ANY in elements[0]:
        return _written_group(elements[0], registry)
    texts = []
    for each in elements:
        written = _written_group(each, registry) if ANY in each else clause(each, registry)
        texts.append(f"({written})" if ANY in each else written)
    return " AND ".join(texts)


def clause(made: Element, registry: Registry = TRACES) -> str:
    """The text of one clause."""
    return " ".join(part for part in parts(made, registry) if part)


def parts(made: Element, registry: Registry = TRACES) -> tuple[str, str, str]:
    """Field, operator and value of one clause as text, the latter in quotes unless a number."""
    name, key = field_and_key(made)
    operator = Operator(made["operator"])
    kind = registry.fields[name].type
    shown = _DOCUMENT_OF.get(name, _NICKNAME_OF.get(name, name))
    field = f"{shown}.{_written_key(key, kind)}" if kind in NEEDS_KEY else shown
    if operator in EMPTINESS:
        return field, operator.value, ""
    value = value_of(made, registry)
    if operator in LISTS:
        listed = ", ".join(_written_value(part.strip()) for part in value.split(","))
        return field, operator.value, f"({listed})"
    return field, operator.value, _written_value(value)


def value_of(made: Element, registry: Registry = TRACES) -> str:
    """A clause's value as a person wrote it."""
    sent = made.get("value")
    text = "" if sent is None else str(sent)
    text = text.lower() if isinstance(sent, bool) else text
    name, _ = field_and_key(made)
    return text if registry.fields[name].type in VERBATIM else unquote(text)


def element(
    name: str, operator: str, value: str, key: str = "", registry: Registry = TRACES
) -> Element:
    """The clause in which ``value`` means what a person wrote."""
    kind = registry.fields[name].type
    if kind is Type.DATE_TIME:
        value = _with_zone(value.strip())
    if kind not in VERBATIM:
        value = value.replace("%", "%25")
    made: Element = {"field": name, "operator": operator}
    if kind in NEEDS_KEY:
        made["key"] = key
    return made if operator in EMPTINESS else made | {"value": value}


def complaint(made: Element, registry: Registry = TRACES) -> str:
    """What a person has to know about a clause that ``filters.parse`` refuses; else empty."""
    try:
        filters.parse([made], registry=registry)
    except BadFilter:
        return _complaint(made, registry)
    return ""


def _complaint(made: Element, registry: Registry) -> str:
    kind = registry.fields[made["field"]].type
    if made["operator"] not in OPERATORS[kind]:
        known = ", ".join(sorted(OPERATORS[kind]))
        return f"“{made['operator']}” does not go with {made['field']}; it takes {known}."
    if kind in NEEDS_KEY and not str(made.get("key", "")).strip():
        return _WHICH
    value = value_of(made, registry)
    if not value.strip():
        return "A value is missing here."
    return f"“{value}” {_WRONG.get(kind, 'cannot be looked for')}."


def field_and_key(made: Element) -> tuple[str, str]:
    """The registry's own name of the field, and its key: ``custom`` is Opik's word for paths."""
    name, key = str(made["field"]), str(made.get("key") or "")
    if name != "custom":
        return name, key
    root, *steps = paths.parse(key)
    return (_DOCUMENTS[root] if steps else root), _path(steps)


def _path(steps: list[str] | tuple[str, ...]) -> str:
    return ".".join(step if _SIMPLE.fullmatch(step) else quoted(step) for step in steps)


def _written_key(key: str, kind: Type) -> str:
    is_path = kind is Type.DICTIONARY
    if sentences.WORD.fullmatch(f"x.{key}") and (is_path or '"' not in key):
        return key
    return _path(paths.parse(key)) if is_path else quoted(key)


def _written_value(value: str) -> str:
    return value if _BARE.fullmatch(value) else quoted(value)


def _written_group(group: Element, registry: Registry) -> str:
    texts = []
    for each in group[ANY]:
        together = each if isinstance(each, list) else [each]
        texts.append(" AND ".join(clause(one, registry) for one in together))
    return " OR ".join(texts)


def _with_zone(value: str) -> str:
    if _DAY.fullmatch(value):
        return f"{value}T00:00:00Z"
    return f"{value}Z" if _TIME.fullmatch(value) else value


def _element(node: Node, registry: Registry) -> Element:
    """A clause, or a group one deep."""
    if node.clause is not None:
        return _clause(node.clause, registry)
    return {ANY: [_alternative(part, registry) for part in node.flat]}


def _alternative(node: Node, registry: Registry) -> Element | list[Element]:
    if node.clause is not None:
        return _clause(node.clause, registry)
    together = []
    for part in node.flat:
        if part.clause is None:
            raise BadText("An OR in brackets cannot stand inside another OR.", part.start, part.end)
        together.append(_clause(part.clause, registry))
    return together


def _clause(spoken: Spoken, registry: Registry) -> Element:
    name, key = _named(spoken.field.text, registry)
    if name not in registry.fields:
        field = spoken.field
        raise BadText(f"There is no field “{field.text}”.", field.start, field.end)
    value = ",".join(token.value for token in spoken.values)
    made = element(name, spoken.operator.text, value, key, registry)
    wrong = complaint(made, registry)
    if wrong:
        at = _place(spoken, made, registry)
        raise BadText(wrong, *at)
    return made


def _place(spoken: Spoken, made: Element, registry: Registry) -> tuple[int, int]:
    kind = registry.fields[made["field"]].type
    if made["operator"] not in OPERATORS[kind]:
        return spoken.operator.start, spoken.operator.end
    if not spoken.values or (kind in NEEDS_KEY and not made["key"]):
        return spoken.field.start, spoken.field.end
    return spoken.values[0].start, spoken.values[-1].end


def _named(written: str, registry: Registry) -> tuple[str, str]:
    """Field and key. Some fields have a dot in their own name (``usage.total_tokens``)."""
    if written in registry.fields:
        return written, ""
    root, dot, key = written.partition(".")
    if dot and root in _DOCUMENTS and _DOCUMENTS[root] in registry.fields:
        root = _DOCUMENTS[root]
    root = _NICKNAMES.get(root, root)
    if root in registry.fields and registry.fields[root].type not in NEEDS_KEY and dot:
        return written, ""
    is_name = root == "feedback_scores" or root == "span_feedback_scores"
    return root, unquoted(key) if is_name else key
