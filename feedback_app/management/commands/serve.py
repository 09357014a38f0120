"""Prepare everything and serve, with the background worker beside, until asked to stop."""

import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from feedback_app import first_start, processes, serving
from traces_app.errors import Refusal


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []  # the database may not answer: we say so in a sentence

    def handle(self, *_: object, **__: object) -> None:
        try:
            serving.prepare()
            welcome = first_start.happen()
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        serving.release_connections()
        stop = processes.Stop()
        stop.listen()
        code = processes.run(
            stop=stop, ready=serving.is_answering, greet=lambda: self._greet(welcome)
        )
        sys.exit(code)

    def _greet(self, welcome: str | None) -> None:
        self.stdout.write(f"\nMarginalia is at {settings.BASE_URL} (Ctrl-C stops it).\n")
        kept = first_start.welcome_file()
        if welcome is not None:
            self.stdout.write(f"{welcome}\nThis is kept in {kept}.")
        elif kept.exists():
            self.stdout.write(f"Sign-in and API key of the first start: see {kept}.")
        self.stdout.flush()
