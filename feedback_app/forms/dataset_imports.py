"""A file of examples as people upload it, and how it is to be read."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat

from feedback_app.example_files.mapping import Mapping, Reading
from feedback_app.models import Datapoint

NONE = ("", "none")
READINGS = {
    Reading.CHATS: "Chats: each line has its messages",
    Reading.COLUMNS: "Questions and answers, each in a field of its own",
    Reading.OBJECTS: "Objects, stored as they are",
}


class UploadForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label="File",
        help_text="JSON lines (.jsonl) or CSV with a head (.csv), in UTF-8.",
        widget=forms.FileInput(attrs={"accept": ".jsonl,.ndjson,.json,.csv,.tsv,.txt"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_LIMIT:
            most = filesizeformat(settings.UPLOAD_LIMIT)
            raise forms.ValidationError(f"The file is larger than {most}.")
        return file


class MappingForm(forms.Form):
    """Which field is what; the choices are the fields of the file's first records."""

    reading = forms.ChoiceField(label="Each record is", choices=[])
    question = forms.ChoiceField(label="Question", required=False)
    answer = forms.ChoiceField(label="Answer", required=False)
    system = forms.ChoiceField(label="System prompt", required=False)
    replaced = forms.ChoiceField(
        label="Answer that it replaced",
        required=False,
        help_text="It becomes the rejected answer of a preference pair.",
    )
    bucket = forms.ChoiceField(label="Bucket", required=False)
    put_into = forms.ChoiceField(
        label="Without a bucket of its own, into", choices=Datapoint.Bucket.choices
    )
    skips_duplicates = forms.BooleanField(label="Leave duplicates out", required=False)

    def __init__(
        self, data: Any = None, *, columns: Sequence[str], is_csv: bool, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        named = [NONE, *((name, name) for name in columns)]
        for field in ("question", "answer", "system", "replaced", "bucket"):
            self.fields[field].choices = named  # type: ignore[attr-defined]
        readings = [(str(each), words) for each, words in READINGS.items()]
        self.fields["reading"].choices = readings[1:] if is_csv else readings  # type: ignore[attr-defined]

    def mapping(self) -> Mapping:
        """Only of a valid form."""
        said = self.cleaned_data
        return Mapping(**said | {"reading": Reading(said["reading"])})
