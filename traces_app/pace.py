"""How much a job does in one transaction: as much as is brief."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection


@dataclass
class Pace:
    """The size of the next batch, by how long the last one took.

    Batches grow while they take less than ``brief`` seconds, and shrink when they took more than
    ``long``, but not below ``least``: each has a price of its own, however small it is.
    """

    size: int
    most: int
    least: int = 1
    brief: float = 0.004
    long: float = 0.012

    @contextmanager
    def step(self) -> Iterator[None]:
        """Do one batch in here."""
        began = time.monotonic()
        yield
        took = time.monotonic() - began
        if took > self.long:
            self.size = max(self.least, self.size // 2)
        elif took < self.brief:
            self.size = min(self.size * 2, self.most)
        if connection.vendor == "sqlite":
            time.sleep(took)  # who waits for the lock looks for it now and then only
