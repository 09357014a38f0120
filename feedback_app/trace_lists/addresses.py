"""Reading the address of a trace list where it was kept, as rules and jobs keep it."""

from dataclasses import replace
from uuid import UUID

from django.http import QueryDict

from feedback_app.forms.trace_lists import TraceListForm
from feedback_app.trace_lists.asked import Asked
from feedback_app.trace_lists.orders import Sort
from traces_app.errors import Invalid

ANOTHER_PROJECT = "This list is of another project than the queue."


def read(query: str) -> Asked:
    """What a query string asks for. Raises Invalid."""
    form = TraceListForm(QueryDict(query))
    if not form.is_valid():
        raise Invalid("The filters of this list cannot be read.")
    return form.asked()


def filter_of(query: str, *, project_id: UUID) -> Asked:
    """The filter alone, for one project, without order and place. Raises Invalid."""
    asked = read(query)
    if asked.project not in (None, project_id):
        raise Invalid(ANOTHER_PROJECT)
    return replace(asked, project=None, mode="", sort=Sort.NEWEST, after=None, before=None)
