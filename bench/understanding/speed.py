"""速度: one complaint understood, a call of half an hour drawn out, the memory of a worker that has done both."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from statistics import median

from bench.table import Line
from bench.understanding import product
from bench.understanding.asking import Asked
from bench.understanding.material import dialogues, paraphrases
from config.settings import PROJECT
from hotline.services.transcripts import read_transcript

CANDIDATES = 60  # complaints that one is compared with
TURNS = 600  # of half an hour
ONE, LONG, MEMORY = 30.0, 1.0, 400.0  # milliseconds, seconds, megabytes
NOON = datetime(2026, 10, 12, 4, tzinfo=UTC)


def measure(asked: Asked) -> list[Line]:
    """The middle of many; once warm."""
    milliseconds = [seconds * 1000 for seconds in _complaints(20 if asked.quick else 200)]
    source = long_call(TURNS)
    seconds = min(_timed(lambda: product.draw(source, "long.json", NOON)) for _ in range(1 if asked.quick else 3))
    megabytes = worker_memory()
    half, most = median(milliseconds), sorted(milliseconds)[int(len(milliseconds) * 0.95)]
    return [
        Line("理解一件诉求（类别、地点、险情、60 件比对），p50", f"{half:.1f} ms", f"p95 {most:.1f} ms", "",
             f"< {ONE:.0f} ms", asked.verdict(half < ONE)),
        Line(f"30 分钟通话（{TURNS} 句）", f"{seconds:.2f} s", f"{len(source) / 1000:.0f} kB", "",
             f"< {LONG:.0f} s", asked.verdict(seconds < LONG)),
        Line("理解过诉求的后台进程，内存（RSS）", f"{megabytes:.0f} MB", "", "",
             f"< {MEMORY:.0f} MB", asked.verdict(megabytes < MEMORY)),
    ]  # fmt: skip


def _complaints(many: int) -> list[float]:
    """Seconds each. A complaint is as long as people write them (200 characters): a call's words, or paraphrases."""
    texts = [product.draw(call.path.read_bytes(), call.path.name, call.called_at).told for call in dialogues("dev")]
    said = [each.text for each in paraphrases("dev")]
    texts += [f"建设路{number}号，{'，'.join(said[number : number + 10])}。" for number in range(len(said) - 10)]
    ready = [product.make_ready(texts[number % len(texts)], NOON) for number in range(CANDIDATES)]

    def understand(text: str) -> None:
        product.suggest(text)
        product.dangers(text)
        mine = product.make_ready(text, NOON)
        for other in ready:
            product.is_likely_same(mine, other)

    for text in texts:
        understand(text)
    fresh = [f"我住{number}栋，{texts[number % len(texts)]}" for number in range(many)]  # no text is known already
    return [_timed(partial(understand, text)) for text in fresh]


def long_call(turns: int) -> bytes:
    """The calls of the open half one after the other, until they are so many turns."""
    said = []
    for call in dialogues("dev"):
        said += read_transcript(call.path.read_bytes(), None, call.path.name).turns
    told = [said[number % len(said)] for number in range(turns)]
    return json.dumps(
        {
            "turns": [
                {"speaker": turn.speaker, "text": turn.text, "start": 3 * number} for number, turn in enumerate(told)
            ]
        },
        ensure_ascii=False,
    ).encode()


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


_WORKER = """
import sys, psutil
import workers.worker
from bench.understanding import product
from bench.understanding.material import dialogues
assert "sklearn" not in sys.modules, "a worker must not load what only training needs"
for call in dialogues("dev"):
    drawn = product.draw(call.path.read_bytes(), call.path.name, call.called_at)
    product.suggest(drawn.told), product.dangers(drawn.told), product.make_ready(drawn.told)
print(psutil.Process().memory_info().rss / 1e6)
"""


def worker_memory() -> float:
    """Megabytes of a process with all that a worker loads, after it has understood some calls."""
    done = subprocess.run([sys.executable, "-c", _WORKER], cwd=PROJECT, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])
