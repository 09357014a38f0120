"""What differs from place to place, read from the environment; a sentence when it is wrong."""

import secrets
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent


def data_dir() -> Path:
    """The folder of SQLite's file, the secret key and the attachments; made when missing."""
    path = Path(env.str("DATA_DIR", default=str(BASE_DIR / "data"))).expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".probe-{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {path} cannot be written: {error.strerror}. Set DATA_DIR."
        ) from error
    return path


def secret_key(folder: Path) -> str:
    """``SECRET_KEY``, else the key kept in the data folder, generated on the first start."""
    given: str = env.str("SECRET_KEY", default="")
    if given:
        return given
    path = folder / "secret_key"
    if not path.exists():
        try:
            with path.open("x", encoding="ascii") as file:
                path.chmod(0o600)
                file.write(secrets.token_urlsafe(64))
        except FileExistsError:
            pass  # another process of the same start was first
    return path.read_text(encoding="ascii").strip()


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
        config = dict(env.db_url_config(url))
    engine = str(config.get("ENGINE", ""))
    if engine.endswith("sqlite3"):
        return config | _sqlite_options()
    if not engine.endswith("postgresql"):
        raise ImproperlyConfigured(
            "DATABASE_URL must begin with postgresql:// or sqlite:///, the two supported databases."
        )
    given = config.get("OPTIONS")
    options = dict(given) if isinstance(given, dict) else {}
    options["pool"] = {"min_size": 1, "max_size": threads + 2, "timeout": 10}
    return config | {"OPTIONS": options, "CONN_MAX_AGE": 0}


def _sqlite_options() -> dict[str, object]:
    # IMMEDIATE: a transaction that reads and then writes must take the lock first, or it fails
    # with "database is locked" instead of waiting.
    return {
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": env.float("SQLITE_TIMEOUT", default=20),  # seconds to wait for a lock
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA temp_store=MEMORY;"
                "PRAGMA cache_size=-32000;"
            ),
        }
    }
