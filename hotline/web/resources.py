# ruff: noqa: E501 - the table at the end is read by its columns
"""Each step of the chain as a resource: the JSON API and the forms on the staff page are made of this one table.

`/tickets/<number>/<noun>` takes the fields of the schema; the rule who may take it when stands in
`hotline.domain.workflow`, what it does in `hotline.services`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from hotline.domain.errors import Invalid
from hotline.domain.limits import Limit, LimitError
from hotline.models import Ground, Phase, RequestType, Ticket, Urgency
from hotline.services import (
    accepting,
    appealing,
    assigning,
    checking,
    closing,
    evidencing,
    extending,
    handling,
    merging,
    pausing,
    replying,
    returning,
    reworking,
    supervising,
    surveying,
)
from hotline.services.attaching import MOST, Kept
from hotline.services.work import Work

PHOTOS_FIELD = "photos"
PHOTOS_LABEL = "办理后照片"
PHOTOS_HINT = f"每次最多{MOST}张。随答复向诉求人公开，个别不宜公开的由受理员在答复时勾选。"
BEFORE_FIELD = "photos_before"
BEFORE_LABEL = "办理前照片"
SHOWN = "shown"  # beside the fields of a result: what its pictures show
#: Where the pictures of a result are sent, and what those of each field show.
PHOTO_FIELDS: Mapping[str, Phase] = {BEFORE_FIELD: Phase.BEFORE, PHOTOS_FIELD: Phase.AFTER}
MESSAGES: dict[str, Any] = {
    "required": "请填写。",
    "null": "请填写。",
    "validator_failed": "内容不符合要求，请检查。",
    "invalid": "内容不符合要求，请检查。",
}
LONG = validate.Length(max=4000, error="内容过长，请控制在4000字以内。")
ROW = validate.Range(0, 2**63 - 1, error="请选择列表中的一项。")
VERSION = validate.Range(0, 2**31 - 1, error="版本号不正确，请重新打开工单。")


class Form(Schema):
    """`version` is that of the ticket as it was seen; the second of two hands is told what the first one did (409)."""

    class Meta:
        unknown = EXCLUDE

    version = fields.Integer(
        load_default=None, allow_none=True, validate=VERSION, error_messages=MESSAGES, metadata={"widget": "hidden"}
    )


def text(label: str, *, missing: str = "", hint: str = "", rows: int = 3) -> fields.String:
    """A text of several lines. `missing`: what is to be written, where something must be."""
    meta = {"label": label, "widget": "textarea", "hint": hint, "rows": rows}
    if missing:
        return needed(missing, meta)
    return fields.String(load_default="", validate=LONG, error_messages=MESSAGES, metadata=meta)


def needed(missing: str, meta: Mapping[str, Any]) -> fields.String:
    """Words that cannot be left out; `missing` says what they are to be."""
    told = MESSAGES | {"required": missing, "null": missing}
    written = validate.Length(min=1, error=missing)
    return fields.String(required=True, validate=[written, LONG], error_messages=told, metadata=dict(meta))


def choice(label: str, options: str, *, required: bool = False, hint: str = "") -> fields.Integer:
    """One row by its id; `options` names the list that the page offers (see `hotline.web.staff.options`)."""
    meta = {"label": label, "widget": "select", "options": options, "hint": hint}
    return fields.Integer(
        required=required,
        allow_none=not required,
        validate=ROW,
        error_messages=MESSAGES | {"required": "请选择。"},
        metadata=meta,
    )


def choices(label: str, options: str, *, hint: str = "") -> fields.List:
    """Several rows by their ids."""
    meta = {"label": label, "widget": "checkboxes", "options": options, "hint": hint}
    return fields.List(fields.Integer(validate=ROW, error_messages=MESSAGES), error_messages=MESSAGES, metadata=meta)


def verdict(label: str, yes: str, no: str) -> fields.Boolean:
    """A decision between two words, neither of them chosen beforehand."""
    meta = {"label": label, "widget": "radio", "options": [("true", yes), ("false", no)]}
    return fields.Boolean(required=True, error_messages=MESSAGES | {"required": "请选择。"}, metadata=meta)


class Classification(Form):
    """What the operator settles at 受理."""

    matter = fields.String(validate=LONG, metadata={"label": "诉求事项", "widget": "text"})
    place = fields.String(validate=LONG, metadata={"label": "地点", "widget": "text"})
    area = fields.String(validate=LONG, metadata={"label": "区域", "widget": "text"})
    against = fields.String(validate=LONG, metadata={"label": "被反映对象", "widget": "text"})
    category_id = choice("类别", "categories")
    case_standard_id = choice("立案条件", "case_standards", hint="办理时限由所选条件决定；不选则按类型。")
    urgency = fields.Enum(Urgency, by_value=True, error_messages=MESSAGES, metadata={
        "label": "紧急程度", "widget": "select", "options": [("normal", "一般"), ("urgent", "紧急")]})  # fmt: skip
    request_type = fields.Enum(RequestType, by_value=True, error_messages=MESSAGES, metadata={
        "label": "诉求类型", "widget": "select", "options": [
            ("complaint", "投诉"), ("help", "求助"), ("report", "举报"), ("suggestion", "建议"), ("question", "咨询")]})  # fmt: skip
    confidential = fields.Boolean(
        metadata={"label": "保密件", "widget": "checkbox", "hint": "承办单位看不到诉求人信息。"}
    )
    named_unit_ids = choices("被反映单位", "units", hint="诉求投诉的单位应当回避，看不到本工单。")


class Declination(Form):
    reason = text("不予受理原因", missing="请写明不予受理的原因，例如：供电故障不属于城市管理事项。")
    channel = text("法定渠道", missing="请写明诉求人可以使用的法定渠道（部门和电话），例如：供电公司（95598）。", hint="写部门和电话，例如：供电公司（95598）。", rows=2)  # fmt: skip


class Merger(Form):
    into = needed("请写明要并入的工单编号，例如：20261012000001。", {"label": "并入工单编号", "widget": "text"})


class Separation(Form):
    reason = text("原因", missing="请写明撤销并案的原因，例如：经核实不是同一处。")


class Voiding(Form):
    reason = text("原因", missing="请写明作废的原因，例如：测试来电，没有诉求。")


class Recall(Form):
    reason = text("原因", missing="请写明收回交办的原因，例如：该路段由园林局养护。")


class Rejection(Form):
    reason = text("原因", missing="请写明退回的原因，例如：现场仍有积水，请重新处理。")


class Rework(Form):
    reason = text("原因", missing="请写明重办的原因，例如：诉求人反映路灯昨晚又不亮了。")


class Opinion(Form):
    opinion = text("意见")


class Nothing(Form):
    pass


class Assignment(Form):
    unit_id = choice("主办单位", "assignable", required=True)
    assist_ids = choices("协办单位", "assignable")
    instruction = text("交办要求")
    designated = fields.Boolean(load_default=False, metadata={
        "label": "指定承办", "widget": "checkbox", "hint": "被指定的单位不能退回。", "where": "designators"})  # fmt: skip
    limit = fields.String(load_default="", validate=LONG, metadata={
        "label": "另定时限", "widget": "text", "hint": "仅在批示等来源另有时限时填写，例如：3个工作日；不填按政策。"})  # fmt: skip


class Answer(Form):
    text = text("答复内容", missing="请写明答复内容：针对什么问题、做了什么、结果如何。", hint="诉求人将原样收到：针对什么问题、做了什么、结果如何、联系方式。", rows=5)  # fmt: skip


class Reply(Answer):
    withheld = choices("不向诉求人公开的照片", "evidence", hint="默认随答复公开；可能涉及他人隐私的，请勾选。")


class Transfer(Form):
    unit_id = choice("下级单位", "below", required=True)
    reason = text("要求")


class Handler(Form):
    staff_id = choice("承办人", "people", required=True)


class Assistance(Form):
    opinion = text("协办意见", missing="请写明协办意见，例如：已配合封闭车道，现场可以施工。")


class Return(Form):
    reason = text("退回原因", missing="请写明退回的原因，例如：该路段由园林局养护。", hint="说明为什么不属本单位职责，应由哪个单位办理。")  # fmt: skip


class Decision(Form):
    granted = verdict("决定", "同意", "不同意")
    opinion = text("意见")


class Extension(Form):
    reason = text("延期原因", missing="请写明延期的原因，例如：配件在途，预计周四到货。", hint="将告知诉求人。")


class Pause(Form):
    reason = text("挂账原因", missing="请写明挂账的原因，例如：待汛期过后施工。", hint="将告知诉求人。")
    until = fields.Date(required=True, error_messages=MESSAGES | {"invalid": "请填写日期，例如 2026-12-01。"}, metadata={
        "label": "挂账至", "widget": "date"})  # fmt: skip


class Supervision(Form):
    level = fields.String(required=True, error_messages=MESSAGES, metadata={
        "label": "督办等级", "widget": "select", "options": "rungs", "hint": "等级只升不降。"})  # fmt: skip
    ground = fields.Enum(Ground, by_value=True, load_default=Ground.OTHER, error_messages=MESSAGES, metadata={
        "label": "督办事由", "widget": "select", "options": [
            ("overdue", "超期"), ("leader", "领导批示"), ("repeated", "重复投诉"), ("refusal", "推诿拒办"), ("other", "其他")]})  # fmt: skip
    demand = text("督办要求", hint="不填则用该等级的通用要求。")


class Explanation(Form):
    explanation = text("书面说明", missing="请写明超期原因、整改措施和完成时间。", hint="超期原因、整改措施、完成时间。", rows=5)  # fmt: skip


class Codes(fields.List):
    """Several words; in a form that carries each name once, separated by commas."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> list[Any]:
        words = [each.strip() for each in value.split(",") if each.strip()] if isinstance(value, str) else value
        return super()._deserialize(words, *args, **kwargs)


class Submission(Form):
    outcome = text("办理结果", missing="请写明办理结果，例如：10月12日已更换灯头两只，恢复照明。", hint="做了什么、何时完成、现场情况。", rows=5)  # fmt: skip
    checked = Codes(
        fields.String(validate=validate.Length(max=40, error="请选择列表中的一项。"), error_messages=MESSAGES),
        load_default=None,
        allow_none=True,
        error_messages=MESSAGES,
        metadata={
            "label": "提交前自查",
            "widget": "checkboxes",
            "options": "checklist",
            "fold": False,
            "hint": "做到的请勾选；没有勾选的也可以提交，会告知核查人员。",
        },
    )


class Call(Form):
    complaint = fields.String(required=True, error_messages=MESSAGES, metadata={
        "label": "诉求编号", "widget": "select", "options": "unanswered"})  # fmt: skip
    note = text("通话记录")


class Survey(Form):
    complaint = fields.String(required=True, error_messages=MESSAGES, metadata={
        "label": "诉求编号", "widget": "select", "options": "unsurveyed"})  # fmt: skip
    solved = verdict("问题是否解决", "已解决", "未解决")
    score = fields.Integer(load_default=None, allow_none=True, error_messages=MESSAGES, metadata={
        "label": "满意度", "widget": "select", "options": [
            (5, "非常满意"), (4, "满意"), (3, "基本满意"), (2, "不满意"), (1, "非常不满意")]})  # fmt: skip
    comment = text("诉求人意见")


class Appeal(Form):
    reason = text("申诉理由", missing="请写明申诉的理由和依据，例如：台风停工，有应急局通知。", hint="写明依据。两名审核人分别审核。", rows=5)  # fmt: skip


class Review(Form):
    upheld = verdict("审核意见", "申诉成立", "申诉不成立")
    opinion = text("理由")


class Note(Form):
    text = text("备注", missing="请写明备注的内容，例如：已电话联系，明天上午到场。", hint="只有工作人员能看到，不影响时限。", rows=2)  # fmt: skip


Caller = Callable[[Work, str, Mapping[str, Any], int | None], Ticket]


@dataclass(frozen=True)
class Resource:
    """A noun under the ticket. `steps` are its lines in the workflow table; it is offered when one of them is allowed.

    `primary` resources are what the chain waits for; the page shows the first allowed one as the main button.
    `takes_photos`: pictures can be sent with its form; they belong to the unit's result.
    """

    noun: str
    label: str
    steps: tuple[str, ...]
    schema: type[Form]
    call: Caller
    primary: bool = False
    takes_photos: bool = False


def _accept(work: Work, number: str, data: Mapping[str, Any], version: int | None) -> Ticket:
    values = dict(data)
    if values.get("named_unit_ids") is not None:
        values["named_unit_ids"] = tuple(values["named_unit_ids"])
    return accepting.accept(work, number, accepting.Classification(**values), version=version)


def _assign(work: Work, number: str, data: Mapping[str, Any], version: int | None) -> Ticket:
    try:
        limit = Limit.parse(data["limit"]) if data["limit"].strip() else None
    except LimitError as error:
        raise Invalid({"limit": str(error)}) from error
    return assigning.assign(
        work,
        number,
        data["unit_id"],
        assist_ids=data.get("assist_ids") or (),
        instruction=data["instruction"].strip(),
        designated=data["designated"],
        limit=limit,
        version=version,
    )


def _submit(work: Work, number: str, data: Mapping[str, Any], version: int | None) -> Ticket:
    return handling.submit(work, number, data["outcome"], data["checked"], data[SHOWN], version=version)


def _reply(work: Work, number: str, data: Mapping[str, Any], version: int | None) -> Ticket:
    return replying.reply(work, number, data["text"], data.get("withheld") or (), version=version)


def _with(service: Callable[..., Ticket], *names: str) -> Caller:
    """A service whose arguments are just the fields, in this order."""

    def call(work: Work, number: str, data: Mapping[str, Any], version: int | None) -> Ticket:
        return service(work, number, *(data[name] for name in names), version=version)

    return call


RESOURCES: tuple[Resource, ...] = (
    Resource("acceptance", "受理", ("accept",), Classification, _accept, primary=True),
    Resource("declination", "不予受理", ("decline",), Declination, _with(accepting.decline, "reason", "channel")),
    Resource("merger", "并案", ("merge",), Merger, _with(merging.merge, "into")),
    Resource("separation", "撤销并案", ("unmerge",), Separation, _with(merging.unmerge, "reason")),
    Resource("voiding", "作废", ("void",), Voiding, _with(accepting.void, "reason")),
    Resource("assignment", "交办", ("assign",), Assignment, _assign, primary=True),
    Resource("answer", "直接答复", ("answer",), Answer, _with(replying.answer, "text")),
    Resource("recall", "收回交办", ("recall",), Recall, _with(assigning.recall, "reason")),
    Resource("signature", "签收", ("sign", "sign_supervised"), Nothing, _with(handling.sign), primary=True),
    Resource("submission", "提交办理结果", ("submit",), Submission, _submit, primary=True, takes_photos=True),
    Resource("explanation", "提交书面说明", ("explain",), Explanation, _with(supervising.explain, "explanation"), primary=True),
    Resource("assistance", "提交协办意见", ("assist",), Assistance, _with(handling.assist, "opinion")),
    Resource("handler", "指定承办人", ("hand_down",), Handler, _with(handling.hand_down, "staff_id")),
    Resource("transfer", "转下级单位", ("transfer", "transfer_supervised"), Transfer, _with(handling.transfer, "unit_id", "reason")),
    Resource("extension", "申请延期", ("request_extension",), Extension, _with(extending.request, "reason")),
    Resource("extension/decision", "审批延期", ("grant_extension", "refuse_extension"), Decision, _with(extending.decide, "granted", "opinion"), primary=True),
    Resource("pause", "申请挂账", ("request_pause",), Pause, _with(pausing.request, "reason", "until")),
    Resource("pause/decision", "审批挂账", ("grant_pause", "refuse_pause"), Decision, _with(pausing.decide, "granted", "opinion"), primary=True),
    Resource("resumption", "恢复办理", ("resume",), Nothing, _with(pausing.resume)),
    Resource("return", "退回", ("return", "request_return"), Return, _with(returning.give_back_to_centre, "reason")),
    Resource("return/decision", "审批退回", ("grant_return", "refuse_return"), Decision, _with(returning.decide, "granted", "opinion"), primary=True),
    Resource("supervision", "督办", ("supervise",), Supervision, _with(supervising.supervise, "level", "ground", "demand")),
    Resource("explanation/decision", "审核书面说明", ("accept_explanation", "refuse_explanation"), Decision, _with(supervising.decide_explanation, "granted", "opinion"), primary=True),
    Resource("supervision/lifting", "解除督办", ("lift",), Opinion, _with(supervising.lift, "opinion")),
    Resource("approval", "核查通过", ("approve",), Opinion, _with(checking.approve, "opinion"), primary=True),
    Resource("rejection", "退回重新办理", ("send_back",), Rejection, _with(checking.send_back, "reason")),
    Resource("reply", "答复诉求人", ("reply",), Reply, _reply, primary=True),
    Resource("call", "登记电话答复", ("log_call",), Call, _with(replying.log_call, "complaint", "note"), primary=True),
    Resource("survey", "登记回访", ("survey",), Survey, _with(surveying.log, "complaint", "solved", "score", "comment"), primary=True),
    Resource("closure", "办结", ("close",), Nothing, _with(closing.close), primary=True),
    Resource("rework", "重办", ("rework",), Rework, _with(reworking.rework, "reason")),
    Resource("appeal", "申诉", ("appeal",), Appeal, _with(appealing.appeal, "reason")),
    Resource("appeal/review", "审核申诉", ("review_appeal",), Review, _with(appealing.review, "upheld", "opinion"), primary=True),
    Resource("note", "内部备注", ("note",), Note, _with(replying.note, "text")),
)  # fmt: skip

BY_NOUN = {resource.noun: resource for resource in RESOURCES}


def run(work: Work, number: str, resource: Resource, data: Mapping[str, Any], photos: Sequence[Kept] = ()) -> Ticket:
    """Take the step with checked data. `photos` came beside them and belong to the result. Raises what the services
    raise."""
    values = dict(data) | ({SHOWN: {each.phase for each in photos if each.phase}} if resource.takes_photos else {})
    ticket = resource.call(work, number, values, values.pop("version", None))
    evidencing.enclose(work, ticket, photos)
    return ticket
