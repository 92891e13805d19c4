"""Twilio's published OpenAPI description: says what is wrong with a request to it, and with an answer of it."""

from __future__ import annotations

import json
import re
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

PATH = Path(__file__).resolve().parents[2] / "shared" / "data" / "twilio" / "twilio_api_v2010.json"
MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
MEDIA = "/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media/{Sid}.json"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"

formats = FormatChecker()


@formats.checks("phone-number")
def _phone_number(value: object) -> bool:
    """E.164, a short code or a sender's name; never with blanks or zeros in front."""
    return (
        isinstance(value, str)
        and re.fullmatch(r"\+[1-9]\d{6,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}", value) is not None
    )


@formats.checks("uri")
def _uri(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"https?://[^\s_/]+(/\S*)?", value) is not None


@formats.checks("date-time-rfc-2822", raises=(ValueError, TypeError))
def _moment(value: object) -> bool:
    return parsedate_to_datetime(str(value)) is not None


class Spec:
    """The description, with its own word for what may be missing (`nullable`) put into JSON Schema's."""

    def __init__(self) -> None:
        self.described = json.loads(PATH.read_text(encoding="utf-8"))
        self._components = _in_json_schema(self.described["components"])

    def example(self, name: str) -> dict[str, Any]:
        """What Twilio says it answers when a message was created."""
        answers = self._operation(MESSAGES, "post")["responses"]["201"]["content"][JSON]
        found: dict[str, Any] = answers["examples"][name]["value"]
        return dict(found)

    def faults_of_creating(self, path: str, user: str | None, form: dict[str, str]) -> list[str]:
        """What Twilio would object to in a request to create a message; empty for a good one."""
        operation = self._operation(MESSAGES, "post")
        schema = operation["requestBody"]["content"][FORM]["schema"]
        unknown = [f"unknown field {name}" for name in form if name not in schema["properties"]]
        return [*self._faults_of_path(MESSAGES, operation, path, user), *unknown, *self._faults(schema, form)]

    def faults_of_fetching(self, path: str, user: str | None) -> list[str]:
        """The same for the bytes of a picture, which lie where its description does, without `.json`."""
        return self._faults_of_path(MEDIA, self._operation(MEDIA, "get"), f"{path}.json", user)

    def faults_of_answer(self, answer: dict[str, Any]) -> list[str]:
        """What is not as described in the answer to a created message."""
        schema = self._operation(MESSAGES, "post")["responses"]["201"]["content"][JSON]["schema"]
        return self._faults(schema, answer)

    def _operation(self, path: str, method: str) -> dict[str, Any]:
        operation: dict[str, Any] = self.described["paths"][path][method]
        return operation

    def _faults_of_path(self, template: str, operation: dict[str, Any], path: str, user: str | None) -> list[str]:
        pattern = re.escape(template).replace(r"\{", "(?P<").replace(r"\}", ">[^/]+)")
        match = re.fullmatch(pattern, path)
        if match is None:
            return [f"{path} is not {template}"]
        faults = [] if user == f"{match['AccountSid']}:secret-token" else ["not authenticated"]
        for parameter in operation["parameters"]:
            faults += self._faults(parameter["schema"], match[parameter["name"]])
        return faults

    def _faults(self, schema: dict[str, Any], value: object) -> list[str]:
        whole = {**_in_json_schema(schema), "components": self._components}
        return [error.message for error in Draft202012Validator(whole, format_checker=formats).iter_errors(value)]


def _in_json_schema(part: Any) -> Any:
    """OpenAPI 3.0 writes `nullable: true` where JSON Schema allows null."""
    if isinstance(part, list):
        return [_in_json_schema(each) for each in part]
    if not isinstance(part, dict):
        return part
    found = {name: _in_json_schema(each) for name, each in part.items() if name != "nullable"}
    if part.get("nullable") is not True:
        return found
    return {"anyOf": [found, {"type": "null"}]}
