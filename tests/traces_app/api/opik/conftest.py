import pytest

from tests import factories
from tests.traces_app.api.opik.client import Opik
from traces_app.models import Workspace


@pytest.fixture
def workspace(db: None) -> Workspace:
    return factories.workspace()


@pytest.fixture
def opik(workspace: Workspace) -> Opik:
    """A client with an owner's key."""
    return Opik(factories.key(workspace))
