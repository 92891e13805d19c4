"""What officials read for the words in the database. States and steps have theirs in `hotline.domain.workflow`."""

from __future__ import annotations

from hotline.domain.actors import Role
from hotline.models import KIND_LABELS, Ending, Ground, Part, UnitKind, labels

KINDS = KIND_LABELS
CHANNELS, SOURCES = labels.CHANNELS, labels.SOURCES
URGENCIES, REQUEST_TYPES = labels.URGENCIES, labels.REQUEST_TYPES
ROLES = {
    Role.OPERATOR: "受理员",
    Role.DISPATCHER: "派单员",
    Role.HANDLER: "承办人",
    Role.SUPERVISOR: "督办员",
    Role.LEADER: "领导",
    Role.ADMINISTRATOR: "管理员",
}
UNIT_KINDS = {
    UnitKind.CENTRE: "市级中心",
    UnitKind.COUNTY_CENTRE: "区县中心",
    UnitKind.DEPARTMENT: "部门",
    UnitKind.STATION: "站所",
}
PARTS = {Part.LEAD: "主办", Part.ASSIST: "协办"}
PHASES = labels.PHASES
ENDINGS = {
    Ending.SUBMITTED: "已办",
    Ending.RETURNED: "已退回",
    Ending.WITHDRAWN: "已收回",
    Ending.TRANSFERRED: "已转下级",
}
GROUNDS = {
    Ground.OVERDUE: "超期",
    Ground.LEADER: "领导批示",
    Ground.REPEATED: "重复投诉",
    Ground.REFUSAL: "推诿拒办",
    Ground.OTHER: "其他",
}
VOIDS = {
    "declined": "不予受理，不再计算",
    "voided": "作废，不再计算",
    "withdrawn": "诉求人已撤回，不再计算",
    "merged": "已并案，不再计算",
    "returned": "已退回，不再计算",
    "transferred": "已转下级，不再计算",
}
LANGUAGES = {"en": "英文界面"}  # what the citizen read it in; Chinese goes without saying
COPIES = {"unit_head": "承办单位负责人", "vice_mayor": "分管副市长", "mayor": "市长"}


def roles(names: frozenset[Role]) -> str:
    """All of a person's roles, in the order of the chain."""
    return "、".join(label for role, label in ROLES.items() if role in names)


SCHEMES = {"hotline-requests": "热线自编诉求类别"}
REACHED = {"delivered": "短信已送达", "opened": "诉求人已查看", "call": "已电话告知", "published": "已在查询页公布"}
