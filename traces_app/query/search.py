"""Text search (opik.md §0.10): a substring of any of a row's texts, without regard to case.

The plain filter until there is a text index; newest first, so a page ends with its last match.
"""

from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db.models import F, Q, QuerySet, Value

from traces_app.normal_form import clean_text
from traces_app.query.conditions import contains
from traces_app.query.expressions import TagContains
from traces_app.query.fields import Projects, Registry
from traces_app.query.traces import TRACES

Rows = TypeVar("Rows", bound="QuerySet[Any]")


def apply(
    rows: Rows, text: str | None, *, registry: Registry = TRACES, projects: Projects = ()
) -> Rows:
    """Those with ``text``, trimmed, in a tag or in one of the texts that the registry names.

    ``projects`` are the ids that ``rows`` is narrowed to; only threads ask for them.
    """
    wanted = clean_text((text or "").strip())
    if not wanted:
        return rows
    found = Q(TagContains(F("tags"), Value(wanted)))
    texts = [*registry.texts, *registry.derived_texts(projects)]
    return rows.filter(reduce(or_, [contains(text, wanted) for text in texts], found))
