"""The parts of one message's content, as OpenAI, Anthropic and Gemini write them."""

from collections.abc import Callable
from typing import Any

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
    text_of,
)

_THINKING = ("<think>", "</think>")


def parts_of(content: Any) -> list[Part]:
    """``content`` of a message: a text, one part, or a list of texts and parts."""
    if content is None or content == "":
        return []
    if isinstance(content, str):
        return _spoken(content)
    if isinstance(content, list):
        return [part for item in content for part in parts_of_item(item)]
    return parts_of_item(content)


def parts_of_item(item: Any) -> list[Part]:
    """One entry of a content list; what no dialect explains stays as data."""
    if isinstance(item, str):
        return _spoken(item)
    known = known_part(item)
    return [Data(item)] if known is None else known


def known_part(item: Any) -> list[Part] | None:
    """The parts that ``item`` stands for, or None when no dialect explains it."""
    if not isinstance(item, dict):
        return None
    kind = item.get("type")
    if isinstance(kind, str):
        reader = _BY_TYPE.get(kind)
        return reader(item) if reader else None
    return _gemini_part(item)


def _spoken(text: str) -> list[Part]:
    """A text whose beginning may be reasoning between ``<think>`` tags."""
    opening, closing = _THINKING
    if text.lstrip().startswith(opening) and closing in text:
        thought, said = text.lstrip()[len(opening) :].split(closing, 1)
        return [Reasoning(thought.strip()), *([Text(said.strip())] if said.strip() else [])]
    return [Text(text)]


def _text(item: dict[str, Any]) -> list[Part]:
    text = item.get("text", item.get("content"))
    if isinstance(text, dict):  # OpenAI's assistants wrap it once more
        text = text.get("value")
    return _spoken(text) if isinstance(text, str) else [Data(item)]


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


def inline(kind: str, data: str) -> list[Part]:
    """A file that stands in the content itself, as base64."""
    if kind.startswith("image/"):
        return [Picture(f"data:{kind};base64,{data}", kind)]
    return [File(f"{kind}, {_size(len(data) * 3 // 4)}, inside the trace")]


def _audio(item: dict[str, Any]) -> list[Part]:
    audio = item.get("input_audio") or item.get("audio") or item
    if not isinstance(audio, dict):
        return [Data(item)]
    kind = text_of(audio.get("format")) or "audio"
    return [File(f"{kind}, {_size(len(text_of(audio.get('data'))) * 3 // 4)}, inside the trace")]


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
    size = f", {_size(len(held) * 3 // 4)}, inside the trace" if held else ""
    return [File(f"{name}{size}", url)]


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


def _gemini_part(item: dict[str, Any]) -> list[Part] | None:
    """Gemini's parts carry no type: the key is the type."""
    for keys, reader in _BY_KEY.items():
        for key in keys:
            if key in item:
                return reader(item[key], item)
    return None


def _gemini_text(text: Any, item: dict[str, Any]) -> list[Part]:
    if not isinstance(text, str):
        return [Data(item)]
    return [Reasoning(text)] if item.get("thought") is True else _spoken(text)


def _gemini_inline(blob: Any, item: dict[str, Any]) -> list[Part]:
    if not isinstance(blob, dict):
        return [Data(item)]
    kind = text_of(blob.get("mimeType")) or text_of(blob.get("mime_type"))
    return inline(kind or "file", text_of(blob.get("data")))


def _gemini_file(file: Any, item: dict[str, Any]) -> list[Part]:
    if not isinstance(file, dict):
        return [Data(item)]
    url = text_of(file.get("fileUri")) or text_of(file.get("file_uri"))
    kind = text_of(file.get("mimeType")) or text_of(file.get("mime_type"))
    return [Picture(url)] if kind.startswith("image/") else [File(kind or "file", url)]


def _gemini_call(call: Any, item: dict[str, Any]) -> list[Part]:
    if not isinstance(call, dict):
        return [Data(item)]
    return [ToolCall(text_of(call.get("name")) or "function", call.get("args"))]


def _gemini_result(answer: Any, item: dict[str, Any]) -> list[Part]:
    if not isinstance(answer, dict):
        return [Data(item)]
    return [ToolResult(text_of(answer.get("name")), answer.get("response"))]


def _gemini_code(code: Any, item: dict[str, Any]) -> list[Part]:
    if not isinstance(code, dict) or not isinstance(code.get("code"), str):
        return [Data(item)]
    return [Code(code["code"], text_of(code.get("language")).lower())]


def _gemini_ran(ran: Any, item: dict[str, Any]) -> list[Part]:
    if not isinstance(ran, dict):
        return [Data(item)]
    return [ToolResult("code", ran.get("output", ran))]


def _size(count: int) -> str:
    """A number of bytes as people read it."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


_Reader = Callable[[dict[str, Any]], list[Part]]
_BY_TYPE: dict[str, _Reader] = {
    **dict.fromkeys(("text", "input_text", "output_text"), _text),
    **dict.fromkeys(("thinking", "reasoning"), _reasoning),
    "redacted_thinking": _redacted,
    **dict.fromkeys(("image_url", "input_image", "image"), _image),
    **dict.fromkeys(("input_audio", "audio"), _audio),
    **dict.fromkeys(("file", "input_file", "document"), _file),
    **dict.fromkeys(("tool_use", "server_tool_use", "function_call", "tool_call"), _call),
    **dict.fromkeys(("tool_result", "function_call_output"), _result),
    "refusal": _refusal,
}
_BY_KEY: dict[tuple[str, ...], Callable[[Any, dict[str, Any]], list[Part]]] = {
    ("functionCall", "function_call"): _gemini_call,
    ("functionResponse", "function_response"): _gemini_result,
    ("inlineData", "inline_data"): _gemini_inline,
    ("fileData", "file_data"): _gemini_file,
    ("executableCode", "executable_code"): _gemini_code,
    ("codeExecutionResult", "code_execution_result"): _gemini_ran,
    ("text",): _gemini_text,
}
