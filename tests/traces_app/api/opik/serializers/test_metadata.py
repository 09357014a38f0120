import pytest
from msgspec import Raw

from traces_app.api.opik.serializers import metadata


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        (None, b'{"provider":"openai"}'),
        (b"{}", b'{"provider":"openai"}'),
        (b"{ }", b'{"provider":"openai"}'),
        (b'{ "a": 1}', b'{"provider":"openai","a": 1}'),
        (b'{"a":"\\"provider\\""}', b'{"provider":"openai","a":"\\"provider\\""}'),
        (b'{"a":{"provider":1}}', b'{"provider":"openai","a":{"provider":1}}'),
    ],
)
def test_provider_leads_the_metadata(stored: bytes | None, read: bytes) -> None:
    led = metadata.led_by("provider", "openai", None if stored is None else Raw(stored))

    assert led == Raw(read)


@pytest.mark.parametrize("stored", [b'{"provider":"mine"}', b"[1]", b'"text"', b"3"])
def test_own_field_and_no_object_stay_as_sent(stored: bytes) -> None:
    assert metadata.led_by("provider", "openai", Raw(stored)) == Raw(stored)


@pytest.mark.parametrize("value", [None, "", []])
def test_nothing_to_lead_by_changes_nothing(value: str | list[str] | None) -> None:
    assert metadata.led_by("provider", value, None) is None
