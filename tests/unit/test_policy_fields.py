"""A policy as fields: there and back without a loss, and every fault beside its field, in Chinese."""

from __future__ import annotations

import re
from datetime import date

import pytest

from config.policy import load_policy
from hotline.domain.errors import Invalid
from hotline.domain.policy_fields import LADDER, LIMITS, Difference, differences, read_policy, values_of

POLICY = load_policy()
VALUES = values_of(POLICY)


def again(**changed: str) -> dict[str, str]:
    """The project's policy with some fields written otherwise; `__` stands for the point."""
    return VALUES | {key.replace("__", "."): value for key, value in changed.items()}


def test_there_and_back_it_is_the_same_policy() -> None:
    assert read_policy(VALUES, POLICY.version, POLICY.effective_from) == POLICY
    assert differences(POLICY, POLICY) == []


def test_lengths_are_written_as_people_write_them() -> None:
    assert (
        VALUES["handle.normal"] == "5个工作日"
        and VALUES["warnings.default"] == "0.8"
        and VALUES["accept.normal"] == "2工作时"
    )
    changed = again(handle__normal="４ 工作时", sources__media__normal__handle="", handle__types__help="3 个工作日")
    policy = read_policy(changed, "新", date(2027, 1, 1))
    assert policy.limit("handle").label == "4工作时"
    assert policy.limit("handle", source="media").label == "4工作时", "what is left empty is as in general"
    assert differences(POLICY, policy) == [
        Difference("处理：一般", "5个工作日", "4工作时"),
        Difference("处理（按诉求类型另定）：求助", "", "3个工作日"),
        Difference("媒体监督的时限：一般：处理", "3个工作日", ""),
    ]


@pytest.mark.parametrize(
    ("changed", "place", "told"),
    [
        ({"handle__normal": "五天"}, "handle.normal", "例如：4 工作时、5 个工作日"),
        ({"handle__normal": "0 个工作日"}, "handle.normal", "请写数量和单位"),
        ({"handle__normal": ""}, "handle.normal", "请填写“处理：一般”"),
        ({"returns__times": "两次"}, "returns.times", "请填写整数"),
        ({"returns__times": "10"}, "returns.times", "0 至 9 之间的整数"),
        ({"warnings__default": "80"}, "warnings.default", "小于 1 的数"),
        ({"paces__working__reply": "8 工作时"}, "paces.working.reply", "单位应为 工作日"),
        ({"paces__working__close": "2 工作日"}, "paces.working.close", "办结的余量减去回复的余量"),
        ({"sources__media__normal__reply": "5 工作时"}, "sources.media.normal.reply", "应与 处理 使用同类时限单位"),
        ({"survey__limit": "1 个自然日"}, "survey.limit", "应不少于每次等待时限乘以次数"),
        ({"ladder__red__after": "2 个工作日"}, "ladder.remind.name", "“第四级”应晚于“第三级”"),
        ({"ladder__red__kinds": "accept"}, "ladder.red.kinds", "受理、交办、核查只升至催办和督办"),
        ({"ladder__red__demand": ""}, "ladder.red.demand", "应为文字，且不能为空"),
        ({"ladder__order__kinds": "explain,handle"}, "ladder.order.kinds", "不能由书面说明超期引起"),
    ],
)
def test_a_fault_stands_beside_its_field(changed: dict[str, str], place: str, told: str) -> None:
    with pytest.raises(Invalid) as fault:
        read_policy(again(**changed), "新", date(2027, 1, 1))
    assert told in fault.value.fields[place]
    assert not re.search("[a-z]", fault.value.message), "no English on a Chinese page"


def test_a_level_without_a_name_is_not_used() -> None:
    policy = read_policy(again(ladder__exposure__name=""), "新", date(2027, 1, 1))
    assert [rung.level for rung in policy.ladder] == ["remind", "order", "yellow", "red"]


def test_every_entry_of_a_policy_has_its_field() -> None:
    keys = [field.key for group in (*LIMITS, *LADDER) for field in group.fields]
    assert len(keys) == len(set(keys)) and VALUES.keys() <= set(keys)
