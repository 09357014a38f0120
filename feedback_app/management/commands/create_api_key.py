"""Make an API key for a member of a workspace and print it, and nothing else."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from feedback_app.models import User
from feedback_app.services import api_keys, users
from traces_app.errors import Refusal
from traces_app.models import Workspace


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--workspace", required=True, metavar="NAME")
        parser.add_argument("--name", default="command line", help="What the key is called.")
        parser.add_argument(
            "--as",
            dest="author",
            metavar="AUTHOR",
            help="A service account to write as, so that a judge's scores stay apart.",
        )

    def handle(self, *_: object, **options: Any) -> None:
        user = _person(options["email"])
        workspace = _workspace(options["workspace"])
        try:
            with transaction.atomic():
                author = options["author"]
                account = None if author is None else users.service_account(name=author)
                secret = api_keys.create(
                    user=user, workspace=workspace, name=options["name"], author=account, by=None
                )[1]
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(secret)


def _person(email: str) -> User:
    user = users.person(email)
    if user is None or not user.is_active:
        raise CommandError(f"There is no active user {email}; add_member makes one.")
    return user


def _workspace(name: str) -> Workspace:
    workspace = Workspace.objects.filter(name__iexact=name.strip()).first()
    if workspace is None:
        raise CommandError(f"There is no workspace {name}; add_member makes one.")
    return workspace
