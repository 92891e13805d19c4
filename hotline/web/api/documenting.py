"""What the API can do, told twice from the same schemas: OpenAPI 3 for machines, a plain page for people."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, Flask, current_app, render_template, url_for
from flask_smorest import Api as SmorestApi

from hotline.web.api.answers import Problem

TITLE = "12319 城市管理服务热线 API"
SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "接口令牌，由管理员用 hotline.cli.client 建立。"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "session",
        "description": "工作人员登录后的会话；写操作须带 X-CSRFToken。",
    },
}
METHODS = ("get", "post")

page = Blueprint("api_page", __name__, url_prefix="/api/v1")


class Api(SmorestApi):
    """flask-smorest without error answers of its own: those are `hotline.web.problems`' alone."""

    ERROR_SCHEMA = Problem

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._undescribed: list[Callable[[], None]] = []
        self._describing = Lock()
        super().__init__(*args, **kwargs)

    def describe_later(self, describe: Callable[[], None]) -> None:
        """A part is served at once; its description takes longer than all the rest of an application's start."""
        self._undescribed.append(describe)

    def described(self) -> dict[str, Any]:
        """All parts, as OpenAPI."""
        with self._describing:
            while self._undescribed:
                self._undescribed.pop(0)()
            return dict(self.spec.to_dict())

    def _openapi_json(self) -> Any:
        self.described()
        return super()._openapi_json()

    def _register_responses(self) -> None:
        self.describe_later(super()._register_responses)

    def _register_error_handlers(self) -> None:
        pass


def make_api(app: Flask) -> Api:
    """The API with its description, not yet its parts."""
    app.config.update(
        API_TITLE=TITLE,
        API_VERSION="v1",
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    plugin = MarshmallowPlugin()
    api = Api(app, spec_kwargs={"marshmallow_plugin": plugin, "security": [{name: []} for name in SECURITY]})
    if plugin.converter is not None:  # made when the plugin meets its spec
        plugin.converter.add_attribute_function(_labels)
    for name, scheme in SECURITY.items():
        api.spec.components.security_scheme(name, scheme)
    app.register_blueprint(page)
    return api


def _labels(self: Any, field: Any, **kwargs: Any) -> dict[str, Any]:
    """The words of the staff page's form are the description of the field."""
    label, hint = field.metadata.get("label"), field.metadata.get("hint")
    told = {"title": label} if label else {}
    return told | ({"description": hint} if hint else {})


@page.get("/docs")
def show() -> str:
    """Every operation, by part, with what it takes."""
    api: Api = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    return render_template("api/docs.html", openapi_url=url_for("api-docs.openapi_json"), **describe(api.described()))


def describe(spec: dict[str, Any]) -> dict[str, Any]:
    """The spec as the page tells it: parts with their operations, and the schemas that these refer to."""
    parts: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in spec["tags"]}
    for path, operations in spec["paths"].items():
        shared = operations.get("parameters", [])
        for method in METHODS:
            if method in operations:
                operation = operations[method]
                parts[operation["tags"][0]].append(_operation(path, method, operation, shared))
    return {
        "title": spec["info"]["title"],
        "parts": [{"label": tag["description"], "operations": parts[tag["name"]]} for tag in spec["tags"]],
        "schemas": {name: _properties(schema) for name, schema in spec["components"]["schemas"].items()},
    }


def _operation(path: str, method: str, operation: dict[str, Any], shared: list[Any]) -> dict[str, Any]:
    bodies = operation.get("requestBody", {}).get("content", {})
    answers = {
        status: _reference(_schema(response))
        for status, response in operation["responses"].items()
        if status != "default"
    }
    return {
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "parameters": [
            {
                "name": each["name"],
                "in": each["in"],
                "required": each.get("required", False),
                "type": each["schema"].get("type", ""),
                "description": each.get("description", ""),
            }
            for each in [*shared, *operation.get("parameters", [])]
        ],
        "bodies": [{"type": kind, "schema": _reference(body.get("schema", {}))} for kind, body in bodies.items()],
        "answers": answers,
    }


def _schema(response: dict[str, Any]) -> dict[str, Any]:
    contents: list[dict[str, Any]] = list(response.get("content", {}).values())
    schema: dict[str, Any] = contents[0].get("schema", {}) if contents else {}
    return schema


def _reference(schema: dict[str, Any]) -> str:
    """The name of the schema that is meant, of one or of the items of a list."""
    target = schema.get("$ref") or schema.get("items", {}).get("$ref", "")
    return str(target.rpartition("/")[2])


def _properties(schema: dict[str, Any]) -> list[dict[str, Any]]:
    needed = schema.get("required", [])
    return [
        {
            "name": name,
            "type": _type_of(found),
            "schema": _reference(found) or _reference((found.get("allOf") or [{}])[0]),
            "required": name in needed,
            "title": found.get("title", ""),
            "description": found.get("description", ""),
            "words": [word for word in found.get("enum", []) if word is not None],
        }
        for name, found in schema.get("properties", {}).items()
    ]


def _type_of(found: dict[str, Any]) -> str:
    kinds = found.get("type", "object")
    return "/".join(kinds) if isinstance(kinds, list) else str(kinds)
