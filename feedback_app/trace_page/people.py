"""Who can be named in a comment on a trace or thread."""

from dataclasses import dataclass
from itertools import islice

from feedback_app.models import User
from feedback_app.trace_page.scores import kind_of
from traces_app.access import Access
from traces_app.models import Role, Thread, Trace
from traces_app.query import audience
from traces_app.services import mentions

SHOWN = 8
_LOOKED_AT = 200
_LONGEST = 255


@dataclass(frozen=True)
class Offer:
    """One member; ``handle`` is what to write behind the @ so that it means them alone."""

    called: str
    initials: str
    handle: str


def of(access: Access, about: Trace | Thread, typed: str) -> list[Offer]:
    """Members whom the typed letters begin to name and who see the comments; three queries."""
    roll = mentions.roll(access)
    others = (each for each in roll.beginning(typed[:_LONGEST]) if each.pk != access.author_id)
    fitting = list(islice(others, _LOOKED_AT))
    reviewers = {each.pk for each in fitting if each.role == Role.REVIEWER}
    if reviewers:
        seeing = audience.of_comments(about.project_id, kind_of(about), about.pk, reviewers)
        fitting = [each for each in fitting if each.pk in seeing or each.pk not in reviewers]
    return [
        Offer(each.called, User(name=each.name, email=each.email).initials, roll.handle(each))
        for each in fitting[:SHOWN]
    ]
