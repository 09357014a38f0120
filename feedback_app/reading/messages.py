"""One message, as OpenAI, Anthropic, Gemini and LangChain write it."""

from typing import Any

from feedback_app.reading.content_parts import parts_of
from feedback_app.reading.parts import (
    SYSTEM,
    TOOL,
    Data,
    Part,
    Reasoning,
    ToolCall,
    ToolResult,
    Turn,
    others,
    rest_of,
    role_of,
    text_of,
)

# By any of these beside a role an object shows that it is a message.
_BODIES = ("content", "parts", "tool_calls", "function_call", "reasoning_content", "refusal")
_LANGCHAIN_TYPES = {"human", "ai", "system", "tool", "function", "chat"}
_CALLS = ("tool_calls", "function_call")
_REASONING = ("reasoning_content", "reasoning", "thinking")
_ASIDE = ("role", "type", "name", "id", "tool_call_id", "status", "object", "stop_reason", "phase")


def turn_of(item: Any) -> Turn | None:
    """The turn that ``item`` is, or None when it is no message of a known dialect."""
    if not isinstance(item, dict):
        return None
    if isinstance(item.get("role"), str) and any(body in item for body in _BODIES):
        return _message(item, item["role"])
    return _langchain(item) or _responses_item(item)


def system_turn(content: Any) -> Turn:
    """Instructions that stand outside the messages."""
    if isinstance(content, dict) and "parts" in content:
        content = content["parts"]
    return Turn(SYSTEM, parts_of(content))


def pair_turn(item: Any) -> Turn | None:
    """LangChain's short form: ``["human", "Hello"]``."""
    if not (isinstance(item, list) and len(item) == 2 and isinstance(item[0], str)):
        return None
    known = role_of(item[0]) != item[0] or item[0] in {"system", "user", "assistant", "tool"}
    return Turn(role_of(item[0]), parts_of(item[1])) if known else None


def _message(item: dict[str, Any], word: str) -> Turn:
    role, name = role_of(word), text_of(item.get("name"))
    body = "parts" if "parts" in item else "content"
    content = item.get(body)
    parts: list[Part] = [Reasoning(item[key]) for key in _REASONING if _said(item.get(key))]
    if role == TOOL:
        parts.append(ToolResult(name or text_of(item.get("tool_call_id")), content))
    else:
        parts += parts_of(content)
        if parts and all(isinstance(part, ToolResult) for part in parts):
            role = TOOL  # Anthropic and Gemini hand results back in the user's name
    if _said(item.get("refusal")):
        parts += parts_of(item["refusal"])
    parts += _calls(item)
    return Turn(role, [*parts, *others(item, body, *_ASIDE, *_shown(item))], name)


def _shown(item: dict[str, Any]) -> list[str]:
    """Which of the fields that not every message has were read as what they should be."""
    kinds = {"tool_calls": list, "function_call": dict}
    texts = [key for key in (*_REASONING, "refusal") if _said(item.get(key))]
    return [*texts, *(key for key, kind in kinds.items() if isinstance(item.get(key), kind))]


def _calls(item: dict[str, Any]) -> list[Part]:
    """Tool calls in OpenAI's form (``function``) or LangChain's (``name``, ``args``)."""
    calls = item.get("tool_calls")
    found: list[Part] = [_call(call) for call in calls] if isinstance(calls, list) else []
    if isinstance(item.get("function_call"), dict):
        found.append(_call({"function": item["function_call"]}))
    return found


def _call(call: Any) -> Part:
    if not isinstance(call, dict):
        return Data(call)
    function, call_id = call.get("function"), text_of(call.get("id"))
    if isinstance(function, dict):
        name = text_of(function.get("name")) or "function"
        return ToolCall(name, function.get("arguments"), call_id)
    if "name" not in call:
        return Data(call)
    arguments = call.get("args", call.get("arguments"))
    return ToolCall(text_of(call["name"]) or "tool", arguments, call_id)


def _langchain(item: dict[str, Any]) -> Turn | None:
    """Messages of LangChain: plain, wrapped in ``data``, or as a serialised constructor."""
    kwargs, path = item.get("kwargs"), item.get("id")
    if item.get("lc") is not None and isinstance(kwargs, dict) and isinstance(path, list) and path:
        kind = text_of(path[-1]).removesuffix("Chunk").removesuffix("Message").lower()
        return _langchain_body(kind, kwargs) if "content" in kwargs else None
    kind = text_of(item.get("type")).removesuffix("Chunk").removesuffix("Message").lower()
    if kind not in _LANGCHAIN_TYPES:
        return None
    body = item.get("data") if isinstance(item.get("data"), dict) else item
    return _langchain_body(kind, body) if isinstance(body, dict) and "content" in body else None


def _langchain_body(kind: str, body: dict[str, Any]) -> Turn:
    more = body.get("additional_kwargs")
    if isinstance(more, dict):
        own = {} if body.get("tool_calls") else more
        calls = {key: own[key] for key in _CALLS if key in own}
        body = {**body, **calls, "additional_kwargs": rest_of(more, *_CALLS)}
    word = text_of(body.get("role")) if kind == "chat" else kind
    return _message(rest_of(body, "role", "type", "invalid_tool_calls", "example"), word or kind)


def _responses_item(item: dict[str, Any]) -> Turn | None:
    """An entry of OpenAI's Responses that has no role: a call, its result, or reasoning."""
    kind = item.get("type")
    if kind == "function_call" and "arguments" in item:
        return Turn("assistant", parts_of(item))
    if kind == "function_call_output" and "output" in item:
        return Turn(TOOL, parts_of(item))
    if kind == "reasoning" and "summary" in item:
        return Turn("assistant", parts_of(item))
    return None


def _said(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())
