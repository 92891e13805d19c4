"""短信台 explains itself: after each text, what the citizen could write next, and what the staff would do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hotline.models import Direction, Message


@dataclass(frozen=True, slots=True)
class NextStep:
    """`says`: one sentence. `replies`: texts that can be sent with one press."""

    says: str
    replies: tuple[str, ...]


#: What can be said at any time, and what it does.
WORDS: Sequence[tuple[str, str]] = (
    ("问题和地点", "直接写，就是一件诉求；一天之内再写，是对它的补充。"),
    ("新投诉 + 内容", "另报一事。说的是另一个地点的另一件事，热线也会另立，并告知怎样改回。"),
    ("进度，或编号", "办到哪一步、谁在办、何时答复。"),
    ("催办", "转告办理单位，每天一次。"),
    ("解决5 / 未解决2", "答复之后评价；未解决的重新办理。"),
    ("撤回", "不再办理。"),
    ("退订 / 恢复", "不再收短信，答复改由电话告知；随时可以恢复。"),
    ("帮助", "告诉市民能说什么。"),
)
BEGIN = NextStep(
    "像市民那样写一件事发给热线。没写地点的，热线会追问一次。",
    ("香溪路与大桥路口，路灯不亮三天了", "路灯坏了没人修", "香溪路有一股燃气味", "帮助"),
)
OPEN = NextStep(
    "已经立案。接下来由工作人员受理、交办、办理、答复，每一步市民都会收到短信；市民随时可以：",
    ("进度", "旁边那盏也不亮", "催办", "新投诉：建设路垃圾没人清运", "退订"),
)
#: By the wording that the telephone got last.
AFTER: Mapping[str, NextStep] = {
    "ask_place": NextStep("热线在问地点：直接回复就会补进工单。不回复也照常办理。", ("老粮站斜对面", "进度")),
    "ask_matter": NextStep("热线在问是什么事：", ("路灯不亮三天了", "井盖松动，车一过就响")),
    "another": NextStep("说的是另一件事，已另立编号。如是补充，可以改回：", ("补充", "进度")),
    "withdraw_sure": NextStep("没有明说撤回，热线再问一次：", ("撤回", "进度")),
    "survey": NextStep("热线在问解决了没有：", ("解决5", "未解决2，还是不亮", "4")),
    "survey_again": NextStep("热线第二次问解决了没有，不回复就不再打扰：", ("解决5", "未解决")),
    "survey_why": NextStep("只说了不满意，热线再问一句是不是没有解决：", ("未解决，还是不亮", "解决")),
    "answered": NextStep("答复已经送到。稍后会问是否解决；不满意现在就可以说：", ("未解决，还是不亮", "解决5", "谢谢")),
    "declined": NextStep("这件事不归热线管，短信里写了该找谁。可以另外反映：", ("新投诉：建设路垃圾没人清运", "进度")),
    "thanks": NextStep("这件事办完了。七天之内还可以要求重办：", ("未解决，又不亮了", "新投诉：建设路垃圾没人清运")),
    "sorry": NextStep("已经重新办理，由工作人员再次交办：", ("进度", "催办")),
    "reworked": NextStep("已经重新办理，由工作人员再次交办：", ("进度", "催办")),
    "withdrawn": NextStep("已经撤回。可以另外反映：", ("新投诉：建设路垃圾没人清运", "进度")),
    "stopped": NextStep("已退订：热线不再发短信，但来信照收，答复改由电话告知。", ("恢复", "进度")),
    "restarted": NextStep("又会收到短信了：", ("进度", "香溪路与大桥路口，路灯不亮三天了")),
    "help": NextStep("照短信说的试一试：", ("香溪路与大桥路口，路灯不亮三天了", "进度")),
    "not_found": NextStep("这个号码还没有诉求：", ("香溪路与大桥路口，路灯不亮三天了",)),
    "too_late": NextStep("超过了重办的期限，作为新的诉求再说一次：", ("香溪路与大桥路口的路灯又不亮了",)),
    "too_many": NextStep("这个号码一小时内发得太多：照样记录，不再逐条回复；涉及危险的仍会立案并回复。", ()),
}


def next_step(messages: Sequence[Message]) -> NextStep:
    """What can be tried next on this telephone, whose texts these are, oldest first."""
    told = next((each for each in reversed(messages) if each.direction is Direction.OUT), None)
    return BEGIN if told is None else AFTER.get(told.purpose, OPEN)
