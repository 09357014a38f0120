"""Add somebody to a workspace; the user and the workspace are made when missing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from feedback_app.services import members
from traces_app.errors import Refusal
from traces_app.models import Role
from traces_app.services import workspaces


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--workspace", required=True, metavar="NAME")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument(
            "--password", default="", help="Left out, a new user gets a generated one."
        )

    def handle(self, *_: object, **options: Any) -> None:
        try:
            with transaction.atomic():
                workspace = workspaces.get_or_create(name=options["workspace"])
                added = members.put(
                    workspace=workspace,
                    email=options["email"],
                    role=options["role"],
                    password=options["password"],
                )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        email = added.membership.user.email
        self.stdout.write(f"{email} is {added.membership.role} of {workspace.name}.")
        if added.password:
            self.stdout.write(f"Password: {added.password}")
