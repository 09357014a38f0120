"""A datapoint's content as people edit it: message by message, or as JSON."""

from dataclasses import dataclass

from django.http import QueryDict

from feedback_app.models import Datapoint
from feedback_app.reading.chats import ROLES, messages_of
from feedback_app.reading.example_text import indented
from feedback_app.services.datapoints import as_object
from traces_app import normal_form
from traces_app.errors import Invalid

ORDERED_ROLES = ("system", "user", "assistant")
NO_ANSWER = "The last message is the assistant's: it is the answer that is learned."
NO_QUESTION = "A chat needs a message of the user."


@dataclass(frozen=True)
class Draft:
    """What stands in the editor: messages of a chat, or JSON text of anything else."""

    messages: list[dict[str, str]] | None
    text: str
    digest: str

    @classmethod
    def of(cls, point: Datapoint) -> "Draft":
        return cls(messages_of(point.content), indented(point.content), point.digest)

    @classmethod
    def sent(cls, post: QueryDict) -> "Draft":
        """The draft as it was posted. Messages without words are left out, unless one more is
        asked for."""
        digest, text = post.get("digest", ""), post.get("text", "")
        if "content" not in post:
            return cls(None, text, digest)
        pairs = zip(post.getlist("role"), post.getlist("content"), strict=False)
        messages = [
            {"role": role, "content": words.replace("\r\n", "\n")}
            for role, words in pairs
            if role in ROLES and words.strip()
        ]
        if post.get("do") == "more":
            messages.append({"role": "user", "content": ""})
        return cls(messages, text, digest)

    def content(self) -> str:
        """JSON text to store. Raises Invalid, Malformed."""
        if self.messages is None:
            return as_object(self.text)
        if not self.messages or self.messages[-1]["role"] != "assistant":
            raise Invalid(NO_ANSWER)
        if all(message["role"] != "user" for message in self.messages):
            raise Invalid(NO_QUESTION)
        return normal_form.dump({"messages": self.messages})
