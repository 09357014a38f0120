"""Progress of a long command: a bar on a terminal, a line now and then elsewhere."""

import time
from typing import TextIO

WIDTH = 24
EVERY_SECONDS = 0.1
EVERY_ITEMS = 50_000
CLEAR = "\r\x1b[K"
MEGABYTE = 1_000_000


class Progress:
    """What was read, in bytes, and how many items came of it. ``total`` 0: not known."""

    def __init__(self, stream: TextIO, total: int, noun: str) -> None:
        self.stream = stream
        self.total = total
        self.noun = noun
        self.is_terminal = stream.isatty()
        self._drawn_at = 0.0
        self._next_line = EVERY_ITEMS
        self._bar = ""

    def show(self, read: int, items: int) -> None:
        """Draw the bar anew, at most ten times a second; elsewhere a line every 50,000."""
        if self.is_terminal:
            now = time.monotonic()
            if now - self._drawn_at >= EVERY_SECONDS:
                self._drawn_at = now
                self._draw(self._facts(read, items))
        elif items >= self._next_line:
            self._next_line = items - items % EVERY_ITEMS + EVERY_ITEMS
            self.stream.write(f"{self._facts(read, items)}\n")

    def say(self, text: str) -> None:
        """A line of its own above the bar."""
        bar = self._bar
        self.clear()
        self.stream.write(f"{text}\n")
        if bar:
            self._draw(bar)

    def clear(self) -> None:
        """Take the bar away."""
        if self._bar:
            self.stream.write(CLEAR)
            self.stream.flush()
            self._bar = ""

    def _draw(self, bar: str) -> None:
        self._bar = bar
        self.stream.write(f"{CLEAR}{bar}")
        self.stream.flush()

    def _facts(self, read: int, items: int) -> str:
        count = f"{items:,} {self.noun}"
        if not self.total:
            return f"{read / MEGABYTE:.1f} MB  {count}"
        share = min(read / self.total, 1.0)
        done = int(share * WIDTH)
        bar = f"[{'#' * done}{'-' * (WIDTH - done)}] " if self.is_terminal else ""
        size = f"{read / MEGABYTE:.1f} of {self.total / MEGABYTE:.1f} MB"
        return f"{bar}{share:4.0%}  {size}  {count}"
