import pytest

from tests import factories
from tests.traces_app.api.opik.client import Opik
from traces_app.models import Project, Workspace


@pytest.fixture
def workspace(db: None) -> Workspace:
    return factories.workspace()


@pytest.fixture
def opik(workspace: Workspace) -> Opik:
    """A client with an owner's key."""
    return Opik(factories.key(workspace))


@pytest.fixture
def project_id(opik: Opik) -> str:
    """Of a project that the client has made."""
    opik.post("/projects", {"name": "rec proj"})
    return str(Project.objects.get().pk)
