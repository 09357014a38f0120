"""``manage.py worker``: do the background jobs until told to stop."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import import_string

from traces_app.work.registry import Registry
from traces_app.work.supervisor import Supervisor


class Command(BaseCommand):
    help = "Does the background jobs; SIGTERM or Ctrl-C lets the running ones end, then stops."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--registry",
            default="feedback_app.jobs",
            help="The module whose REGISTRY says which kinds of jobs there are.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            registry = import_string(f"{options['registry']}.REGISTRY")
        except ImportError as error:
            raise CommandError(f"There is no registry of jobs here: {error}") from error
        if not isinstance(registry, Registry):
            raise CommandError(f"REGISTRY of {options['registry']} is not a registry of jobs.")
        Supervisor(registry).run()
