"""A carrier as they are in China, in one file: approved templates with a signature, uplink and receipts pushed as JSON
arrays, requests signed with HMAC-SHA256. Written after the style that such carriers publish; it is nobody's own.

    HOTLINE_CARRIER=tests.template_carrier
    TEMPLATE_CARRIER_ENDPOINT=https://sms.example.cn  …_KEY_ID=…  …_KEY_SECRET=…  …_SIGN=12319
    TEMPLATE_CARRIER_TEMPLATES=/etc/hotline/templates.toml       received = "SMS_1001" …
"""

from __future__ import annotations

import hashlib
import hmac
import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import requests  # type: ignore[import-untyped,unused-ignore]

from hotline.carriers.base import (
    Callback,
    CarrierError,
    Fate,
    Forged,
    Inbound,
    Receipt,
    Reply,
    Sent,
    Unreadable,
)

SETTINGS = {
    "endpoint": "接口地址",
    "key_id": "账号",
    "key_secret": "密钥",
    "sign": "短信签名",
    "templates": "模板编号的文件",
}
OPTIONAL = {"extension": "上行短信的扩展码"}

PATIENCE = 5  # seconds
FINAL = {"MOBILE_NUMBER_ILLEGAL": "号码无效", "BLACK_LIST": "号码在黑名单中", "TEMPLATE_ILLEGAL": "模板未通过审核"}
UNSUBSCRIBED = "UNSUBSCRIBED"
COUNTRY = "+86"
TAKEN = Reply(json.dumps({"code": 0, "msg": "成功"}, ensure_ascii=False), "application/json")


class TemplateCarrier:
    """Sends a template's code with its parameters; hears what is pushed to /carriers/template/…"""

    name = "template"
    at_once = 4
    fills_templates = True

    def __init__(self, settings: Mapping[str, str], templates: Mapping[str, str]) -> None:
        self._endpoint, self._key_id = settings["endpoint"], settings["key_id"]
        self._secret = settings["key_secret"].encode()
        self._sign, self._extension = settings["sign"], settings.get("extension", "")
        self._templates = templates

    def send(self, to: str, body: str, token: str, wording: str, fields: Mapping[str, str]) -> Sent:
        """The approved template of this form of the wording. A text without one is never sent."""
        code = self._templates.get(wording)
        if code is None:
            raise CarrierError("NO_TEMPLATE", f"没有为“{wording}”报备模板", final=True)
        said = self._ask(
            {
                "phone": to.removeprefix(COUNTRY),
                "sign": self._sign,
                "template_code": code,
                "template_param": json.dumps(fields, ensure_ascii=False),
                "out_id": token,
                "extend": self._extension,
            }
        )
        if said["code"] == "OK":
            return Sent(sid=f"out-{said['biz_id']}")
        reason = str(said["code"])
        raise CarrierError(reason, FINAL.get(reason, "运营商拒绝"), final=reason in FINAL)

    def fetch(self, url: str) -> tuple[bytes, str]:
        """These carriers take no pictures."""
        raise CarrierError("no_media", "本运营商不收彩信", final=True)

    def verify(self, callback: Callback) -> None:
        """HMAC-SHA256 of the body. Raises Forged."""
        given = callback.headers.get("x-signature", "")
        if callback.method != "POST" or not hmac.compare_digest(
            given.encode(), self._signature(callback.body).encode()
        ):
            raise Forged("签名不正确：请核对短信密钥。")

    def hear(self, callback: Callback) -> Sequence[Inbound]:
        """上行短信, any number at once. `sequence_id` is the carrier's own number of each."""
        if callback.about != "up":
            return ()
        return [
            Inbound(f"up-{each['sequence_id']}", COUNTRY + each["phone_number"], each["content"])
            for each in _array(callback.body)
        ]

    def receipts(self, callback: Callback) -> Sequence[Receipt]:
        """状态报告, any number at once."""
        if callback.about != "reports":
            return ()
        return [
            Receipt(
                Fate.DELIVERED if each["success"] else Fate.FAILED,
                token=each.get("out_id", ""),
                sid=f"out-{each['biz_id']}",
                error="" if each["success"] else each["err_code"],
                unsubscribed=each["err_code"] == UNSUBSCRIBED,
            )
            for each in _array(callback.body)
        ]

    def answer(self, callback: Callback) -> Reply:
        """Anything else than code 0, and the whole batch is pushed again."""
        return TAKEN

    def _ask(self, asked: Mapping[str, str]) -> Mapping[str, Any]:
        body = json.dumps(asked, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Key-Id": self._key_id,
            "X-Signature": self._signature(body),
        }
        try:
            answer = requests.post(f"{self._endpoint}/send", data=body, headers=headers, timeout=PATIENCE)
            answer.raise_for_status()
            said: Mapping[str, Any] = answer.json()
        except requests.RequestException as failure:
            raise CarrierError("no_connection", type(failure).__name__, final=False) from failure
        return said

    def _signature(self, body: bytes) -> str:
        return hmac.new(self._secret, body, hashlib.sha256).hexdigest()


def _array(body: bytes) -> list[dict[str, Any]]:
    try:
        found = json.loads(body)
    except ValueError as fault:
        raise Unreadable("内容不是 JSON。") from fault
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Unreadable("内容应为 JSON 数组。")
    return found


def open_carrier(settings: Mapping[str, str], site: str) -> TemplateCarrier:
    """Reads the codes of the approved templates: one for each form of each wording."""
    templates = tomllib.loads(Path(settings["templates"]).read_text(encoding="utf-8"))
    return TemplateCarrier(settings, templates)
