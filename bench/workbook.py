"""`python -m bench.workbook`: the workbook of a month in a process of its own, whose peak of memory is told.

What is wanted comes as JSON on the standard input: url, month, now. What came of it goes to the standard output.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from bench.ground import open_quiet_office
from hotline.domain.actors import SYSTEM
from hotline.services.month.papers import book
from hotline.services.month.papers.material import gather

READ = """
SELECT * FROM monthly_report_item
WHERE report_id = (SELECT max(id) FROM monthly_report) AND kind IN ('handle', 'reply', 'close')
"""


def main() -> int:
    """Write it once; seconds, megabytes at the peak, rows and bytes, and the seconds of only reading the rows."""
    asked = json.load(sys.stdin)
    office, now = open_quiet_office(os.environ, asked["url"]), datetime.fromisoformat(asked["now"])
    read = _read(office.engine)
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=os.environ["HOTLINE_DATA"]) as folder:
        made = Path(folder) / "month.xlsx"
        with office.work(SYSTEM, now) as work:
            material = gather(work, asked["month"])
            book.write(work, material, {}, made, lambda *_: None, lambda: None)
        told = {"rows": material.rows, "bytes": made.stat().st_size, "read": read}
    told |= {"seconds": time.perf_counter() - begin}
    told |= {"megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    json.dump(told, sys.stdout)
    return 0


def _read(engine: sa.Engine) -> float:
    """Seconds to read the rows and do nothing with them."""
    begin = time.perf_counter()
    with engine.connect().execution_options(yield_per=2000) as connection:
        for _ in connection.execute(sa.text(READ)):
            pass
    return time.perf_counter() - begin


if __name__ == "__main__":
    sys.exit(main())
