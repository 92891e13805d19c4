"""How a no leaves the house: one table from errors to statuses; problem+json for machines, a page for people.

Machines are answered in Chinese, people in the language of their pages.
"""

from __future__ import annotations

from typing import Any

import structlog
from flask import Flask, Response, jsonify, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from hotline.domain.errors import HotlineError, Invalid, NotAllowed, NotFound, Refused, Stale, say
from hotline.web import login
from hotline.web.door import now
from hotline.web.languages import together, translated

log = structlog.get_logger()

STATUSES: tuple[tuple[type[HotlineError], int], ...] = (
    (Invalid, 422),
    (NotFound, 404),
    (NotAllowed, 403),
    (Stale, 409),
    (Refused, 409),
    (HotlineError, 422),
)
PAGES = {400, 403, 404, 409, 413, 429, 500}
TEXTS = {
    400: say("请求有误，请返回后重试。"),
    401: say("请先登录，或提供有效的令牌。"),
    403: say("您没有权限进行这项操作。"),
    404: say("没有找到您要的内容。"),
    405: say("不支持这种操作方式。"),
    413: say("内容过大，请减少附件或文字后重试。"),
    415: say("不支持这种内容格式。"),
    422: say("内容不符合要求。"),
    429: say("操作过于频繁，请稍后再试。"),
    500: say("系统出现故障，您填写的内容没有丢失，请稍后重试。"),
}
#: What the desk says above the sentence; staff read Chinese.
DESK_TITLES = {
    400: "没有提交成功",
    403: "不能进行这项操作",
    404: "没有找到这一页",
    409: "现在不能这样办理",
    413: "上传的内容太大",
    422: "没有提交成功",
    429: "操作过于频繁",
}


def register(app: Flask) -> None:
    """Answer every error in the language and the form of the one who asked."""
    app.register_error_handler(HotlineError, _hotline_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def status_of(error: HotlineError) -> int:
    """The status for a rule's no."""
    return next(status for kind, status in STATUSES if isinstance(error, kind))


def problem(status: int, code: str, message: str, **more: Any) -> Response:
    """RFC 9457 problem details with a stable `code`."""
    response = jsonify({"type": "about:blank", "title": message, "status": status, "code": code, **more})
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def _hotline_error(error: HotlineError) -> Response | tuple[str, int]:
    status = status_of(error)
    if _for_machine():
        more: dict[str, Any] = {}
        if isinstance(error, Invalid):
            more["errors"] = error.fields
        if isinstance(error, Stale):
            more |= {"version": error.version, "changes": error.changes}
        return problem(status, error.code, error.message, **more)
    if isinstance(error, Invalid):
        return _page(status, together(error.fields.values()))
    return _page(status, translated(error.message))


def _csrf_error(error: CSRFError) -> Response | tuple[str, int]:
    if request.path.startswith("/desk/") and not current_user.is_authenticated:
        return login.ended()
    message = say("页面已过期，请返回上一页重新提交，您填写的内容仍在。")
    return problem(400, "csrf", message) if _for_machine() else _page(400, translated(message))


def _http_error(error: HTTPException) -> Response | tuple[str, int]:
    if isinstance(error.response, Response):
        return error.response  # the view has its own answer, with what was typed in it
    if error.code is None or error.code < 400:
        return Response(error.get_response().data, error.code, error.get_headers())
    text = TEXTS.get(error.code, say("请求未能完成。"))
    if _for_machine():
        data = getattr(error, "data", None) or {}
        more = {"errors": data["messages"]} if "messages" in data else {}
        return problem(error.code, error.name.lower().replace(" ", "_"), text, **more)
    return _page(error.code, translated(text))


def _unexpected(error: Exception) -> Response | tuple[str, int]:
    log.error("unexpected_error", path=request.path, exc_info=error)
    return problem(500, "internal", TEXTS[500]) if _for_machine() else _page(500, translated(TEXTS[500]))


def _for_machine() -> bool:
    return request.path.startswith(("/api/", "/twilio/", "/carriers/", "/healthz", "/readyz", "/metrics"))


def _page(status: int, message: str) -> tuple[str, int]:
    """Staff at their desks stay in its frame, unless the fault is ours: then the frame itself may be what is broken."""
    if status < 500 and request.path.startswith("/desk/") and current_user.is_authenticated:
        title = DESK_TITLES.get(status, TEXTS[400])
        return render_template("staff/error.html", status=status, title=title, message=message), status
    template = f"errors/{status if status in PAGES else 400}.html"
    return render_template(template, message=message, now=now()), status
