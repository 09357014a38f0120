"""What to paste to send a first trace: one snippet for each kind of client."""

from dataclasses import dataclass

from django.conf import settings

from traces_app import normal_form
from traces_app.models import DEFAULT_PROJECT

PLACEHOLDER = "YOUR_API_KEY"

_CURL = """\
curl {base}/api/v1/private/traces \\
  -H 'Authorization: {key}' -H 'Content-Type: application/json' \\
  -d '{{"project_name": {quoted_project}, "name": "hello", "start_time": "2026-01-31T12:00:00Z",
       "input": {{"question": "What is a trace?"}},
       "output": {{"answer": "One run of a model."}}}}'
"""
_OPIK = """\
import opik

client = opik.Opik(
    host="{base}/api",
    api_key="{key}",
    project_name={project},
)
client.trace(
    name="hello",
    input={{"question": "What is a trace?"}},
    output={{"answer": "One run of a model."}},
)
client.end()
"""
_PREM = """\
curl {base}/api/v1/traces \\
  -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \\
  -d '[{{"projectId": {project_id}, "modelId": "my-model",
        "input": "What is a trace?", "output": "One run of a model."}}]'
"""
_ENVIRONMENT = """\
export OPIK_URL_OVERRIDE={base}/api
export OPIK_API_KEY={key}
"""
_READ = """\
curl '{base}/api/v1/traces?pageSize=5' -H 'Authorization: Bearer {key}'
"""


@dataclass(frozen=True)
class Snippet:
    """``name`` stands in addresses and ids, ``words`` on the tab."""

    name: str
    words: str
    text: str


def all_of(*, key: str, project: str, project_id: str = "") -> list[Snippet]:
    """Every snippet with a key and a project filled in; a project without an id is none yet."""
    quoted = normal_form.dump(project)
    filled = {
        "base": settings.BASE_URL,
        "key": key,
        "project": quoted,
        # Inside a shell's single quotes.
        "quoted_project": quoted.replace("'", "'\\''"),
        "project_id": f'"{project_id}"' if project_id else "null",
    }
    return [Snippet(name, words, text.format(**filled)) for name, words, text in _ALL]


def for_writing(key: str) -> list[Snippet]:
    """What a new key is pasted into at once."""
    environment = _ENVIRONMENT.format(base=settings.BASE_URL, key=key)
    curl = next(each for each in all_of(key=key, project=DEFAULT_PROJECT) if each.name == "curl")
    return [Snippet("environment", "For the opik SDK, in a shell", environment), curl]


def for_reading(key: str) -> list[Snippet]:
    """The same for a key that only reads."""
    text = _READ.format(base=settings.BASE_URL, key=key)
    return [Snippet("read", "Read the newest traces with curl", text)]


_ALL = (
    ("opik", "Python, Opik", _OPIK),
    ("curl", "curl", _CURL),
    ("prem", "Prem Studio", _PREM),
)
