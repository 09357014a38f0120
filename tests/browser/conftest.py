"""What a page is expected to show may take its time where other tests use the same cores."""

from playwright.sync_api import expect

expect.set_options(timeout=20_000)
