"""Twilio: texts over its Messages API, by its own client. It calls back `<site>/twilio/sms` for each text from a
citizen, and `<site>/twilio/status/<token>` for what became of ours."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

import phonenumbers
import requests  # type: ignore[import-untyped,unused-ignore]
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

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

SETTINGS = {"account_sid": "账号", "auth_token": "令牌"}
OPTIONAL = {"from_number": "发信号码", "messaging_service_sid": "消息服务"}

PATIENCE = 10  # seconds for a connection, and for each part of an answer
LARGEST = 10 * 1024 * 1024  # bytes of one picture; Twilio itself takes in 5 MB
MOST_MEDIA = 10  # as many as come with one text
MOST_HOPS = 4  # from the API to where the picture lies
HOME = "CN"  # where the numbers of units are at home that are written without a country code

#: Nothing will change about these by trying again (twilio.com/docs/api/errors).
FINAL = {
    21211: "号码无效",
    21214: "号码无法接通",
    21217: "号码格式不正确",
    21219: "试用账号未验证该号码",
    21265: "号码是短号，不能接收",
    21408: "账号未开通该地区",
    21602: "短信没有内容",
    21610: "对方已退订",
    21612: "该号码不能从本号接收",
    21614: "不是手机号码",
    21617: "短信过长",
}

UNSUBSCRIBED = 21610

#: Its words for a text's fate. Those that are missing say that it is still on its way to the network.
FATES = {
    "sent": Fate.SENT,
    "delivered": Fate.DELIVERED,
    "read": Fate.DELIVERED,
    "undelivered": Fate.FAILED,
    "failed": Fate.FAILED,
    "canceled": Fate.FAILED,
}
TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'  # what we say goes through the outbox

#: Where Twilio's API sends for the bytes of a picture. Nobody else is asked, and nobody else learns our password.
API = "api.twilio.com"
MEDIA = (".twilio.com", ".twiliocdn.com")
BUCKETS = "s3-external-1.amazonaws.com"
BUCKET_PATHS = ("/media.twiliocdn.com/", "/mms.twiliocdn.com/")


class TwilioCarrier:
    """Sends as the given number or by the messaging service. Safe to use from several threads."""

    name = "twilio"
    fills_templates = False
    at_once = 8  # a text takes a tenth of a second, nearly all of it waiting

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        from_number: str | None,
        messaging_service_sid: str | None,
        site: str,
    ) -> None:
        """`site`: our public address, without a slash at its end. Opens no connection yet."""
        http = TwilioHttpClient(timeout=PATIENCE)
        self.session: requests.Session = http.session
        self.session.hooks["response"].append(self._note_wait)
        self._waits = threading.local()  # of each sending thread: what its last answer asked for
        self._auth = (account_sid, auth_token)
        self._client = Client(account_sid, auth_token, http_client=http)
        self._as = {"messaging_service_sid": messaging_service_sid} if messaging_service_sid else {"from_": from_number}
        self._validator = RequestValidator(auth_token)
        self._site = site

    def send(self, to: str, body: str, token: str, wording: str, fields: Mapping[str, str]) -> Sent:
        """Hand one text over. Raises CarrierError; when nothing was heard the text may have been taken all the same."""
        self._waits.seconds = 0
        try:
            message = self._client.messages.create(
                to=_e164(to), body=body, status_callback=f"{self._site}/twilio/status/{token}", **self._as
            )
        except TwilioRestException as refusal:
            raise _error(
                refusal.code or refusal.status, f"运营商拒绝（HTTP {refusal.status}）", wait=self._waits.seconds
            ) from refusal
        except (requests.RequestException, TwilioException) as failure:
            raise CarrierError("no_connection", type(failure).__name__, final=False) from failure
        if message.error_code or message.status in ("failed", "undelivered", "canceled"):
            code = int(message.error_code or 0)
            raise _error(code, "运营商未发出")
        return Sent(sid=message.sid)

    def _note_wait(self, answer: requests.Response, *_: Any, **__: Any) -> None:
        """`Retry-After` of a 429, which the client's own exception does not tell."""
        asked = answer.headers.get("Retry-After", "")
        self._waits.seconds = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 0

    def fetch(self, url: str) -> tuple[bytes, str]:
        """A picture that came with a text. Raises CarrierError for other hosts than the carrier's, and for too much."""
        try:
            return self._follow(url)
        except requests.RequestException as failure:
            raise CarrierError("no_connection", type(failure).__name__, final=False) from failure

    def verify(self, callback: Callback) -> None:
        """Only what is signed with our token for the public address. Raises Forged."""
        signature = callback.headers.get("x-twilio-signature", "")
        if not self._validator.validate(callback.url, callback.form, signature):
            raise Forged("签名不正确：请核对运营商令牌和对外网址（HOTLINE_PUBLIC_URL）。")

    def hear(self, callback: Callback) -> Sequence[Inbound]:
        """The text of the messaging webhook. Raises Unreadable without an id or a sender."""
        if callback.about != "sms":
            return ()
        form = callback.form
        sid, sender = form.get("MessageSid", ""), form.get("From", "")
        if not sid or not sender:
            raise Unreadable("缺少 MessageSid 或 From。")
        return (Inbound(sid, sender, form.get("Body", ""), _media(form), form.get("OptOutType", "")),)

    def receipts(self, callback: Callback) -> Sequence[Receipt]:
        """The status callback of one text; our token stands in its address."""
        kind, _, token = callback.about.partition("/")
        if kind != "status":
            return ()
        form = callback.form
        status, error = form.get("MessageStatus") or form.get("SmsStatus", ""), form.get("ErrorCode", "")
        unsubscribed = error == str(UNSUBSCRIBED)
        return (Receipt(FATES.get(status.lower()), token, form.get("MessageSid", ""), error, unsubscribed),)

    def answer(self, callback: Callback) -> Reply:
        """TwiML that says nothing to a text; nothing at all to a status."""
        if callback.about == "sms":
            return Reply(TWIML, "text/xml; charset=utf-8")
        return Reply(status=204)

    def _follow(self, url: str) -> tuple[bytes, str]:
        for _ in range(MOST_HOPS):
            host = _checked_host(url)
            auth = self._auth if host == API else None
            with self.session.get(url, auth=auth, timeout=PATIENCE, stream=True, allow_redirects=False) as answer:
                if answer.is_redirect:
                    url = urljoin(url, answer.headers["Location"])
                    continue
                if answer.status_code != 200:
                    again = answer.status_code in (408, 425, 429) or answer.status_code >= 500
                    raise CarrierError(str(answer.status_code), "运营商没有给出图片", final=not again)
                return _read(answer), answer.headers.get("Content-Type", "")
        raise CarrierError("redirects", "图片地址转了太多次", final=True)


def _e164(number: str) -> str:
    """Units' numbers may be written as people write them."""
    if number.startswith("+"):
        return number
    try:
        return phonenumbers.format_number(phonenumbers.parse(number, HOME), phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException as fault:
        raise CarrierError("21211", FINAL[21211], final=True) from fault


def _error(code: int, otherwise: str, *, wait: int = 0) -> CarrierError:
    """Only what concerns the recipient or the text is final; a wrong password or a rate limit will be mended."""
    return CarrierError(
        str(code), FINAL.get(code, otherwise), final=code in FINAL, unsubscribed=code == UNSUBSCRIBED, wait=wait
    )


def _checked_host(url: str) -> str:
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    ours = host.endswith(MEDIA) or (host == BUCKETS and parts.path.startswith(BUCKET_PATHS))
    if parts.scheme != "https" or parts.port not in (None, 443) or parts.username or not ours:
        raise CarrierError("address", "不是运营商的图片地址", final=True)
    return host


def _read(answer: requests.Response) -> bytes:
    """No more than a picture may have, whatever the answer says of its length."""
    data = bytearray()
    for chunk in answer.iter_content(64 * 1024):
        data += chunk
        if len(data) > LARGEST:
            raise CarrierError("size", f"图片超过{LARGEST // 1024 // 1024} MB", final=True)
    return bytes(data)


def _media(form: Mapping[str, str]) -> tuple[str, ...]:
    count = form.get("NumMedia", "0")
    number = min(int(count), MOST_MEDIA) if count.isascii() and count.isdigit() else 0
    urls = (form.get(f"MediaUrl{index}", "") for index in range(number))
    return tuple(dict.fromkeys(url for url in urls if url.startswith("https://")))


def open_carrier(settings: Mapping[str, str], site: str) -> TwilioCarrier:
    """The carrier of the TWILIO_ settings."""
    return TwilioCarrier(
        account_sid=settings["account_sid"],
        auth_token=settings["auth_token"],
        from_number=settings.get("from_number"),
        messaging_service_sid=settings.get("messaging_service_sid"),
        site=site,
    )
