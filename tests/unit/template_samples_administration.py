"""Sample contexts of what administrators see: units, people, changes, tokens; and of the steps of the log-in."""

from __future__ import annotations

from typing import Any

from tests.unit.template_parts import NASTY, NOW, hours

NUMBERS = [{"number": "202610130001", "url": "/desk/tickets/202610130001"}, {"number": "202610130002", "url": None}]
FIELDS = [
    {"name": "name", "label": "名称", "type": "text", "required": True},
    {"name": "parent_id", "label": "上级单位", "type": "select", "options": [{"value": 1, "label": NASTY}]},
    {"name": "roles", "label": "角色", "type": "checkboxes", "options": [{"value": "handler", "label": "承办人"}]},
]
TYPED = {"name": NASTY, "parent_id": 1, "roles": ["handler"]}
PERSON = {
    "id": 7,
    "name": NASTY,
    "login": "hans",
    "unit": "市政处",
    "roles": "承办人、领导",
    "active": True,
    "state": "",
    "last_login_at": hours(-3),
    "url": "/desk/people/7",
}
FILTERS = [{"name": "text", "label": "姓名或账号", "type": "search"}]
DIFFERENCES = [{"label": "角色", "before": NASTY, "now": "领导", "yours": NASTY, "same": True}]
QR = "data:image/svg+xml,%3Csvg/%3E"

ADMINISTRATION: dict[str, dict[str, Any]] = {
    "staff/units.html": {
        "lack": "没有值班电话的单位",
        "all_url": "/desk/units",
        "units": [
            {
                "id": depth + 1,
                "name": NASTY,
                "depth": depth,
                "kind_label": "部门",
                "head": "钱所长" if depth else None,
                "head_phone": "0320-77",
                "duty_phone": "0320-0002101",
                "active": depth < 2,
                "people": depth,
                "turns": 12,
                "url": "/desk/units/1",
                "people_url": "/desk/people?unit=1",
                "below_url": "/desk/units/new?parent=1" if depth < 2 else None,
            }
            for depth in range(3)
        ],
        "new_url": "/desk/units/new",
    },
    "staff/unit_new.html": {
        "fields": FIELDS,
        "values": TYPED,
        "errors": {"name": "请填写单位名称，60字以内。"},
        "action": "/desk/units",
        "back_url": "/desk/units",
    },
    "staff/unit.html": {
        "unit": {"id": 3, "name": NASTY, "key": "lamps", "active": True},
        "fields": FIELDS,
        "values": TYPED,
        "errors": {},
        "refusal": "刚刚改过。",
        "differences": DIFFERENCES,
        "seen": NASTY,
        "tickets": 40,
        "numbers": NUMBERS,
        "people": 3,
        "in_the_way": "还有40件工单在办，请先办结或改交其他单位",
        "may_close": True,
        "links": dict.fromkeys(("change", "close", "reopen", "below", "people", "new_person", "changes", "back"), "/x"),
    },
    "staff/people.html": {
        "people": [PERSON, PERSON | {"active": False, "state": "已停用", "last_login_at": None}],
        "filters": FILTERS,
        "values": {"text": NASTY},
        "sifted": True,
        "next_url": "/desk/people?after=3",
        "prev_url": None,
        "links": {"new": "/desk/people/new", "import": "/desk/people/import", "security": "/desk/people/security"},
    },
    "staff/person_new.html": {
        "fields": FIELDS,
        "values": TYPED,
        "errors": {"roles": "请至少选择一个角色。"},
        "action": "/desk/people",
        "back_url": "/desk/people",
        "days": 7,
    },
    "staff/person.html": {
        "person": PERSON
        | {
            "is_self": False,
            "second_factor": True,
            "password_changed_at": hours(-300),
            "created_at": hours(-900),
            "invited_until": hours(100),
        },
        "fields": FIELDS,
        "values": TYPED,
        "errors": {},
        "refusal": "刚刚改过。",
        "differences": DIFFERENCES,
        "seen": NASTY,
        "tickets": 40,
        "numbers": NUMBERS,
        "links": dict.fromkeys(
            (
                "change",
                "lock_person",
                "unlock_person",
                "end_sessions",
                "invite_person",
                "reset_second_factor",
                "changes",
                "access",
                "back",
            ),
            "/x",
        ),
    },
    "staff/shown_once.html": {
        "heading": NASTY,
        "intro": NASTY,
        "label": "邀请链接",
        "value": "http://12319.test/invitations/abc",
        "until": hours(168),
        "note": NASTY,
        "done": "完成",
        "next_url": "/desk/people/7",
    },
    "staff/security.html": {
        "options": [{"value": "administrator", "label": "管理员"}],
        "roles": ["administrator"],
        "errors": {},
        "may_change": True,
        "action": "/desk/people/security",
        "back_url": "/desk/people",
    },
    "staff/people_import.html": {
        "errors": {"file": "请选择填好的 Excel 文件。"},
        "action": "/desk/people/import",
        "template_url": "/desk/people/import/template.xlsx",
        "most": 1000,
        "back_url": "/desk/people",
    },
    "staff/people_preview.html": {
        "sheets": [
            {
                "name": "人员",
                "heads": ("账号", "姓名", "单位", "角色"),
                "total": 300,
                "lines": [
                    {"place": 2, "values": ["hans", NASTY, "lamps", "承办人"], "fault": "没有单位“lamps”。"},
                    {"place": 3, "values": ["hugo", "孟东站", "lamps", "承办人"], "fault": None},
                ],
            }
        ],
        "faults": 1,
        "units": 0,
        "people": 1,
        "packed": None,
        "confirm_url": "/desk/people/import/confirmation",
        "again_url": "/desk/people/import",
    },
    "staff/people_imported.html": {
        "units": 2,
        "people": [{"name": NASTY, "login": "hans", "unit": "市政处", "link": "http://12319.test/invitations/abc"}],
        "packed": "x",
        "download_url": "/desk/people/import/invitations.xlsx",
        "back_url": "/desk/people",
    },
    "staff/clients.html": {
        "clients": [
            {
                "name": NASTY,
                "unit": "市政处",
                "roles": "承办人",
                "active": active,
                "created_at": NOW,
                "last_used_at": NOW if active else None,
                "url": f"/desk/clients/{place}/lock",
            }
            for place, active in enumerate((True, False))
        ],
        "fields": FIELDS,
        "values": TYPED,
        "errors": {},
        "action": "/desk/clients",
    },
    "staff/changes.html": {
        "lines": [
            {
                "id": place,
                "at": hours(-place),
                "by": "何管理",
                "what": "单位",
                "name": NASTY,
                "kind": "修改",
                "differences": [{"label": "名称", "before": "（空）", "after": NASTY}],
                "undone": {"by": "何管理", "at": NOW} if place == 1 else None,
                "undo_url": "/desk/changes/1/reversal" if place == 2 else None,
            }
            for place in range(3)
        ],
        "filters": [{"name": "person", "label": "谁改的", "type": "search"}],
        "values": {"person": NASTY, "subject_id": "3"},
        "sifted": True,
        "next_url": "/desk/changes?after=3",
        "prev_url": None,
    },
    "staff/code.html": {"errors": {"code": "验证码不对或已经用过。"}},
    "staff/password.html": {
        "login": "hans",
        "errors": {"password": "密码至少10个字符。", "again": "两次输入的密码不一样。"},
        "current": True,
        "first": True,
    },
    "staff/invitation.html": {"name": NASTY, "login": "hans", "errors": {"password": "密码至少10个字符。"}, "days": 7},
    "staff/second_factor.html": {
        "qr": QR,
        "secret": "GEZDGNBVGY3TQOJQ",
        "grouped": "GEZD GNBV GY3T QOJQ",
        "login": "hans",
        "errors": {"password": "密码不对。", "code": "验证码不对。"},
        "required": True,
        "current": True,
    },
    "staff/recovery_codes.html": {"codes": ["abcde-fghjk"] * 10, "next_url": "/login/onward"},
    "staff/own_second_factor.html": {
        "end_url": "/desk/me/second-factor/end",
        "left": 9,
        "required": False,
        "errors": {"password": "密码不对。"},
    },
}
