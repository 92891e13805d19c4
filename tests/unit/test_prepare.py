"""Before every start: the tables first, then what belongs into them, and nothing after a step that has failed."""

from __future__ import annotations

import pytest

from hotline.cli import migrate, prepare, seed


@pytest.mark.parametrize(
    ("codes", "done", "ends_with"),
    [((0, 0), ["migrate", "seed"], 0), ((2, 0), ["migrate"], 2), ((0, 1), ["migrate", "seed"], 1)],
)
def test_each_step_in_its_turn(
    monkeypatch: pytest.MonkeyPatch, codes: tuple[int, int], done: list[str], ends_with: int
) -> None:
    begun: list[str] = []

    def step(name: str, code: int) -> int:
        begun.append(name)
        return code

    monkeypatch.setattr(migrate, "main", lambda _: step("migrate", codes[0]))
    monkeypatch.setattr(seed, "main", lambda _: step("seed", codes[1]))
    assert prepare.main([]) == ends_with
    assert begun == done
