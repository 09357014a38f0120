"""Setting up queues of pairs, which ask one question."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from feedback_app.forms.pairs import NewPairQueueForm, PairQueueForm
from feedback_app.forms.queues import MOST_REVIEWS, QueueForm, initial
from feedback_app.http import PageRequest, signed_in
from feedback_app.queue_page import setup
from feedback_app.queue_page.setup import Draft
from feedback_app.services import pair_setups
from feedback_app.views import queues
from traces_app.errors import Conflict, Invalid, NotFound
from traces_app.services.queues import Question, Wishes


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: PageRequest) -> HttpResponse:
    """A queue of pairs to be made."""
    queues.must_see(request.access)
    request.access.must_write()
    everywhere = queues.projects_of(request.access)
    inside = queues.chosen(everywhere, request.GET.get("project", ""))
    people = setup.people(request.access)
    address = reverse("queue-pair-new")
    if request.method != "POST":
        begun = {"project": inside and inside.pk, "is_blind": True}
        form = NewPairQueueForm(projects=everywhere, people=people, initial=begun)
        return queues.show(request, Draft(form, [], {}), None, address)
    draft = _sent(request, NewPairQueueForm(request.POST, projects=everywhere, people=people))
    if not draft.form.is_bound or not draft.form.is_valid():
        return queues.show(request, draft, None, address)
    home = UUID(draft.form.cleaned_data["project"])
    try:
        made = pair_setups.create(
            access=request.access, project_id=home, wishes=_wishes(draft.form)
        )
    except (Conflict, Invalid) as refusal:
        draft.mistake = str(refusal)
        return queues.show(request, draft, None, address)
    messages.success(request, f"“{made}” is made. Add pairs to it now.")
    return queues.go(request, reverse("queue", args=[made.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def edit(request: PageRequest, queue_id: UUID) -> HttpResponse:
    """How a queue of pairs is set up."""
    queue = queues.find(request.access, queue_id)
    request.access.must_write()
    if not queue.takes_pairs:
        raise NotFound("There is no such queue of pairs.")
    people = setup.people(request.access)
    most = max(MOST_REVIEWS, queue.annotators_per_item)
    address = reverse("queue-pair-setup", args=[queue.pk])
    if request.method != "POST":
        asked = setup.asked(queue)[:1]
        stored = {"question": asked[0].name, "help": asked[0].help} if asked else {}
        begun = initial(queue, setup.reviewers(queue)) | stored
        form = PairQueueForm(people=people, most_reviews=most, initial=begun)
        return queues.show(request, Draft(form, [], {}), queue, address)
    draft = _sent(request, PairQueueForm(request.POST, people=people, most_reviews=most))
    if not draft.form.is_bound or not draft.form.is_valid():
        return queues.show(request, draft, queue, address)
    try:
        pair_setups.edit(access=request.access, queue_id=queue_id, wishes=_wishes(draft.form))
    except (Conflict, Invalid) as refusal:
        draft.mistake = str(refusal)
        return queues.show(request, draft, queue, address)
    messages.success(request, "Saved.")
    return queues.go(request, reverse("queue", args=[queue_id]))


def _sent(request: PageRequest, form: QueueForm) -> Draft:
    """What was sent: bound where it is to be saved, else as it was typed."""
    if request.POST.get("do", queues.SAVE) != queues.SAVE:
        form = type(form)(**queues.as_it_was(form))
    return Draft(form, [], {})


def _wishes(form: QueueForm) -> Wishes:
    said = form.cleaned_data
    question = Question(name=said["question"], help=said["help"], is_required=True)
    return form.wishes(questions=[question])
