"""Files that are written and read in the background, in words."""

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from feedback_app.job_page.told import Link, Told
from feedback_app.list_files.formats import FORMS


def export(payload: dict[str, Any], progress: dict[str, Any]) -> Told:
    """A list of traces on its way into a file."""
    form = FORMS.get(payload.get("form", ""))
    title = f"Export traces: {form.words}" if form else "Export traces"
    result = ""
    if progress:
        result = f"{_traces(progress['rows'])}, {filesizeformat(progress['size'])}."
    link = Link(reverse("export", args=[payload["export"]]), "Open the export")
    return Told(title, result, links=(link,), units="traces")


def importing(payload: dict[str, Any], progress: dict[str, Any]) -> Told:
    """A file on its way into a dataset, or only checked."""
    is_check, name = payload.get("is_check", False), payload.get("file", "")
    verb = "Check" if is_check else "Import"
    link = Link(reverse("dataset-import", args=[payload["import"]]), "Open the import")
    title = f"{verb} “{name}”" if name else f"{verb} a file"
    return Told(title, _came_of(progress, is_check), links=(link,), units="bytes")


def taking_back(payload: dict[str, Any], progress: dict[str, Any]) -> Told:
    """What an import has added, on its way out again."""
    removed, kept = progress.get("removed", 0), progress.get("kept", 0)
    more = f", {kept:,} kept since somebody had edited {'it' if kept == 1 else 'them'}"
    result = f"{removed:,} removed{more if kept else ''}."
    link = Link(reverse("dataset-import", args=[payload["import"]]), "Open the import")
    return Told(f"Take back the import of “{payload['file']}”", result, links=(link,))


def _came_of(progress: dict[str, Any], is_check: bool) -> str:
    if not progress:
        return ""
    parts = [f"{progress['good']:,} {'can be stored' if is_check else 'stored'}"]
    if progress["duplicates"]:
        parts.append(f"{progress['duplicates']:,} duplicates left out")
    if progress["refused"]:
        parts.append(f"{progress['refused']:,} refused")
    return ", ".join(parts) + "."


def _traces(number: int) -> str:
    return f"{number:,} trace{'' if number == 1 else 's'}"
