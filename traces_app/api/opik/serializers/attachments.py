"""Attachments as Opik's clients send and read them (opik-sdk.md §2)."""

import mimetypes
from collections.abc import Mapping
from dataclasses import astuple
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core import signing
from msgspec import Meta, Struct
from msgspec.json import Decoder

from traces_app.access import Access
from traces_app.api.opik import checks
from traces_app.errors import Forbidden
from traces_app.models import Attachment, EntityType
from traces_app.normal_form import clean_text
from traces_app.services.attachments import Upload

LOCAL_UPLOAD = "BEMinIO"
"""The upload id that makes the SDK send the file to us instead of to S3."""

MAX_NAME = 255
EXPIRED = "The upload address is not valid or has expired. Start the upload again."
UNKNOWN_TYPE = "application/octet-stream"
_SALT = "attachment-upload"

Owner = Literal["trace", "span"]


class UploadStart(Struct, kw_only=True):
    """What file is to come; ``path`` and the number of parts mean nothing here."""

    file_name: str | None = None
    entity_type: Owner | None = None
    entity_id: UUID | None = None
    mime_type: str | None = None
    project_name: str | None = None
    num_of_file_parts: Annotated[int, Meta(ge=0)] | None = None
    path: str | None = None

    def upload(self) -> Upload:
        """What the service takes. Raises Unprocessable."""
        rules = checks.Rules()
        _check_owner(self, rules)
        rules.not_blank("fileName", self.file_name)
        rules.at_most("fileName", self.file_name, MAX_NAME)
        rules.at_most("mimeType", self.mime_type, MAX_NAME)
        rules.blank_only_if_absent("projectName", self.project_name)
        rules.enforce()
        name = clean_text(self.file_name or "")
        return Upload(
            EntityType(self.entity_type or ""),
            self.entity_id or UUID(int=0),
            name,
            clean_text(self.mime_type or "") or mimetypes.guess_type(name)[0] or UNKNOWN_TYPE,
            self.project_name,
        )


class UploadStarted(Struct):
    """Where to PUT the file."""

    upload_id: str
    pre_sign_urls: list[str]


class UploadedPart(Struct):
    """A part as S3 knows it."""

    e_tag: str | None = None
    part_number: int | None = None


class UploadComplete(Struct, kw_only=True):
    """Which file has come."""

    file_name: str | None = None
    entity_type: Owner | None = None
    entity_id: UUID | None = None
    project_name: str | None = None
    container_id: UUID | None = None
    file_size: int | None = None
    mime_type: str | None = None
    upload_id: str | None = None
    uploaded_file_parts: list[UploadedPart] | None = None

    def check(self) -> None:
        rules = checks.Rules()
        _check_owner(self, rules)
        rules.not_blank("fileName", self.file_name)
        rules.enforce()


class AttachmentsDelete(Struct, kw_only=True):
    """Which files are to go: Opik's ``file_names``, or the one ``file_name`` that its SDK sends."""

    entity_type: Owner | None = None
    entity_id: UUID | None = None
    file_names: list[str] | None = None
    file_name: str | None = None
    container_id: UUID | None = None

    def names(self) -> list[str]:
        """The names. Raises Unprocessable."""
        rules = checks.Rules()
        _check_owner(self, rules)
        rules.enforce()
        names = self.file_names or [self.file_name or ""]
        checks.sized("fileNames", [name for name in names if name])
        return [clean_text(name) for name in names]


class AttachmentRead(Struct):
    """One file; ``link`` needs the key."""

    file_name: str
    file_size: int
    mime_type: str
    link: str


class AttachmentPage(Struct):
    """One page of files."""

    page: int
    size: int
    total: int
    content: list[AttachmentRead]
    sortable_by: list[str]


UPLOAD_START = Decoder(UploadStart)
UPLOAD_COMPLETE = Decoder(UploadComplete)
ATTACHMENTS_DELETE = Decoder(AttachmentsDelete)


def token(access: Access, upload: Upload) -> str:
    """Leave to send this one file into the caller's workspace, for a while."""
    return signing.dumps([str(access.workspace_id), *map(_text, astuple(upload))], salt=_SALT)


def upload_of(access: Access, signed: str) -> Upload:
    """What a token allows. Raises Forbidden when it is forged, too old or another workspace's."""
    try:
        workspace, kind, entity, *rest = signing.loads(
            signed, salt=_SALT, max_age=settings.ATTACHMENT_UPLOAD_SECONDS
        )
    except signing.BadSignature as error:
        raise Forbidden(EXPIRED) from error
    if workspace != str(access.workspace_id):
        raise Forbidden(EXPIRED)
    return Upload(EntityType(kind), UUID(entity), *rest)


def read(attachment: Attachment, base: str) -> dict[str, Any]:
    """One file as the API prints it; ``base`` is the address of the attachments' endpoints."""
    named: Mapping[str, object] = {
        "container_id": attachment.project_id,
        "entity_type": attachment.entity_type,
        "entity_id": attachment.entity_id,
        "file_name": attachment.file_name,
        "mime_type": attachment.mime_type,
    }
    return {
        "file_name": attachment.file_name,
        "file_size": attachment.size,
        "mime_type": attachment.mime_type,
        "link": f"{base}/download?{urlencode(named)}",
    }


def _check_owner(
    body: UploadStart | UploadComplete | AttachmentsDelete, rules: checks.Rules
) -> None:
    rules.not_null("entityType", body.entity_type)
    rules.not_null("entityId", body.entity_id)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
