"""What is written down in a citizen's place is kept in Chinese and known again, so that it can be said in English."""

from __future__ import annotations

import pytest

from hotline.domain.errors import Said
from hotline.domain.written import known_again, photos_added, photos_again, point, reason_to_withdraw


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (photos_added(2), "补充照片2张。"),
        (photos_again(1), "再次反映时附照片1张。"),
        (reason_to_withdraw("又亮了。\n谢谢 {各位}"), "撤回原因：又亮了。\n谢谢 {各位}"),
        (point("31.491200", "120.311900"), "定位点31.491200,120.311900"),
    ],
)
def test_known_again(written: Said, words: str) -> None:
    again = known_again(words)
    assert written == again == words
    assert isinstance(again, Said) and again.template == written.template
    assert {name: str(value) for name, value in written.fields.items()} == again.fields


@pytest.mark.parametrize("words", ["", "路灯不亮", "请看补充照片2张。", "我的撤回原因：没有"])
def test_what_people_wrote_is_left_alone(words: str) -> None:
    assert not isinstance(known_again(words), Said)
    assert known_again(words) == words
