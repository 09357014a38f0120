"""What is asked of a chat endpoint, and what becomes of each way in which it can fail."""

import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from django.test import override_settings

from feedback_app.env import Generator
from feedback_app.generator.endpoint import LONGEST_WAIT, Unable, ask
from tests.chat_endpoint import KEY, ChatEndpoint, Reply, completion
from tests.servers import free_port

QUESTION = [{"role": "user", "content": "the secret of the trace"}]


def fails(endpoint: ChatEndpoint, reply: Reply) -> Unable:
    endpoint.replies.append(reply)
    with pytest.raises(Unable) as raised:
        ask(QUESTION)
    return raised.value


def test_model_messages_and_key_are_sent_and_the_text_comes_back(endpoint: ChatEndpoint) -> None:
    assert ask(QUESTION) == "The better answer."

    assert endpoint.asked == [{"model": "writer-1", "messages": QUESTION}]
    assert endpoint.keys == [f"Bearer {KEY}"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("  padded \n", "padded"),
        ("<think>Hm, <b>so</b>\nwell</think>\n\nAnswer", "Answer"),
        ("Write <think>tags</think> so", "Write <think>tags</think> so"),
        ("العربية 🙂", "العربية 🙂"),
    ],
)
def test_the_answer_alone_is_kept(endpoint: ChatEndpoint, said: str, kept: str) -> None:
    endpoint.text = said

    assert ask(QUESTION) == kept


@pytest.mark.parametrize(
    ("reply", "said", "is_final"),
    [
        (Reply(status=401), "refused the key", True),
        (Reply(status=403), "refused the key", True),
        (Reply(status=404), "no such model", True),
        (Reply(status=400), "status 400", True),
        (Reply(b'{"error":{"code":"context_length_exceeded"}}', 400), "too long", True),
        (Reply(status=413), "too long", True),
        (Reply(status=408), "status 408", False),
        (Reply(status=409), "status 409", False),
        (Reply(status=429), "too many requests", False),
        (Reply(status=500), "status 500", False),
        (Reply(status=503), "status 503", False),
        (Reply(b"<html>"), "no chat completion", False),
        (Reply(b'{"choices":[{"message":"'), "no chat completion", False),
        (Reply(b'{"choices":[{"message":{"content":"\xff"}}]}'), "no chat completion", False),
        (Reply(b"[]"), "no chat completion", False),
        (Reply(b'{"choices":[]}'), "empty", True),
        (Reply(completion("")), "empty", True),
        (Reply(completion(None)), "empty", True),
        (Reply(completion("<think>hm</think>")), "empty", True),
        (Reply(completion("half an ans", "length")), "cut off", True),
        (Reply(completion("", "content_filter")), "content filter", True),
        (Reply(completion("long enough"), is_cut=True), "broke off", False),
    ],
)
def test_each_failure_is_told_apart(
    endpoint: ChatEndpoint, reply: Reply, said: str, is_final: bool
) -> None:
    unable = fails(endpoint, reply)

    assert said in str(unable)
    assert unable.is_final is is_final
    assert len(endpoint.asked) == 1  # the client's own retries are off


def test_silence_is_a_failure_that_may_pass(endpoint: ChatEndpoint) -> None:
    with override_settings(GENERATOR=endpoint.generator(timeout=1)):
        unable = fails(endpoint, Reply(completion("late"), is_slow=True))

    assert (str(unable), unable.is_final) == ("It did not answer within 1 seconds.", False)


def test_nobody_there_is_a_failure_that_may_pass() -> None:
    nobody = Generator(f"http://127.0.0.1:{free_port()}/v1", "m", "", 5)

    with (
        override_settings(GENERATOR=nobody),
        pytest.raises(Unable, match="could not be reached") as raised,
    ):
        ask(QUESTION)

    assert not raised.value.is_final


@pytest.mark.parametrize(
    ("sent", "seconds"), [("7", 7), ("999999", LONGEST_WAIT.seconds), ("soon", 0), ("-5", 0)]
)
def test_retry_after_is_honoured_within_a_bound(
    endpoint: ChatEndpoint, sent: str, seconds: int
) -> None:
    unable = fails(endpoint, Reply(status=429, headers={"Retry-After": sent}))

    assert unable.after == timedelta(seconds=seconds)


def test_retry_after_may_be_a_date(endpoint: ChatEndpoint) -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)

    unable = fails(endpoint, Reply(status=503, headers={"Retry-After": then}))

    assert timedelta(minutes=4) < unable.after <= timedelta(minutes=5)


def test_retry_after_that_is_no_date_is_no_wait(endpoint: ChatEndpoint) -> None:
    beyond = f"Mon, 01 Jan {'9' * 30} 00:00:00 GMT"

    unable = fails(endpoint, Reply(status=503, headers={"Retry-After": beyond}))

    assert unable.after == timedelta(0)


def test_neither_trace_nor_key_nor_answer_is_logged(
    endpoint: ChatEndpoint, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logged = {"openai", "httpx", "httpcore"}
    assert all(logging.getLogger(name).level == logging.WARNING for name in logged)

    ask(QUESTION)
    fails(endpoint, Reply(f'{{"error":"{KEY} the secret"}}'.encode(), 400))

    assert KEY not in caplog.text
    assert "secret" not in caplog.text
    assert "better" not in caplog.text
