"""What differs from place to place, read from the environment; a sentence when it is wrong."""

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent


def data_dir() -> Path:
    """The folder of SQLite's file, the secret key and the attachments; made when missing."""
    path = Path(env.str("DATA_DIR", default=str(BASE_DIR / "data"))).expanduser().resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = path / f".probe-{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {path} cannot be written: {error.strerror}. Set DATA_DIR."
        ) from error
    return path


def number(name: str, *, default: int, low: int = 1, high: int) -> int:
    """A whole number from the environment, between ``low`` and ``high``."""
    text = env.str(name, default=str(default)).strip()
    if not (text.isascii() and text.isdigit() and low <= int(text[:20]) <= high):
        raise ImproperlyConfigured(
            f"{name} must be a whole number from {low} to {high}, not “{text}”."
        )
    return int(text)


def base_url(port: int) -> str:
    """The address that people and clients use, without a slash at its end."""
    url: str = env.str("BASE_URL", default=f"http://127.0.0.1:{port}").strip().rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
        raise ImproperlyConfigured(
            f"BASE_URL must be like https://traces.example.org, without a path, not “{url}”."
        )
    return url


@dataclass(frozen=True)
class Generator:
    """The chat endpoint that writes better answers, as the operator has set it up."""

    base_url: str
    model: str
    api_key: str
    timeout: int

    def __repr__(self) -> str:
        return f"<Generator {self.model}>"  # never the key


def generator(longest: int) -> Generator | None:
    """None without ``GENERATOR_BASE_URL``; ``longest`` seconds a request may take, and a little.

    Longer, and the job that waits for it is taken for hung.
    """
    url: str = env.str("GENERATOR_BASE_URL", default="").strip().rstrip("/")
    model: str = env.str("GENERATOR_MODEL", default="").strip()
    key: str = env.str("GENERATOR_API_KEY", default="").strip()
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise ImproperlyConfigured(
            "GENERATOR_BASE_URL must be like https://api.openai.com/v1; the key goes into"
            " GENERATOR_API_KEY."
        )
    if not model:
        raise ImproperlyConfigured("GENERATOR_BASE_URL is set: name the model in GENERATOR_MODEL.")
    if not key.isascii() or not key.isprintable():
        raise ImproperlyConfigured("GENERATOR_API_KEY holds characters that no key has.")
    high = max(1, longest - 1)
    timeout = number("GENERATOR_TIMEOUT", default=min(60, high), high=high)
    return Generator(url, model, key, timeout)


def attachment_storage(folder: Path) -> dict[str, object]:
    """Where attachments live: the data folder, else another of Django's storages by its path.

    ``ATTACHMENT_STORAGE`` names the class, ``ATTACHMENT_STORAGE_OPTIONS`` its options as JSON.
    """
    backend = env.str("ATTACHMENT_STORAGE", default="")
    try:
        options = env.json("ATTACHMENT_STORAGE_OPTIONS", default={})
    except ValueError as error:
        raise ImproperlyConfigured("ATTACHMENT_STORAGE_OPTIONS is no JSON.") from error
    if not isinstance(options, dict):
        raise ImproperlyConfigured("ATTACHMENT_STORAGE_OPTIONS must be a JSON object.")
    if backend:
        return {"BACKEND": backend, "OPTIONS": options}
    private = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": folder / "attachments", **private},
    }


def upload_dir(folder: Path) -> Path:
    """Where files are while they are being sent; made when missing.

    Beside the attachments, so that a whole file is only renamed.
    """
    path = folder / "uploads"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def secret_key(folder: Path) -> str:
    """``SECRET_KEY``, else the key kept in the data folder, generated on the first start."""
    given: str = env.str("SECRET_KEY", default="")
    if given:
        return given
    path = folder / "secret_key"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(64), replace=False)
    return path.read_text(encoding="ascii").strip()


def write_private(path: Path, text: str, *, replace: bool) -> None:
    """Write a file that only its owner reads; nobody ever sees it half written.

    Without ``replace`` a file that is there already, by another process of the same start, stays.
    """
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    if replace:
        fresh.replace(path)
        return
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(fresh)
    fresh.unlink()


def database(folder: Path, threads: int) -> dict[str, object]:
    """``DATABASE_URL`` as Django's settings, else SQLite in the data folder."""
    url = env.str("DATABASE_URL", default="")
    config: dict[str, object]
    if not url:
        config = {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(folder / "marginalia.sqlite3"),
        }
    else:
        config = _parse(url)
    if str(config["ENGINE"]).endswith("sqlite3"):
        return config | _sqlite_options() | {"ENGINE": "feedback_app.sqlite3"}
    given = config.get("OPTIONS")
    options = dict(given) if isinstance(given, dict) else {}
    options["prepare_threshold"] = 5 if env.bool("PREPARED_STATEMENTS", default=True) else None
    options["pool"] = {"min_size": 1, "max_size": threads + 2, "timeout": 10}
    return config | {"OPTIONS": options, "CONN_MAX_AGE": 0}


def _parse(url: str) -> dict[str, object]:
    # Without the address itself in any sentence: it holds the password.
    if urlsplit(url).scheme not in {"postgresql", "postgres", "sqlite"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must begin with postgresql:// or sqlite:///, the two supported databases."
        )
    try:
        config = dict(env.db_url_config(url))
    except ValueError as error:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read; write postgresql://user:password@host:port/database."
        ) from error
    if not config["NAME"]:
        raise ImproperlyConfigured("DATABASE_URL names no database: it must end in /database.")
    return config


def _sqlite_options() -> dict[str, object]:
    # IMMEDIATE: a transaction that reads and then writes must take the lock first, or it fails
    # with "database is locked" instead of waiting. A thread keeps its connection: opening one and
    # reading the schema takes longer than most questions; its cache is small since each has one.
    # Whoever fills the log carries it over to the file: seldom, since that one has to wait.
    return {
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": number("SQLITE_TIMEOUT", default=20, high=3600),
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA temp_store=MEMORY;"
                "PRAGMA cache_size=-8000;PRAGMA wal_autocheckpoint=4000;"
            ),
        },
    }
