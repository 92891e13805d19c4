"""Single parts of a call: who is blamed, who calls, how angry, where it belongs, what is wished and promised."""

from __future__ import annotations

import pytest

from hotline.domain.areas import find_area
from hotline.domain.blaming import find_against
from hotline.domain.callers import find_name, find_same_number
from hotline.domain.drafting import QUESTIONS, draw_out
from hotline.domain.parts import says_yes
from hotline.domain.tempers import find_anger
from hotline.domain.transcript import read_dialogue
from hotline.domain.wishes import promise_in, wants_reply, wants_secrecy
from tests.unit.a_call import CALLED, CITY


def against(call: str) -> str | bool | None:
    part = find_against(read_dialogue(call))
    return part.value if part else None


@pytest.mark.parametrize(
    ("call", "blamed"),
    [
        ("市民：楼下老地方火锅店油烟太大", "老地方火锅店"),
        ("市民：我要举报，兴旺养猪场往河里偷排污水", "兴旺养猪场"),
        ("坐席：物业是哪家\n市民：金域物业", "金域物业"),
        ("坐席：谁家的装修垃圾？\n市民：五零二的呗。", "五零二"),
        ("坐席：您知道是谁吗\n市民：知道，就旁边小卖部老板，姓温的。", "旁边小卖部老板"),
        ("市民：一辆豫 A·8 8 D 6 6 往这儿倒渣土", "豫A88D66"),
        ("坐席：车牌号\n市民：云B，八六Q三二", "云B86Q32"),
        ("市民：楼上邻居天天晚上跳绳", "楼上邻居"),
        ("市民：对面有个麻将馆，天天打到半夜", "对面麻将馆"),
        ("坐席：您反映的是宏福超市占道，对吗\n市民：对", "宏福超市"),
        ("市民：车上写的宏达运输公司半夜拉渣土", "宏达运输公司"),
        ("坐席：车牌号您记了吗\n市民：没记，好多辆呢", None),
        # what is only beside it, and who was asked for help
        ("市民：宏福超市门口的井盖没了", None),
        ("市民：机械厂家属院停水了", None),
        ("市民：我找过物业了，电梯还是坏的", None),
        ("市民：春晖小学围墙外路灯不亮", None),
        ("坐席：店名叫什么\n市民：不知道", None),
    ],
)
def test_who_is_complained_of(call: str, blamed: str | None) -> None:
    assert against(call) == blamed


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("市民：凭什么没人管！", "凭什么"),
        ("市民：我打了五次电话了，到底有没有人管", "到底有没有人管、打了五次"),
        ("坐席：您先别生气\n市民：怎么还不来", "怎么还不"),
        ("市民：踢皮球嘛，忍无可忍了", "踢皮球、忍无可忍"),
    ],
)
def test_anger_shows_in_words(call: str, words: str) -> None:
    part = find_anger(read_dialogue(call))
    assert part is not None
    assert set(str(part.value).split("、")) >= set(words.split("、")[:1])


@pytest.mark.parametrize(
    "call", ["市民：路灯坏了！", "市民：路灯坏了！！！", "市民：怎么还不来修", "坐席：您先别着急\n市民：好"]
)
def test_one_exclamation_mark_is_no_anger(call: str) -> None:
    assert find_anger(read_dialogue(call)) is None


@pytest.mark.parametrize(
    ("call", "area"),
    [
        ("市民：城东区长青街道第三网格那个活动室", "城东区长青街道第三网格"),
        ("市民：柳河镇大王村三组", "柳河镇"),
        ("坐席：是城西街道吗\n市民：对", "城西街道"),
        ("市民：在高新区科技路", "高新区"),
        ("市民：我找过城东街道了，没用", None),
        ("市民：小区里停水了", None),
    ],
)
def test_the_area(call: str, area: str | None) -> None:
    part = find_area(read_dialogue(call))
    assert (part.value if part else None) == area


@pytest.mark.parametrize(
    ("call", "name"),
    [
        ("坐席：您贵姓\n市民：俺姓佘，人示佘", "佘"),
        ("坐席：您贵姓和电话\n市民：姓訾，幺八八", "訾"),
        ("坐席：您怎么称呼\n市民：刘，刘建国", "刘建国"),
        ("坐席：您怎么称呼\n市民：叫我老郝就行", "老郝"),
        ("坐席：您贵姓\n市民：我姓仇\n坐席：仇女士，您的电话", "仇女士"),
        ("坐席：您贵姓\n市民：免贵，商，商量的商", "商"),
        ("坐席：您怎么称呼\n市民：单晓东，单姓读善", "单晓东"),
        ("坐席：您怎么称呼\n市民：复姓欧阳，欧阳建华", "欧阳建华"),
        ("坐席：您贵姓\n市民：我姓呼延", "呼延"),
        ("坐席：您贵姓\n市民：匿名吧", None),
        ("坐席：您贵姓\n市民：不方便", None),
        ("坐席：您知道是谁吗\n市民：小卖部老板，姓温的", None),
        ("市民：有个叫张大伟的人骗了我钱", None),
        ("市民：我姓什么你不用管", None),
    ],
)
def test_the_callers_own_name(call: str, name: str | None) -> None:
    part = find_name(read_dialogue(call))
    assert (part.value if part else None) == name


@pytest.mark.parametrize(
    ("call", "wish"),
    [
        ("坐席：处理结果给您回复吗\n市民：回一个吧", True),
        ("市民：你们处理了给我讲一声", True),
        ("市民：修好了打我这个号，说一声", True),
        ("坐席：需要回访吗\n市民：不用了，修好就行", False),
        ("坐席：需要回复吗\n市民：随便", None),
        ("坐席：修好了用不用通知您？\n市民：通知一下", True),
        ("坐席：处理完要不要回复您\n市民：要啊", True),
        ("坐席：有结果给您说一声，中不中？\n市民：中", True),
        ("坐席：需要给您反馈吗？\n市民：甭费事了", False),
        ("坐席：要不要给您回复？\n市民：不咧不咧", False),
        ("市民：答复就不必了", False),
        ("市民：要回的，麻烦了", True),
        ("市民：有结果告诉我一声", True),
        ("坐席：办理结果给您回电话。\n市民：行，我等你们电话", True),
        ("坐席：处理完给您回电话。\n市民：行", True),
        ("坐席：处理完给您回电话。\n市民：好，谢谢", None),
        ("坐席：处理完给您回电话。\n市民：不用了，修好就行", False),
        ("市民：不用回复\n坐席：您反映的是路灯不亮，不用回复，位置在建设路，对吗？\n市民：对", False),
    ],
)
def test_whether_an_answer_is_wanted(call: str, wish: bool | None) -> None:
    found = wants_reply(read_dialogue(call))
    assert (found.value if found else None) == wish


@pytest.mark.parametrize(
    ("said", "promise"),
    [
        ("我们两个工作日内派人到现场核实，需要留您的姓名吗？", "我们两个工作日内派人到现场核实"),
        ("您先远离现场，我马上联系燃气公司", "我马上联系燃气公司"),
        ("会有人来处理吗？", None),
        ("您可以到派出所处理", None),
    ],
)
def test_what_the_operator_promised(said: str, promise: str | None) -> None:
    assert promise_in(said) == promise


@pytest.mark.parametrize(
    ("call", "same"),
    [
        ("坐席：怎么联系您\n市民：就我现在打过来的这个嘛", True),
        ("坐席：您的电话呢\n市民：你那儿不是有来电显示吗，就显示的那个", True),
        ("坐席：这个号能打通吧\n市民：打得通", True),
        ("坐席：打这个电话方便吧？\n市民：方便方便", True),
        ("坐席：您这个来电号码我们登记了啊？\n市民：登吧", True),
        ("坐席：您的电话可以联系到您吧？138开头这个。\n市民：可以的", True),
        ("坐席：这个号码能联系到您吗\n市民：这个是我老板的", None),
        ("坐席：怎么联系您\n市民：别打这个，我再给你一个", None),
        ("坐席：您的电话\n市民：不方便留", None),
        ("坐席：您的电话\n市民：你看到的这个", True),
        ("坐席：您留个电话\n市民：我现在打的这个就行", True),
        ("坐席：那就138的那个是吧\n市民：对", True),
        ("坐席：您手里这部手机吗\n市民：嗯", True),
        ("坐席：您是三栋502那个吗\n市民：对", None),
        ("市民：你看到的这个情况多久了", None),
        ("坐席：回访就打当前这个号码，可以吗？\n市民：不行，这是我单位的电话，别打", False),
        ("坐席：就打您来电的这个号码行吗？\n市民：不方便", False),
    ],
)
def test_the_number_that_he_is_calling_from(call: str, same: bool | None) -> None:
    part = find_same_number(read_dialogue(call))
    assert (part.value if part else None) == same


@pytest.mark.parametrize(
    ("question", "answer", "yes"),
    [
        ("能打通吧", "打得通", True),
        ("您要不要匿名？", "匿名吧，都是邻居", True),
        ("可以吗", "嗯行", True),
        ("需要吗", "没必要", False),
        ("需要吗", "都行", None),
        ("没问题吧", "没问题", True),
    ],
)
def test_a_yes_may_be_a_word_of_the_question(question: str, answer: str, yes: bool | None) -> None:
    assert says_yes(question, answer) is yes


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("市民：你们拿着纳税人的钱干啥吃的，打了八百个电话没人管！二期后面那个工地夜里打桩。", "打桩"),
        ("市民：早点摊把油水泼了一地\n坐席：摆在路边对吗\n市民：是，就在人行道上", "油水"),
        (
            "市民：桥下边有个大坑，得有脸盆那么大，昨天轮胎都崩了\n坐席：大概多深？\n市民：有二十公分，下雨一积水根本看不见",
            "脸盆",
        ),
        ("市民：我要举报违建，但是你们得给我保密\n坐席：您说\n市民：八号楼顶楼那户在楼顶上盖房子", "盖房子"),
        (
            "市民：建设路的灯不亮\n坐席：您反映的是建设路的灯不亮，对吗？\n市民：不对，是建国路\n"
            "坐席：您反映的是建设路的灯不亮，位置在建国路，对吗？\n市民：对",
            "建国路的灯",
        ),
        ("市民：滑梯裂口子了，划了我儿子一道\n坐席：要紧吗\n市民：没事，快修，别的孩子还在玩呢", "滑梯"),
    ],
)
def test_the_matter_is_what_is_wrong_and_not_how_angry_it_makes(call: str, words: str) -> None:
    matter = draw_out(read_dialogue(call), CALLED, CITY).matter
    assert matter is not None and words in str(matter.value)


@pytest.mark.parametrize(
    ("said", "secret"),
    [
        ("你别写我名字", True),
        ("千万别把我的电话给他们", True),
        ("匿名的啊", True),
        ("别说是我反映的", True),
        ("别说是楼上反映的", True),
        ("不用匿名", False),
        ("我说的是路灯", None),
    ],
)
def test_whether_it_is_to_be_kept_secret(said: str, secret: bool | None) -> None:
    found = wants_secrecy(read_dialogue(f"坐席：您好\n市民：{said}"))
    assert (found.value if found else None) == secret


def test_fear_only_hints_at_secrecy() -> None:
    found = wants_secrecy(read_dialogue("坐席：您好\n市民：我怕他报复"))
    assert found is not None and found.value and found.confidence < 0.5


def test_a_number_refused_is_still_asked_for() -> None:
    parts = draw_out(
        read_dialogue("市民：建设路的灯不亮\n坐席：就打当前这个号码，可以吗？\n市民：不行，这是我单位的电话"),
        CALLED,
        CITY,
    )
    assert parts.same_number is not None and parts.same_number.value is False
    assert QUESTIONS["phone"] in parts.questions


@pytest.mark.parametrize(
    ("call", "since"),
    [
        ("坐席：一般几点开始\n市民：晚上八点过，要整到一两点", None),
        ("坐席：什么时候\n市民：天天早上六点开始", None),
        ("市民：今天早上七点半还没停水", None),
        ("坐席：什么时候开始的\n市民：早上七点", "2026-03-11T07:00+08:00"),
        ("坐席：坏了几天了\n市民：今天第四天", "2026-03-08"),
        ("坐席：坏了几天了\n市民：三天，老是这样", "2026-03-08"),
    ],
)
def test_since_when(call: str, since: str | None) -> None:
    part = draw_out(read_dialogue(call), CALLED, CITY).since
    assert (part.value if part else None) == since
