import pytest
from django.core.management import CommandError, call_command


@pytest.mark.parametrize("registry", ["no.such.module", "tests.factories"])
def test_worker_refuses_a_module_without_a_registry(registry: str) -> None:
    with pytest.raises(CommandError, match="registry"):
        call_command("worker", registry=registry)
