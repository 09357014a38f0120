"""The parts of Gemini's content: they carry no type, the key is the type."""

from collections.abc import Callable
from typing import Any

from feedback_app.reading.parts import (
    Code,
    Data,
    File,
    Part,
    Picture,
    Reasoning,
    ToolCall,
    ToolResult,
    others,
    text_of,
)
from feedback_app.reading.spoken import inline, spoken

_ASIDE = ("thought", "thoughtSignature", "thought_signature")


def gemini_part(item: dict[str, Any]) -> list[Part] | None:
    """The parts that ``item`` stands for, or None when it is none of Gemini's."""
    for keys, reader in _BY_KEY.items():
        for key in keys:
            if key in item:
                parts = reader(item[key], item)
                return parts if parts == [Data(item)] else [*parts, *others(item, key, *_ASIDE)]
    return None


def _text(text: Any, item: dict[str, Any]) -> list[Part]:
    if not isinstance(text, str):
        return [Data(item)]
    return [Reasoning(text)] if item.get("thought") is True else spoken(text)


def _inline(blob: Any, item: dict[str, Any]) -> list[Part]:
    if not isinstance(blob, dict):
        return [Data(item)]
    kind = text_of(blob.get("mimeType")) or text_of(blob.get("mime_type"))
    return inline(kind or "file", text_of(blob.get("data")))


def _file(file: Any, item: dict[str, Any]) -> list[Part]:
    if not isinstance(file, dict):
        return [Data(item)]
    url = text_of(file.get("fileUri")) or text_of(file.get("file_uri"))
    kind = text_of(file.get("mimeType")) or text_of(file.get("mime_type"))
    return [Picture(url)] if kind.startswith("image/") else [File(kind or "file", url)]


def _call(call: Any, item: dict[str, Any]) -> list[Part]:
    if not isinstance(call, dict):
        return [Data(item)]
    return [ToolCall(text_of(call.get("name")) or "function", call.get("args"))]


def _result(answer: Any, item: dict[str, Any]) -> list[Part]:
    if not isinstance(answer, dict):
        return [Data(item)]
    return [ToolResult(text_of(answer.get("name")), answer.get("response"))]


def _code(code: Any, item: dict[str, Any]) -> list[Part]:
    if not isinstance(code, dict) or not isinstance(code.get("code"), str):
        return [Data(item)]
    return [Code(code["code"], text_of(code.get("language")).lower())]


def _ran(ran: Any, item: dict[str, Any]) -> list[Part]:
    if not isinstance(ran, dict):
        return [Data(item)]
    return [ToolResult("code", ran.get("output", ran))]


_BY_KEY: dict[tuple[str, ...], Callable[[Any, dict[str, Any]], list[Part]]] = {
    ("functionCall", "function_call"): _call,
    ("functionResponse", "function_response"): _result,
    ("inlineData", "inline_data"): _inline,
    ("fileData", "file_data"): _file,
    ("executableCode", "executable_code"): _code,
    ("codeExecutionResult", "code_execution_result"): _ran,
    ("text",): _text,
}
