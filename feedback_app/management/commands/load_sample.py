"""Load the sample project; on an empty installation also make its workspace, owner and key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback_app.models import User
from feedback_app.services import sample
from traces_app.errors import Refusal
from traces_app.models import Role, Workspace
from traces_app.services.workspaces import DEFAULT_WORKSPACE


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--password", default="", help="Of the new owner; left out, one is generated."
        )

    def handle(self, *_: object, **options: Any) -> None:
        try:
            started = sample.first_start(password=options["password"])
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        if started is None:
            self._load_only()
            return
        self.stdout.write(f"Loaded “{sample.PROJECT}” into the new workspace {DEFAULT_WORKSPACE}.")
        self.stdout.write(f"E-mail: {started.email}")
        if started.password:
            self.stdout.write(f"Password: {started.password}")
        self.stdout.write(f"API key: {started.key}")

    def _load_only(self) -> None:
        workspace = Workspace.objects.get(name__iexact=DEFAULT_WORKSPACE)
        owners = User.objects.filter(
            memberships__workspace=workspace, memberships__role=Role.OWNER, is_active=True
        )
        owner = owners.order_by("joined_at", "pk").first()
        if owner is None:
            raise CommandError(f"{DEFAULT_WORKSPACE} has no active owner; add_member makes one.")
        project, is_new = sample.load(workspace=workspace, owner=owner)
        done = "Loaded" if is_new else "Already there:"
        self.stdout.write(f"{done} “{project}” in the workspace {workspace}. No account was made.")
