import pytest

from feedback_app.jobs import REGISTRY
from traces_app.models import Job
from traces_app.services import jobs
from traces_app.work import attempts


@pytest.mark.django_db
def test_every_periodic_kind_does_its_work() -> None:
    jobs.schedule(periodic=REGISTRY.periodic)

    while job := jobs.claim(lane=Job.Lane.SHORT):
        attempts.run(job, REGISTRY.handlers, lambda: None)

    assert set(Job.objects.values_list("kind", flat=True)) == set(REGISTRY.periodic)
    assert not Job.objects.filter(result="").exists()
