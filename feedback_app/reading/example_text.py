"""A datapoint as people compare it. Pure: no database, no request."""

import json

from feedback_app.reading.chats import messages_of
from traces_app import normal_form


def as_text(content: str) -> str:
    """A chat as its words under their roles, all else as indented JSON."""
    messages = messages_of(content)
    if messages is None:
        return indented(content)
    parts = [f"{message['role'].capitalize()}\n{message['content']}" for message in messages]
    return "\n\n".join(parts)


def indented(content: str) -> str:
    """JSON text, laid out to be read and edited."""
    return json.dumps(normal_form.load(content), indent=2, ensure_ascii=False)
