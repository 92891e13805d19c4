"""A danger told in English is a danger: the emergency numbers are shown and the ticket is urgent."""

from __future__ import annotations

import pytest

from hotline.domain.dangers import urgency_of


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("There is a strong smell of gas on the stairs.", "燃气泄漏"),
        ("Gas leaking in front of no. 12", "燃气泄漏"),
        ("The road has a sinkhole near the school", "路面塌陷"),
        ("A manhole cover is missing at the crossing", "井盖缺失或损坏"),
        ("There is no manhole cover here", "井盖缺失或损坏"),
        ("A cable is hanging across the pavement", "电线掉落或漏电"),
        ("I got an ELECTRIC SHOCK from the lamp post", "漏电"),
        ("A tree has fallen on a car", "高空坠物或倒塌"),
        ("The shop is on fire", "火情"),
        ("Water main burst, the street is under water", "水管爆裂"),
        ("People are trapped behind the gate", "有人受伤或被困"),
        ("Acid spilled from a lorry", "危险物质泄漏"),
    ],
)
def test_danger(told: str, reason: str) -> None:
    urgency, why = urgency_of(told)
    assert (urgency, why.partition("：")[0]) == ("urgent", reason)


@pytest.mark.parametrize(
    "told",
    [
        "The street lamps have been dark for three days.",
        "Noise from the building site every night",
        "The street has fallen silent",  # a tree does not stand in a street
        "The traffic signal fell silent",
        "Rubbish has not been collected for two weeks",
        "Cars park on the pavement",
        "A bad smell from the bins",
        "Nobody was hurt; no gas leak, no fire",
        "No gas leak, I am just asking about the gas bill",
    ],
)
def test_no_danger(told: str) -> None:
    assert urgency_of(told) == ("normal", "")
