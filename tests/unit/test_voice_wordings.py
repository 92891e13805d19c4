"""语音接听: the machine's sentences, and those that a city puts in their stead."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.wordings.voice import load_script
from hotline.domain.dictating import ASKS_PHONE
from hotline.domain.drafting import draw_out
from hotline.domain.interviewing import CLOSINGS, READBACKS, Script
from hotline.domain.parts import is_readback
from hotline.domain.transcript import OPERATOR, Turn
from hotline.domain.wordings import WordingError

SCRIPT = load_script()
ZONE = ZoneInfo("Asia/Shanghai")
BEGAN = datetime(2026, 10, 12, 1, 0, tzinfo=UTC)
FULL = {"matter": "路灯坏了", "place": "香溪路"}


class TestTheSentences:
    @pytest.mark.parametrize("name", SCRIPT.wordings.names)
    def test_each_is_short_and_whole(self, name: str) -> None:
        text = SCRIPT.wordings.render(name, **FULL)
        assert "{" not in text and text.endswith(("。", "？"))
        assert len(text) <= (110 if name.startswith("greeting") else 60)
        assert SCRIPT.wordings.fields(name) <= (set(FULL) if name in READBACKS else set())

    def test_all_that_ends_a_call_is_there(self) -> None:
        assert set(SCRIPT.wordings.names) >= CLOSINGS | READBACKS

    @pytest.mark.parametrize("name", ["phone", "phone_other", "phone_rest", "phone_same"])
    def test_digits_that_follow_are_known_for_a_number(self, name: str) -> None:
        assert ASKS_PHONE.search(SCRIPT.wordings.render(name))

    def test_who_is_recorded_is_told(self) -> None:
        assert "录音" in SCRIPT.wordings.render("greeting_recorded")
        assert "录音" not in SCRIPT.wordings.render("greeting")
        assert all("转成文字" in SCRIPT.wordings.render(name) for name in ("greeting", "greeting_recorded"))

    def test_the_machine_s_own_words_are_nobody_s_complaint(self) -> None:
        """A draft is drawn out of the whole call: only what is read back may speak for the caller."""
        said = {name: SCRIPT.wordings.render(name, **FULL) for name in SCRIPT.wordings.names}
        assert {name for name, text in said.items() if is_readback(Turn(OPERATOR, text, 1))} == READBACKS
        alone = [Turn(OPERATOR, text, 1) for name, text in said.items() if name not in READBACKS]
        told = draw_out(alone, BEGAN, ZONE).as_dict()
        assert {name for name, part in told.items() if part} == {"questions"}


class TestACitysOwnScript:
    def load(self, folder: Path, text: str) -> Script:
        path = folder / "voice.toml"
        path.write_text(text, encoding="utf-8")
        return load_script(path)

    def test_replaces_what_it_names(self, tmp_path: Path) -> None:
        script = self.load(tmp_path, 'records = false\nhints = ["云锦路"]\n[texts]\ngoodbye = "再见。"\n')
        assert (script.records, script.hints) == (False, ("云锦路",))
        assert script.wordings.render("goodbye") == "再见。"
        assert script.wordings.render("place") == SCRIPT.wordings.render("place")

    def test_every_fault_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(WordingError) as fault:
            self.load(
                tmp_path,
                'speed = 1\nrecords = "yes"\nhints = ["a,b"]\n'
                '[texts]\nhello = "您好"\nplace = "{where}"\nsince = ["x"]\n',
            )
        told = "\n".join(fault.value.reasons)
        for word in ("speed", "records", "hints", "hello", "{where}", "since"):
            assert word in told
        assert told.count("voice.toml") == 6
