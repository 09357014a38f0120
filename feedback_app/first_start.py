"""The first start: the workspace ``default``, its owner, an API key and the sample project."""

from pathlib import Path

from django.conf import settings
from django.db import transaction

from feedback_app.env import write_private
from feedback_app.services import sample
from traces_app.services.workspaces import DEFAULT_WORKSPACE

_WELCOME = """\
Sign in at {base}
    e-mail    {email}
    password  {password}

API key (workspace “{workspace}”)
    {key}

Send a trace with curl:

curl {base}/api/v1/private/traces \\
  -H 'Authorization: {key}' -H 'Content-Type: application/json' \\
  -d '{{"project_name": "My first project", "name": "hello", "start_time": "2026-01-31T12:00:00Z",
       "input": {{"question": "What is a trace?"}}, "output": {{"answer": "One run of a model."}}}}'

Or with Python, after pip install opik:

import opik
client = opik.Opik(
    host="{base}/api", api_key="{key}", workspace="{workspace}",
    project_name="My first project",
)
client.trace(
    name="hello",
    input={{"question": "What is a trace?"}},
    output={{"answer": "One run of a model."}},
)
client.end()
"""


def welcome_file() -> Path:
    """Where the sign-in and the key of the first start are kept, for the owner of the folder."""
    path: Path = settings.DATA_DIR / "first-start.txt"
    return path


def happen() -> str | None:
    """Fill an installation that has no workspace ``default`` yet, whole or not at all.

    The text to greet its owner with; None on every later start.
    """
    with transaction.atomic():
        started = sample.first_start()
        if started is None:
            return None
        text = _WELCOME.format(
            base=settings.BASE_URL,
            email=started.email,
            password=started.password or "(the one that it has)",
            workspace=DEFAULT_WORKSPACE,
            key=started.key,
        )
        write_private(welcome_file(), text, replace=True)
    return text
