"""`python -m bench.understanding [--dev] [--verbose] [--only calls]`: the same without any server.

Who makes rules runs it with `--dev --verbose`; of the held-out material no case is ever shown.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from bench.table import as_markdown, as_text
from bench.understanding.asking import Asked
from bench.understanding.measuring import PARTS


def main(argv: Sequence[str]) -> int:
    """Print the table; single cases and progress go to the error output."""
    parser = argparse.ArgumentParser(prog="python -m bench.understanding", description="来电和诉求理解得对不对。")
    parser.add_argument("--quick", action="store_true", help="数据很少，只看能否跑通，不作结论")
    parser.add_argument("--dev", action="store_true", help="用调试语料，不用留出的评测语料")
    parser.add_argument("--verbose", action="store_true", help="逐条列出错在哪里")
    parser.add_argument("--markdown", action="store_true", help="输出可放进文档的表格")
    parser.add_argument("--only", choices=PARTS, action="append", help="只测这一项，可重复")
    given = parser.parse_args(argv)
    asked = Asked(quick=given.quick, dev=given.dev, verbose=given.verbose)
    lines = []
    for name in given.only or PARTS:
        what, measure = PARTS[name]
        print(f"测量{what}……", file=sys.stderr, flush=True)
        lines += measure(asked)
    print((as_markdown if given.markdown else as_text)(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
