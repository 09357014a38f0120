"""What becomes of tags: replaced, added to, taken from (opik.md §2 PATCH)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from traces_app import normal_form
from traces_app.errors import Invalid

MAX_TAGS = 50
TOO_MANY_TAGS = f"Tag limit exceeded: maximum {MAX_TAGS} tags per item"


@dataclass(slots=True)
class TagChange:
    """What a PATCH asks of the tags: all of them anew, or some to add and to remove."""

    replace: list[str] | None = None
    add: list[str] = field(default_factory=list)
    remove: list[str] = field(default_factory=list)

    def applied_to(self, stored: str | None) -> str | None:
        """The tags' JSON text afterwards, None when they stay. Raises Invalid over 50."""
        if not self.add and not self.remove:
            return None if self.replace is None else normal_form.dump(_distinct(self.replace))
        kept = [tag for tag in normal_form.load(stored or "[]") if tag not in set(self.remove)]
        tags = _distinct([*kept, *self.add])
        if len(tags) > MAX_TAGS:
            raise Invalid(TOO_MANY_TAGS)
        return normal_form.dump(tags)


def _distinct(tags: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(tags))
