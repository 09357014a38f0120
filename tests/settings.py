"""The product's settings with what tests need: a folder of their own and cheap passwords."""

import os
import tempfile
from pathlib import Path
from typing import Any

# Before the settings are read: tests must never touch the data of whoever runs them, and each
# xdist worker needs its own. conftest.py removes it; at exit would be too late for a worker.
_folder = Path(tempfile.mkdtemp(prefix="marginalia-tests-"))
os.environ["DATA_DIR"] = str(_folder)
for _name in ("BASE_URL", "PORT", "SECRET_KEY", "ALLOWED_HOSTS", "DEBUG", "GENERATOR_BASE_URL"):
    os.environ.pop(_name, None)

from feedback_app.settings import *  # noqa: E402, F403
from feedback_app.settings import DATABASES, STORAGES  # noqa: E402

if str(DATABASES["default"]["ENGINE"]).endswith("sqlite3"):
    # A file, as in real life: with one in memory all threads would share one connection.
    _sqlite: Any = DATABASES["default"]
    _sqlite["TEST"] = {"NAME": str(_folder / "test.sqlite3")}
    # Tests do not survive a power cut, and need not.
    _sqlite["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"

# The manifest needs collectstatic, and a live server answers its hashed names with 404.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT = _folder / "static"
STATIC_ROOT.mkdir()
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
