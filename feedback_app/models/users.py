"""People, and the service accounts that stand in for judges."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from uuid_utils.compat import uuid7

SERVICE_DOMAIN = "service.invalid"


class UserManager(BaseUserManager["User"]):
    """Creates people and service accounts, and finds them by what they are called."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A person; without a password the account cannot sign in until one is set."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=(username or "").strip(), is_service=False)

    def service_account(self, name: str) -> "User":
        """The account that scores under ``name`` and cannot sign in; made when missing."""
        existing = self.filter(is_service=True, name__iexact=name).first()
        if existing is not None:
            return existing
        account = self.model(email=f"{uuid7()}@{SERVICE_DOMAIN}", name=name, is_service=True)
        account.set_unusable_password()
        try:
            with transaction.atomic(using=self._db):
                account.save(using=self._db)
        except IntegrityError:  # somebody else made it since we looked
            return self.get(is_service=True, name__iexact=name)
        return account

    def by_author_name(self, name: str) -> "User | None":
        """Who is printed as ``name``: a person's e-mail or a service account's name."""
        person = models.Q(email__iexact=name, is_service=False)
        return self.filter(person | models.Q(name__iexact=name, is_service=True)).first()


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail, or a service account. Deactivated, never deleted."""

    class Theme(models.TextChoices):
        SYSTEM = "system"
        LIGHT = "light"
        DARK = "dark"

    class Typeface(models.TextChoices):
        SERIF = "serif"
        SANS = "sans"
        MONO = "mono"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=255, blank=True, default="")
    is_service = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="Operates this installation.")
    theme = models.CharField(max_length=10, choices=Theme, default=Theme.SYSTEM)
    typeface = models.CharField(max_length=10, choices=Typeface, default=Typeface.SERIF)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="user_email_is_unique_without_regard_to_case"
            ),
            models.UniqueConstraint(
                Lower("name"),
                condition=models.Q(is_service=True),
                name="user_service_name_is_unique",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def author_name(self) -> str:
        """What APIs print as the author, and take back as ``author``."""
        return self.name if self.is_service else self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email.split("@")[0]

    @property
    def initials(self) -> str:
        words = (self.name or self.email.split("@")[0]).replace(".", " ").replace("-", " ").split()
        return "".join(word[0] for word in words[:2]).upper()
