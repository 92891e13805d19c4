"""Plain dialogue, one turn a line: 坐席：… / 市民：…"""

from __future__ import annotations

from hotline.domain.texts import clean
from hotline.domain.transcript import Turn, read_dialogue
from hotline.services.transcripts.extent import refuse_too_much


def read_plain(text: str) -> list[Turn]:
    """Turns of a plain text; each keeps its line number in the file, so lines are cleaned one by one.

    Raises TranscriptError for more than a call can be.
    """
    lines = [clean(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    refuse_too_much([line for line in lines if line])
    return read_dialogue("\n".join(lines))
