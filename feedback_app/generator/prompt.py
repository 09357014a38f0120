"""What the generator is asked: the conversation as it was, the answer given, and what people said.

Pure: no database. The instructions stand in the last message, so that a conversation's own system
prompt stays the system prompt.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

Message = dict[str, str]

_ALONE = (
    "You improve answers. A conversation follows with an answer that reviewers found lacking, and"
    " what they said about it. You write the answer that should have been given."
)
_TASK = """\
This is a note from the reviewers of this conversation, not a new question of the user.

{found}

Write the answer that should have been given in place of the last one:
- Put right what the reviewers found wrong, and keep what they did not mind.
- Keep to the facts, the language, the tone and the form of the conversation. Invent nothing that \
neither the conversation nor the reviewers say.
- Speak to the user. Do not mention reviewers, scores or an earlier answer.

Reply with that answer alone: no introduction, no explanation, no quotation marks around it."""


@dataclass(frozen=True)
class Judged:
    """A trace as the generator is told of it.

    ``asked`` are the messages up to the answer, ``given`` is the answer; ``refused`` is one that
    the generator wrote before, and ``note`` what shall be different.
    """

    asked: Sequence[Message]
    given: str
    score: Decimal
    feedback: str
    comments: Sequence[str] = ()
    refused: str = ""
    note: str = ""


def messages(judged: Judged) -> list[Message]:
    """The whole request."""
    asked = [dict(message) for message in judged.asked]
    if asked[0]["role"] != "system":
        asked.insert(0, {"role": "system", "content": _ALONE})
    if judged.given.strip():
        asked.append({"role": "assistant", "content": judged.given})
    return [*asked, {"role": "user", "content": _TASK.format(found="\n\n".join(_found(judged)))}]


def _found(judged: Judged) -> list[str]:
    said = [f"Their score, from 0 (useless) to 1 (perfect): {judged.score.normalize():f}"]
    if not judged.given.strip():
        said.append("No answer was given at all.")
    said.append(f"Their feedback:\n{judged.feedback.strip()}")
    if judged.comments:
        lines = "\n".join(f"- {text.strip()}" for text in judged.comments)
        said.append(f"Their comments:\n{lines}")
    if judged.refused:
        said.append(f"Another answer was tried, and refused as well:\n{judged.refused}")
    if judged.note.strip():
        said.append(f"What shall be different this time:\n{judged.note.strip()}")
    return said
