"""类别建议: citizens' words for conditions of the standard and for categories; is the right one first, among three?

As on the first day of a city, when nothing has been learned. Beside it the published attempt: 50.6 % and 80.7 %.
"""

from __future__ import annotations

from bench.table import Line
from bench.understanding import product
from bench.understanding.asking import Asked
from bench.understanding.material import paraphrases, spread

PUBLISHED = {1: 0.506, 3: 0.807}


def measure(asked: Asked) -> list[Line]:
    """Top-1 and top-3, and how often nothing is suggested."""
    said = paraphrases(asked.folder)
    if asked.quick:
        said = spread(said, 20)
    hits, silent = {1: 0, 3: 0}, 0
    for each in said:
        codes = product.suggest(each.text)
        silent += not codes
        for most in hits:
            hits[most] += bool(set(codes[:most]) & set(each.right))
        if not set(codes[:1]) & set(each.right):
            asked.tell_written(f"{each.text}\t{'/'.join(each.right)}\t{' '.join(codes) or '—'}")
    lines = [
        Line(
            f"类别建议，前 {most} 个里有对的",
            f"{hits[most] / len(said):.1%}（{hits[most]}/{len(said)}）",
            f"公开的尝试 {PUBLISHED[most]:.1%}",
            "",
            f"> {PUBLISHED[most]:.1%}",
            asked.verdict(hits[most] > PUBLISHED[most] * len(said)),
        )
        for most in hits
    ]
    return [*lines, Line("类别建议，一个也没有", f"{silent / len(said):.1%}（{silent}/{len(said)}）")]
