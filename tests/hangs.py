"""A test that hangs is ended, and says where it hung: another method for pytest-timeout.

Its own stop watching when a test has failed, though what it opened is still to be closed; they
print where nothing of xdist's workers is seen; and of Playwright's greenlets, in which each browser
test waits, they show none.
"""

import gc
import os
import sys
import threading
import traceback
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest
import pytest_timeout
from greenlet import greenlet

_stderr = pytest.StashKey[int]()
_watch = pytest.StashKey[threading.Timer]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_stderr] = os.dup(2)  # the one that is seen: tests run while it is captured


def pytest_unconfigure(config: pytest.Config) -> None:
    os.close(config.stash[_stderr])


def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> bool:
    watch = item.stash[_watch] = threading.Timer(settings.timeout, _end, (item, settings.timeout))
    watch.daemon = True
    watch.start()
    return True


def pytest_timeout_cancel_timer() -> bool:
    """Not yet: a test that has failed is to be closed, too."""
    return True


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    try:
        return (yield)
    finally:
        if _watch in item.stash:
            item.stash[_watch].cancel()


def _end(item: pytest.Item, seconds: float) -> None:
    """End the process: nothing less ends every wait. xdist fails the test and starts anew."""
    if pytest_timeout.is_debugging():
        return
    try:
        told = f"\n{item.nodeid} has hung for {seconds:.0f} seconds, and is ended.\n{_stacks()}\n"
        os.write(item.config.stash[_stderr], told.encode(errors="replace"))
    finally:
        os._exit(1)


def _stacks() -> str:
    """Where each thread is, and each greenlet that waits for another one."""
    names = {each.ident: each.name for each in threading.enumerate()}
    frames: list[tuple[str, FrameType | None]] = [
        (f"Thread {names.get(ident, ident)}", frame)
        for ident, frame in sys._current_frames().items()
        if ident != threading.get_ident()
    ]
    frames += [("Greenlet", each.gr_frame) for each in gc.get_objects() if type(each) is greenlet]
    return "\n".join(
        f"{name}\n{''.join(traceback.format_stack(frame, 20))}" for name, frame in frames if frame
    )
