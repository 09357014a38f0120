"""A file's way into a dataset in a browser: looked at, mapped, checked, imported."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from feedback_app.models import Datapoint, DatasetImport
from feedback_app.services import import_runs
from tests import factories
from tests.browser.test_trace_page import PHONE, accuse, sign_in
from tests.feedback_app.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def work(desk: Desk) -> None:
    task = DatasetImport.objects.get()
    import_runs.run(
        workspace_id=desk.room.pk,
        user_id=desk.person.pk,
        import_id=task.pk,
        number=task.run,
        report=lambda done, total: None,
        finish=lambda outcome: None,
    )


def test_from_the_file_to_the_datapoints(
    live_server: LiveServer, page: Page, tmp_path: Path
) -> None:
    desk = Desk()
    dataset = factories.dataset(desk.project(), "support")
    file = tmp_path / "asked.csv"
    file.write_text("frage;antwort\nIs it covered?;Yes.\nHow long?;\n", encoding="utf-8")
    sign_in(page.context, desk, live_server.url)
    page.goto(f"{live_server.url}/datasets/{dataset.pk}")

    page.get_by_role("link", name="Import").first.click()
    page.locator("#id_file").set_input_files(file)
    page.get_by_role("button", name="Upload and look at it").click()
    page.get_by_label("Question", exact=True).select_option("frage")
    page.get_by_label("Answer", exact=True).select_option("antwort")
    expect(page.locator("#preview")).to_contain_text("There is no answer in “antwort”.")
    expect(page.locator("#preview")).to_contain_text("Is it covered?")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert accuse(page) == []

    page.get_by_role("button", name="Check all of it").click()
    expect(page.locator("progress")).to_be_visible()
    work(desk)
    expect(page.get_by_text("Can be stored")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("progress")).to_be_visible()
    work(desk)
    expect(page.locator("#standing dd").first).to_have_text("1")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.get_by_role("link", name="Open the dataset").click()

    expect(page.locator("tbody tr")).to_contain_text("Is it covered?")
    assert Datapoint.objects.get().source == "imported"

    page.go_back()
    take_back = page.get_by_role("button", name="Take it back")
    expect(take_back).to_be_in_viewport(ratio=1)
    take_back.click()
    assert accuse(page) == []
    page.get_by_role("dialog").get_by_role("button", name="Take it back").click()
    expect(page.locator("h1")).to_have_text("Take back the import of “asked.csv”")
