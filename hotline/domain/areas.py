"""The district, county, street office, town or grid that was named: what decides whose ticket it is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hotline.domain.parts import Part, is_confirmed, make_part
from hotline.domain.places import districts_of
from hotline.domain.smoothing import smooth
from hotline.domain.turns import OPERATOR, Turn

_ASKED_FOR_HELP = re.compile("(?:找|问|打给?|联系|跟|向|反映给|去)(?:过|了)?$")


def find_area(turns: Sequence[Turn]) -> Part | None:
    """The most exact that the caller told or agreed to, as said: 城东区长青街道第三网格."""
    best: Part | None = None
    for index, turn in enumerate(turns):
        if turn.speaker == OPERATOR and not is_confirmed(turns, index):
            continue
        spoken = smooth(turn.text)
        for area in districts_of(spoken.text):
            if _ASKED_FOR_HELP.search(spoken.text[max(0, area.start - 5) : area.start]):
                continue
            part = make_part(area.value, turn, area.confidence, spoken.said(area.start, area.end))
            if best is None or len(area.value) > len(str(best.value)):
                best = part
    return best
