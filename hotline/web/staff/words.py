"""What officials read for the words in the database. States and steps have theirs in `hotline.domain.workflow`."""

from __future__ import annotations

from hotline.domain.actors import Role
from hotline.models import KIND_LABELS, Channel, Ending, Ground, Part, RequestType, Source, UnitKind, Urgency

KINDS = KIND_LABELS
CHANNELS = {
    Channel.WEB: "网站",
    Channel.SMS: "短信",
    Channel.PHONE: "电话",
    Channel.STAFF: "工作人员录入",
    Channel.API: "接口",
}
SOURCES = {
    Source.CITIZEN: "市民",
    Source.LEADER: "领导批示",
    Source.PETITION: "信访转办",
    Source.MEDIA: "媒体监督",
    Source.OPINION: "网络舆情",
    Source.INSPECTION: "督查巡查",
}
URGENCIES = {Urgency.NORMAL: "一般", Urgency.URGENT: "紧急"}
REQUEST_TYPES = {
    RequestType.COMPLAINT: "投诉",
    RequestType.HELP: "求助",
    RequestType.REPORT: "举报",
    RequestType.SUGGESTION: "建议",
    RequestType.QUESTION: "咨询",
}
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
