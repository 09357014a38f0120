"""The parts of one message's content, as OpenAI, Anthropic and Gemini write them."""

from collections.abc import Callable
from typing import Any

from feedback_app.reading.gemini_parts import gemini_part
from feedback_app.reading.parts import (
    Code,
    Data,
    File,
    Part,
    Picture,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
    others,
    text_of,
)
from feedback_app.reading.spoken import inline, size, spoken

_ASIDE = ("type", "id", "index", "cache_control")


def parts_of(content: Any) -> list[Part]:
    """``content`` of a message: a text, one part, or a list of texts and parts."""
    if content is None or content == "":
        return []
    if isinstance(content, str):
        return spoken(content)
    if isinstance(content, list):
        return [part for item in content for part in parts_of_item(item)]
    return parts_of_item(content)


def parts_of_item(item: Any) -> list[Part]:
    """One entry of a content list; what no dialect explains stays as data."""
    if isinstance(item, str):
        return spoken(item)
    known = known_part(item)
    return [Data(item)] if known is None else known


def known_part(item: Any) -> list[Part] | None:
    """The parts that ``item`` stands for, or None when no dialect explains it."""
    if not isinstance(item, dict):
        return None
    kind = item.get("type")
    if isinstance(kind, str):
        return _typed(kind, item)
    return gemini_part(item)


def _typed(kind: str, item: dict[str, Any]) -> list[Part] | None:
    if kind not in _BY_TYPE:
        return None
    reader, shown = _BY_TYPE[kind]
    parts = reader(item)
    if parts and isinstance(parts[0], Data):
        return parts
    return [*parts, *others(item, *_ASIDE, *shown)]


def _text(item: dict[str, Any]) -> list[Part]:
    text = item.get("text", item.get("content"))
    if isinstance(text, dict):  # OpenAI's assistants wrap it once more
        text = text.get("value")
    return spoken(text) if isinstance(text, str) else [Data(item)]


def _reasoning(item: dict[str, Any]) -> list[Part]:
    text = item.get("thinking") or item.get("reasoning") or item.get("text")
    if isinstance(text, str):
        return [Reasoning(text)]
    summary = item.get("summary")
    lines = [text_of(each.get("text")) for each in summary or [] if isinstance(each, dict)]
    return [Reasoning("\n\n".join(lines))] if any(lines) else [Data(item, "reasoning")]


def _redacted(item: dict[str, Any]) -> list[Part]:
    return [Reasoning("The provider hid this reasoning.")]


def _image(item: dict[str, Any]) -> list[Part]:
    at = item.get("image_url") or item.get("source") or item.get("url") or item.get("image")
    if isinstance(at, dict):
        return _sourced(at, item)
    return [Picture(at)] if isinstance(at, str) else [Data(item)]


def _sourced(source: dict[str, Any], item: dict[str, Any]) -> list[Part]:
    if isinstance(source.get("url"), str):
        return [Picture(source["url"])]
    kind, data = source.get("media_type") or item.get("mime_type"), source.get("data")
    if isinstance(kind, str) and isinstance(data, str):
        return inline(kind, data)
    return [Data(item)]


def _audio(item: dict[str, Any]) -> list[Part]:
    audio = item.get("input_audio") or item.get("audio") or item
    if not isinstance(audio, dict):
        return [Data(item)]
    kind = text_of(audio.get("format")) or "audio"
    return [File(f"{kind}, {size(len(text_of(audio.get('data'))) * 3 // 4)}, inside the trace")]


def _file(item: dict[str, Any]) -> list[Part]:
    file = item.get("file") or item.get("source") or item
    if not isinstance(file, dict):
        return [Data(item)]
    name = text_of(file.get("filename")) or text_of(item.get("title")) or "file"
    url = text_of(file.get("file_url")) or text_of(file.get("url"))
    held = text_of(file.get("file_data")) or text_of(file.get("data"))
    if isinstance(file.get("data"), str) and file.get("type") == "text":
        return [Code(file["data"])]
    if not url and not held and "file_id" not in file:
        return [Data(item)]
    weight = f", {size(len(held) * 3 // 4)}, inside the trace" if held else ""
    return [File(f"{name}{weight}", url)]


def _call(item: dict[str, Any]) -> list[Part]:
    arguments = item.get("input", item.get("arguments", item.get("args")))
    call_id = text_of(item.get("call_id")) or text_of(item.get("id"))
    return [ToolCall(text_of(item.get("name")) or "tool", arguments, call_id)]


def _result(item: dict[str, Any]) -> list[Part]:
    content = item.get("content", item.get("output"))
    call_id = text_of(item.get("tool_use_id")) or text_of(item.get("call_id"))
    return [ToolResult(text_of(item.get("name")) or call_id, content)]


def _refusal(item: dict[str, Any]) -> list[Part]:
    return [Text(text_of(item.get("refusal")))]


_Reader = Callable[[dict[str, Any]], list[Part]]
# How each type is read, and which of its fields that shows; others are kept beside it.
_BY_TYPE: dict[str, tuple[_Reader, tuple[str, ...]]] = {
    **dict.fromkeys(("text", "input_text", "output_text"), (_text, ("text", "content"))),
    "thinking": (_reasoning, ("thinking", "signature")),
    "reasoning": (_reasoning, ("reasoning", "text", "summary", "encrypted_content", "status")),
    "redacted_thinking": (_redacted, ("data",)),
    **dict.fromkeys(
        ("image_url", "input_image", "image"),
        (_image, ("image_url", "source", "url", "image", "detail", "mime_type")),
    ),
    **dict.fromkeys(("input_audio", "audio"), (_audio, ("input_audio", "audio", "data", "format"))),
    **dict.fromkeys(
        ("file", "input_file", "document"),
        (_file, ("file", "source", "title", "filename", "file_data", "file_url", "file_id")),
    ),
    **dict.fromkeys(
        ("tool_use", "server_tool_use", "function_call", "tool_call"),
        (_call, ("name", "input", "arguments", "args", "call_id", "status")),
    ),
    **dict.fromkeys(
        ("tool_result", "function_call_output"),
        (_result, ("name", "content", "output", "tool_use_id", "call_id", "status")),
    ),
    "refusal": (_refusal, ("refusal",)),
}
