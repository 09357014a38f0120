"""The one filter that is being added to a list, or changed, beside those that it has."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from feedback_app.forms.trace_filters import TraceFilterForm
from feedback_app.forms.trace_lists import LONGEST_FILTERS
from feedback_app.trace_lists import amended, choices, suggestions
from feedback_app.trace_lists.amended import NoPlace
from feedback_app.trace_lists.asked import Asked
from feedback_app.trace_lists.suggestions import Suggestion
from traces_app.access import Access
from traces_app.query import filters, written
from traces_app.query.filters import ANY, BadFilter
from traces_app.query.written import Element


@dataclass(frozen=True)
class Draft:
    """``about`` says what is changed or gets an alternative; ``result`` is the list asked for
    once all was said well."""

    form: TraceFilterForm
    about: str = ""
    result: Asked | None = None

    @property
    def is_open(self) -> bool:
        return bool(self.about or self.form.name or self.form.errors)


@dataclass(frozen=True)
class Offered:
    """What the fields of a draft may be filled with."""

    keys: list[str]
    values: list[Suggestion]


def read(query: QueryDict, asked: Asked) -> Draft:
    """What an address says of it."""
    place = query.get("edit", "") or query.get("beside", "")
    form = TraceFilterForm(query, stands=_initial(asked, query.get("edit", "")))
    if not form.is_valid() or not form.is_said or form.element is None:
        return Draft(form, _about(asked, place))
    try:
        elements = _elements(asked, form, form.element)
        filters.parse(list(elements))
    except (NoPlace, BadFilter) as refusal:
        is_gone = isinstance(refusal, NoPlace)
        form.add_error(None, "That filter is no longer here." if is_gone else str(refusal))
        return Draft(form, _about(asked, place))
    result = asked.with_elements(elements)
    if len(result.filters) > LONGEST_FILTERS:
        form.add_error(None, "An address cannot hold more filters than these.")
        return Draft(form, _about(asked, place))
    return Draft(form, "", result)


def offered(access: Access, form: TraceFilterForm, projects: Sequence[UUID]) -> Offered:
    """Looked up only where a field was chosen."""
    if not form.name:
        return Offered([], [])
    keys = choices.takes_key(form.name)
    return Offered(
        suggestions.keys(access, form.name, projects) if keys else [],
        suggestions.values(access, form.name, projects),
    )


def _elements(asked: Asked, form: TraceFilterForm, made: Element) -> list[Element]:
    edit, beside = form.cleaned_data["edit"], form.cleaned_data["beside"]
    if edit:
        return amended.changed(asked.elements, edit, made)
    if beside:
        return amended.beside(asked.elements, beside, made)
    return [*asked.elements, made]


def _initial(asked: Asked, place: str) -> dict[str, str]:
    """What stands at a place that is to be changed."""
    try:
        made = amended.at(asked.elements, place) if place else []
    except NoPlace:
        return {}
    if isinstance(made, list) or ANY in made:
        return {}
    name, key = written.field_and_key(made)
    return {
        "field": name,
        "key": key,
        "was": made["operator"],
        "value": written.value_of(made),
    }


def _about(asked: Asked, place: str) -> str:
    try:
        made = amended.at(asked.elements, place) if place else []
    except NoPlace:
        return ""
    if isinstance(made, list):
        return ""
    return written.write([made])
