"""`python -m bench [--quick] [--markdown]`: measure on the servers of DATABASE_URL and REDIS_URL and print the table.

The servers are the bench's own (`./run bench` starts them); the database is empty and may be done with as it pleases.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from bench import desk, inbox, intake, memory, month, nearby, pages, passing, webhook
from bench.ground import found
from bench.table import Line, as_markdown, as_text
from bench.understanding import measuring as understanding

Measure = Callable[..., list[Line]]
MEASURES: dict[str, tuple[str, Measure]] = {
    "intake": ("登记诉求", intake.measure),
    "pass": ("督办巡查", passing.measure),
    "month": ("月度三率", month.measure),
    "webhook": ("短信回调", webhook.measure),
    "inbox": ("收件箱", inbox.measure),
    "desk": ("工作台", desk.measure),
    "nearby": ("同一件事", nearby.measure),
    "pages": ("市民网页", pages.measure),
    "memory": ("内存", memory.measure),
    "understanding": ("来电与诉求的理解", understanding.measure),
}


def main(argv: Sequence[str]) -> int:
    """Measure what was asked for; progress goes to the error output, the table to the standard output."""
    parser = argparse.ArgumentParser(prog="./run bench", description="在本机测量性能，与数据库本身的速度对照。")
    parser.add_argument("--quick", action="store_true", help="数据很少，只看能否跑通，不作结论")
    parser.add_argument("--markdown", action="store_true", help="输出可放进 docs/performance.md 的表格")
    parser.add_argument("--only", choices=MEASURES, action="append", default=[], help="只测这一项，可重复")
    parser.add_argument("names", choices=[*MEASURES, []], nargs="*", metavar="项目", help="同 --only")
    asked = parser.parse_args(argv)
    _say("建立测试城市……")
    ground = found(os.environ)
    lines: list[Line] = []
    for name in [*asked.only, *asked.names] or MEASURES:
        what, measure = MEASURES[name]
        _say(f"测量{what}……")
        lines += _shown(measure(ground, quick=asked.quick))
    print((as_markdown if asked.markdown else as_text)(lines))
    return 0


def _shown(lines: list[Line]) -> list[Line]:
    for line in lines:
        _say("  " + " ".join(cell for cell in line.cells if cell))
    return lines


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
