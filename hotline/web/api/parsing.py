"""What is sent, made safe to use: JSON in UTF-8, texts cleaned, numbers that fit; and a clear no to everything else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar, NoReturn

import flask
from flask import abort
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.wrappers import Request

from hotline.domain.errors import Invalid
from hotline.domain.texts import clean
from hotline.web.api.guarding import guard
from hotline.web.problems import problem

FORM = "multipart/form-data"
LARGEST_JSON = 1024 * 1024
LARGEST_NUMBER = 2**63 - 1  # what the database can hold
DEEPEST = 20
PLAIN = "内容不符合要求，请检查。"


class Parser(FlaskParser):
    """JSON and query, with faults by field as everywhere in this house."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body as an object; nothing sent is an empty one."""
        raw = req.get_data(cache=True)
        if not raw.strip():
            return {}
        if not req.is_json:
            abort(problem(415, "unsupported_media_type", "请以 application/json 发送 JSON（UTF-8 编码）。"))
        if len(raw) > LARGEST_JSON:
            abort(problem(413, "request_entity_too_large", "内容过大，请控制在 1 MB 以内。"))
        found = _tidied(_read(raw), "body", 0)
        if not isinstance(found, dict):
            _refuse('请求内容应为一个 JSON 对象，例如 {"text": "…"}。')
        return found

    def load_json_or_form(self, req: Request, schema: Schema) -> Any:
        """The same where files may come beside the fields: then as a form; the last of several equal names counts."""
        if req.mimetype != FORM:
            return self.load_json(req, schema)
        return {name: clean(value) for name, value in req.form.items(multi=True)}

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """The query, with its texts cleaned; the last of several equal names counts."""
        return {name: clean(value) for name, value in req.args.items()}

    def handle_error(
        self,
        error: ValidationError,
        req: Request,
        schema: Schema,
        *,
        error_status_code: int | None,
        error_headers: Mapping[str, str] | None,
    ) -> NoReturn:
        """Faults by field."""
        found = error.messages_dict
        location = next(iter(found.values()), {}) if len(found) == 1 else found
        raise Invalid(by_field(location if isinstance(location, dict) else {"body": location}))


def by_field(messages: Mapping[Any, Any], prefix: str = "") -> dict[str, str]:
    """Marshmallow's tree of messages as one line a field: {"assist_ids.0": "…"}."""
    faults: dict[str, str] = {}
    for name, found in messages.items():
        field = f"{prefix}{name}"
        if isinstance(found, Mapping):
            faults |= by_field(found, f"{field}.")
        else:
            texts = [found] if isinstance(found, str) else [str(each) for each in found]
            faults[field] = "；".join(text if _is_chinese(text) else PLAIN for text in texts)
    return faults


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def _read(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError:
        _refuse("请求内容不是 UTF-8 编码，请转换后再发送。", "wrong_encoding")
    except (ValueError, RecursionError):
        _refuse("JSON 格式有误，请检查引号、逗号和括号是否成对。")


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)  # NaN and Infinity are no JSON


def _refuse(message: str, code: str = "broken_json") -> NoReturn:
    abort(problem(400, code, message))


def _tidied(value: Any, name: str, depth: int) -> Any:
    """The same without what the database refuses: NUL, lone surrogates, numbers out of range."""
    if depth > DEEPEST:
        _refuse("JSON 嵌套过深。")
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        raise Invalid({name: "数字过大，请检查。"})
    if isinstance(value, list):
        return [_tidied(each, name, depth + 1) for each in value]
    if isinstance(value, dict):
        return {clean(key): _tidied(each, key, depth + 1) for key, each in value.items()}
    return value


class Blueprint(SmorestBlueprint):
    """Part of the API: guarded, and documented by what it takes and gives."""

    ARGUMENTS_PARSER = Parser()
    DEFAULT_LOCATION_CONTENT_TYPE_MAPPING: ClassVar[dict[str, str]] = {
        **SmorestBlueprint.DEFAULT_LOCATION_CONTENT_TYPE_MAPPING,
        "json_or_form": "application/json",  # the form is documented beside it, with its files
    }

    def __init__(self, name: str, description: str) -> None:
        super().__init__(f"api_{name}", __name__, url_prefix="/api/v1", description=description)
        self.before_request(guard)

    def register_views_in_doc(self, api: Any, *args: Any, **kwargs: Any) -> None:
        """When somebody reads it (`documenting.Api`)."""
        api.describe_later(partial(super().register_views_in_doc, api, *args, **kwargs))


def header_version(data: dict[str, Any]) -> dict[str, Any]:
    """The version that the caller saw, from If-Match where the body has none."""
    header = flask.request.headers.get("If-Match", "").strip()
    if data.get("version") is None and header and header != "*":
        digits = header.removeprefix("W/").strip('"')
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 10):
            raise Invalid({"If-Match": '应为读取工单时得到的版本号（ETag），例如 "3"。'})
        data["version"] = int(digits)
    return data
