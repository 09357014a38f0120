"""Where this machine has a Chromium. The standard library alone."""

import os
import shutil

_NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """The path of CHROMIUM, else of the first known name on PATH."""
    names = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else _NAMES
    return next((path for path in map(shutil.which, names) if path), None)


_UNWANTED = (
    # Playwright's own list, since Chromium heeds the last one alone
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect"),
    *("OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
    # pages of its own that it loads behind the address bar of each window: half of what it works
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
)
ARGUMENTS = (
    "--no-sandbox",  # inside a container there is none, nor much of /dev/shm
    "--disable-dev-shm-usage",
    f"--disable-features={','.join(_UNWANTED)}",
)
