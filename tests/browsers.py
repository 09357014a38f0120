"""Where this machine has a Chromium. The standard library alone."""

import os
import shutil

_NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """The path of CHROMIUM, else of the first known name on PATH."""
    names = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else _NAMES
    return next((path for path in map(shutil.which, names) if path), None)
