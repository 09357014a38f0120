"""The first start: the workspace ``default``, its owner, an API key and the sample project."""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import transaction

from feedback_app.env import write_private
from feedback_app.services import api_keys, members, users
from traces_app.models import Role, Workspace
from traces_app.services import workspaces
from traces_app.services.workspaces import DEFAULT_WORKSPACE

OWNER = "owner@example.com"

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
        if Workspace.objects.filter(name__iexact=DEFAULT_WORKSPACE).exists():
            return None
        text = _fill()
        write_private(welcome_file(), text, replace=True)
    return text


def _fill() -> str:
    workspace = workspaces.get_or_create(name=DEFAULT_WORKSPACE)
    password = users.generate_password()
    owner = users.create_person(email=OWNER, password=password, is_operator=True)
    members.put(workspace=workspace, email=OWNER, role=Role.OWNER)
    key = api_keys.create(user=owner, workspace=workspace, name="first start", by=None)[1]
    if "load_sample" in get_commands():
        call_command("load_sample")
    return _WELCOME.format(
        base=settings.BASE_URL,
        email=OWNER,
        password=password,
        workspace=workspace.name,
        key=key,
    )
