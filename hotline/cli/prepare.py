"""`python -m hotline.cli.prepare`: bring the tables up to date and put in what a new database needs to begin with.

Runs at every start. Both steps in one process: to load the product a second time took longer than either of them.
"""

from __future__ import annotations

import sys

from hotline.cli import migrate, seed


def main(argv: list[str]) -> int:
    """The exit code of the first step that fails, else 0."""
    print("更新数据库结构……", flush=True)
    if code := migrate.main([]):
        return code
    print("核对基础数据(单位、分类、政策、日历)……", flush=True)
    return seed.main([])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
