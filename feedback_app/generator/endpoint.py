"""The chat endpoint of the operator's environment: one question, and the answer's text.

Speaks OpenAI's protocol through its own client, whose retries are off: the job table has its own.
What goes wrong is said in words of ours alone, since an endpoint's may quote the trace or the key.
"""

import asyncio
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import msgspec
from django.conf import settings
from openai import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AsyncOpenAI,
    OpenAIError,
)

from feedback_app.env import Generator
from feedback_app.generator.prompt import Message

LONGEST_WAIT = timedelta(minutes=15)
"""However long an endpoint asks to be left alone."""
MAY_PASS = frozenset({408, 409, 429})
_THOUGHTS = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_TOO_LONG = re.compile(r"context[ _](?:length|window|size)|maximum context|too many tokens", re.I)


class Unable(Exception):
    """There is no answer, for a reason that a person understands.

    ``is_final`` when asking again would not help; ``after`` is how long to wait at least.
    """

    def __init__(
        self, reason: str, *, is_final: bool = False, after: timedelta = timedelta(0)
    ) -> None:
        super().__init__(reason)
        self.is_final = is_final
        self.after = after


class _Said(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    message: _Said
    finish_reason: str | None = None


class _Completion(msgspec.Struct):
    choices: list[_Choice]


def ask(messages: Sequence[Message]) -> str:
    """The answer alone. Raises Unable."""
    generator: Generator | None = settings.GENERATOR
    if generator is None:
        raise Unable("No endpoint is configured.", is_final=True)
    try:
        body = asyncio.run(_sent(generator, messages))
    except (APITimeoutError, TimeoutError) as error:
        raise Unable(f"It did not answer within {generator.timeout} seconds.") from error
    except APIConnectionError as error:
        raise Unable("It could not be reached, or broke off in mid-answer.") from error
    except APIStatusError as error:
        raise _refusal(error) from error
    except OpenAIError as error:
        raise Unable("Its answer could not be read.") from error
    return _text(body)


async def _sent(generator: Generator, messages: Sequence[Message]) -> bytes:
    client = AsyncOpenAI(
        base_url=generator.base_url,
        api_key=generator.api_key or "none",  # local endpoints want no key; the client wants one
        timeout=generator.timeout,
        max_retries=0,
    )
    # The client's timeout is for each piece that arrives, this one for all together.
    async with asyncio.timeout(generator.timeout), client:
        answer = await client.chat.completions.with_raw_response.create(
            model=generator.model,
            messages=list(messages),  # type: ignore[arg-type]
        )
        return answer.content


def _text(body: bytes) -> str:
    try:
        choices = msgspec.json.decode(body, type=_Completion).choices
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unable("It answered with something that is no chat completion.") from error
    if not choices:
        raise Unable("Its answer is empty.", is_final=True)
    if choices[0].finish_reason == "length":
        raise Unable("Its answer was cut off at the length it may have.", is_final=True)
    if choices[0].finish_reason == "content_filter":
        raise Unable("Its content filter held the answer back.", is_final=True)
    text = _THOUGHTS.sub("", choices[0].message.content or "", count=1).strip()
    if not text:
        raise Unable("Its answer is empty.", is_final=True)
    return text


def _refusal(error: APIStatusError) -> Unable:
    status = error.status_code
    if status == 429:
        return Unable("It had too many requests (429).", after=_wait(error))
    if status >= 500 or status in MAY_PASS:
        return Unable(f"It failed with the status {status}.", after=_wait(error))
    if status == 413 or (status in {400, 422} and _TOO_LONG.search(error.response.text)):
        reason = "The conversation is too long for its model."
    else:
        reason = {
            401: "It refused the key (401): the operator looks at GENERATOR_API_KEY.",
            403: "It refused the key (403): the operator looks at GENERATOR_API_KEY.",
            404: "It knows no such model or address (404): the operator looks at GENERATOR_MODEL.",
        }.get(status, f"It refused the request with the status {status}.")
    return Unable(reason, is_final=True)


def _wait(error: APIStatusError) -> timedelta:
    """What ``Retry-After`` asks for, in seconds or as a date, within a bound."""
    asked = error.response.headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        wait = timedelta(seconds=min(int(asked[:9]), LONGEST_WAIT.total_seconds()))
    else:
        try:
            until = parsedate_to_datetime(asked)
        except (ValueError, OverflowError):
            return timedelta(0)
        aware = until if until.tzinfo else until.replace(tzinfo=UTC)
        wait = aware - datetime.now(UTC)
    return min(max(wait, timedelta(0)), LONGEST_WAIT)
