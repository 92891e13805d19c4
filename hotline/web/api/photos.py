"""Photos beside the fields of a step: the same request as a form, which JSON cannot carry them in."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_smorest.fields import Upload
from marshmallow import Schema, fields

from hotline.domain.errors import Invalid
from hotline.services.attaching import Kept
from hotline.web import uploads
from hotline.web.api.parsing import FORM
from hotline.web.resources import (
    BEFORE_FIELD,
    BEFORE_LABEL,
    PHOTO_FIELDS,
    PHOTOS_FIELD,
    PHOTOS_HINT,
    PHOTOS_LABEL,
    Resource,
)

MISPLACED = f"照片请以文件上传，字段名为 {PHOTOS_FIELD}（办理后）或 {BEFORE_FIELD}（办理前），可以重复。"


def received(resource: Resource) -> list[Kept]:
    """The photos of this request, checked and kept; none for a step that takes none, or for JSON.

    Raises Invalid if one of them cannot be used, if there are too many, or for files that would be lost.
    """
    if not resource.takes_photos or request.mimetype != FORM:
        return []
    misplaced = [name for name in request.files if name not in PHOTO_FIELDS]
    misplaced += [name for name in PHOTO_FIELDS if name in request.form]
    if misplaced:
        raise Invalid(dict.fromkeys(misplaced, MISPLACED))
    photos, fault = uploads.received_in(PHOTO_FIELDS)
    if fault:
        raise Invalid({PHOTOS_FIELD: fault})
    return photos


def described(resource: Resource) -> dict[str, Any]:
    """For the description of the step's address: its fields as a form, with the files."""
    if not resource.takes_photos:
        return {}
    return {"requestBody": {"content": {FORM: {"schema": _with_files(resource)}}}}


def _with_files(resource: Resource) -> type[Schema]:
    files = fields.List(Upload(), metadata={"label": PHOTOS_LABEL, "hint": PHOTOS_HINT})
    before = fields.List(Upload(), metadata={"label": BEFORE_LABEL})
    return type(
        f"{resource.schema.__name__}WithPhotos", (resource.schema,), {BEFORE_FIELD: before, PHOTOS_FIELD: files}
    )
