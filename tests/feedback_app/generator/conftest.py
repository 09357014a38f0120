"""An endpoint that answers."""

from collections.abc import Iterator

import pytest
from django.test import override_settings

from tests.chat_endpoint import ChatEndpoint, answering


@pytest.fixture
def endpoint() -> Iterator[ChatEndpoint]:
    """The endpoint that the settings name."""
    with answering() as running:
        named = override_settings(GENERATOR=running.generator(), JOBS_AT_ONCE={"asking": 2})
        with named:
            yield running
