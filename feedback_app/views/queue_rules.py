"""The rules that fill a queue: listed, made from a filter, switched, run over what is there."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback_app.forms.mistakes import focus_first
from feedback_app.forms.queue_rules import PercentField, RuleForm
from feedback_app.http import PageRequest, signed_in
from feedback_app.models import QueueRule
from feedback_app.queue_page import rules as page
from feedback_app.services import queue_rules
from feedback_app.trace_lists import addresses
from feedback_app.views import queues as queue_pages
from traces_app.errors import Conflict, Invalid, NotFound
from traces_app.models import AnnotationQueue

COUNT = "count"
_MARK = "from"
"""Stands in an address that brings a filter along from the list of traces."""


@require_safe
@signed_in
def rules(request: PageRequest, queue_id: UUID) -> HttpResponse:
    """The rules of a queue and what they did."""
    queue = queue_pages.find(request.access, queue_id)
    shown = {
        "queue": queue,
        "project": queue.project,
        "rules": page.of(request.access, queue),
        "most": queue_rules.MOST,
        "token": uuid4(),
    }
    return render(request, "feedback_app/queue_rules/list.html", shown)


@require_safe
@signed_in
def choose(request: PageRequest) -> HttpResponse:
    """Where to take the filter that the address holds: to a new rule, or one that is there."""
    queue_pages.must_see(request.access)
    request.access.must_write()
    try:
        asked = addresses.read(request.GET.urlencode())
    except Invalid as refusal:
        messages.error(request, str(refusal))
        return redirect("traces")
    query = QueryDict(asked.query(after=None, before=None), mutable=True)
    query[_MARK] = "list"
    shown = {
        "homes": page.homes(request.access, asked.project),
        "query": query.urlencode(),
        "back": f"{reverse('traces')}?{request.GET.urlencode()}",
        "is_filtered": asked.is_filtered,
    }
    return render(request, "feedback_app/queue_rules/choose.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: PageRequest, queue_id: UUID) -> HttpResponse:
    """A rule to be made of the filter that the address brings; without one, of all traces."""
    queue = queue_pages.find(request.access, queue_id)
    request.access.must_write()
    if request.method != "POST":
        return _show(request, queue, RuleForm(initial={"query": _brought(request)}))
    return _save(request, queue, None)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def edit(request: PageRequest, queue_id: UUID, rule_id: UUID) -> HttpResponse:
    """A rule as it is, or with the filter that the address brings."""
    queue = queue_pages.find(request.access, queue_id)
    rule = queue_rules.find(access=request.access, queue_id=queue_id, rule_id=rule_id)
    request.access.must_write()
    if request.method == "POST":
        return _save(request, queue, rule)
    given = {
        "query": _brought(request) if _MARK in request.GET else rule.query,
        "percent": f"{rule.percent.normalize():f}",
        "daily_cap": rule.daily_cap,
        "is_on": rule.is_on or bool(rule.off_reason),
    }
    return _show(request, queue, RuleForm(initial=given), rule)


@require_POST
@signed_in
def switch(request: PageRequest, queue_id: UUID, rule_id: UUID) -> HttpResponse:
    """Let a rule run, or let it rest."""
    queue_pages.must_see(request.access)
    is_on = request.POST.get("on") == "1"
    try:
        queue_rules.switch(access=request.access, queue_id=queue_id, rule_id=rule_id, is_on=is_on)
    except Invalid as refusal:
        messages.error(request, str(refusal))
    else:
        words = "It runs as traces arrive." if is_on else "It rests. What it added stays."
        messages.success(request, words)
    return redirect(_address(queue_id, rule_id))


@require_POST
@signed_in
def delete(request: PageRequest, queue_id: UUID, rule_id: UUID) -> HttpResponse:
    """Delete a rule; what it added stays."""
    queue_pages.must_see(request.access)
    queue_rules.delete(access=request.access, queue_id=queue_id, rule_id=rule_id)
    messages.success(request, "The rule is deleted. What it added stays in the queue.")
    return redirect("queue-rules", queue_id)


@require_POST
@signed_in
def backfill(request: PageRequest, queue_id: UUID, rule_id: UUID) -> HttpResponse:
    """Let a job show the rule what is there already."""
    queue_pages.must_see(request.access)
    queue_rules.ask_backfill(
        access=request.access,
        queue_id=queue_id,
        rule_id=rule_id,
        token=_token(request.POST.get("token", "")),
    )
    return redirect(_address(queue_id, rule_id))


@require_safe
@signed_in
def run(request: PageRequest, queue_id: UUID, rule_id: UUID, job_id: UUID) -> HttpResponse:
    """How far such a job is."""
    queue = queue_pages.find(request.access, queue_id)
    rule = queue_rules.find(access=request.access, queue_id=queue_id, rule_id=rule_id)
    found = page.one(request.access, queue, rule, job_id)
    if found is None:
        raise NotFound("There is no such run.")
    shown = {"queue": queue, "rule": rule, "run": found}
    return render(request, "feedback_app/queue_rules/_run.html", shown)


@require_safe
@signed_in
def count(request: PageRequest, queue_id: UUID) -> HttpResponse:
    """How many traces a filter finds now; asked by the form while it is filled in."""
    queue = queue_pages.find(request.access, queue_id)
    request.access.must_write()
    shown = _counted(request, queue, request.GET)
    return render(request, "feedback_app/queue_rules/_count.html", shown | {"queue": queue})


def _save(request: PageRequest, queue: AnnotationQueue, rule: QueueRule | None) -> HttpResponse:
    form = RuleForm(request.POST)
    if request.POST.get("do") == COUNT:
        again = RuleForm(initial={bound.name: bound.value() for bound in form})
        return _show(request, queue, again, rule, **_counted(request, queue, request.POST))
    if not form.is_valid():
        return _show(request, queue, form, rule)
    wanted: dict[str, Any] = {"access": request.access, "settings": form.settings()}
    try:
        if rule is None:
            saved = queue_rules.create(queue_id=queue.pk, **wanted)
        else:
            saved = queue_rules.edit(queue_id=queue.pk, rule_id=rule.pk, **wanted)
    except (Conflict, Invalid) as refusal:
        form.add_error(None, str(refusal))
        return _show(request, queue, form, rule)
    messages.success(request, "Saved.")
    return redirect(_address(queue.pk, saved.pk))


def _show(
    request: PageRequest,
    queue: AnnotationQueue,
    form: RuleForm,
    rule: QueueRule | None = None,
    **counted: Any,
) -> HttpResponse:
    if form.errors:
        focus_first(form)
    shown = {
        "queue": queue,
        "project": queue.project,
        "form": form,
        "rule": rule,
        "filter": page.in_words(form["query"].value() or "", queue),
    }
    status = 422 if form.errors else 200
    return render(request, "feedback_app/queue_rules/edit.html", shown | counted, status=status)


def _counted(request: PageRequest, queue: AnnotationQueue, given: QueryDict) -> dict[str, Any]:
    """The count for a form, or why there is none."""
    try:
        asked = addresses.filter_of(given.get("query", ""), project_id=queue.project_id)
        percent = PercentField().clean(given.get("percent") or "100")
    except Invalid as refusal:
        return {"uncounted": str(refusal)}
    except ValidationError as mistake:
        return {"uncounted": f"Percent: {' '.join(mistake.messages)}"}
    return {"count": page.count(request.access, queue, asked, percent)}


def _brought(request: PageRequest) -> str:
    """The filter that the address holds, as it stands: the form says if it cannot be read."""
    query = request.GET.copy()
    query.pop(_MARK, None)
    return query.urlencode()


def _address(queue_id: UUID, rule_id: UUID) -> str:
    return f"{reverse('queue-rules', args=[queue_id])}#rule-{rule_id}"


def _token(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()
