"""`./run import FILE.csv`: tickets of an older system or a published data set, with their times (docs/import.md).

Progress and faults go to stderr, the summary to stdout. Exit codes: 0 the file is in; 1 nothing was imported (the
reason, or every faulty line, is on stderr); 2 wrong usage; 3 the file is in but for known tickets that it contradicts.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from config.settings import current
from hotline.assembly import open_office
from hotline.bell import SilentBell
from hotline.domain.actors import SYSTEM
from hotline.domain.errors import HotlineError
from hotline.office import Office
from hotline.services.importing.importer import Contradicted, Imported, import_all, known_to
from hotline.services.importing.reading import Reading, decode, read
from hotline.services.importing.rows import Fault, Row

DONE, NOTHING, MISUSED, SKIPPED, INTERRUPTED = 0, 1, 2, 3, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Import the file into the database of the settings. Returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    asked = _parser().parse_args(argv)
    try:
        text = decode(asked.file.read_bytes())
        office = open_office(current(), bell=SilentBell())
        return import_file(office, text, datetime.now(UTC), asked.zone)
    except OSError as error:
        return _nothing(f"读不到文件 {asked.file}（{error.strerror}）")
    except (HotlineError, LookupError) as error:
        return _nothing(str(error).strip("'"))
    except SQLAlchemyError as error:
        return _nothing(f"数据库出错，已全部撤销：{_first_line(error)}")
    except KeyboardInterrupt:
        print("\n已中断，什么也没有导入。", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./run import", description="导入旧系统或公开数据集的工单。列的写法见 docs/import.md。"
    )
    parser.add_argument("file", type=Path, metavar="文件.csv", help="UTF-8 或 GB18030 编码，逗号分隔，首行为列名")
    parser.add_argument("--zone", type=_zone, metavar="时区", help="不带时区的时间属于哪个时区，默认为城市当地时间")
    return parser


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise argparse.ArgumentTypeError(f"没有“{name}”这个时区，应写作 Asia/Shanghai 这样的名称") from None


def import_file(office: Office, text: str, now: datetime, zone: tzinfo | None = None) -> int:
    """Read it whole, then play it in, in one transaction; say what became of it. Returns the exit code."""
    try:
        with office.work(SYSTEM, now, texts=False) as work:
            found = read(text, known_to(work, zone))
            if found.ignored:
                print(f"以下列没有用到：{'、'.join(found.ignored)}", file=sys.stderr)
            if found.faults:
                return _refuse(found.faults)
            print(f"共 {len(found.rows)} 件，开始导入……", file=sys.stderr, flush=True)
            result = import_all(work, found.rows, _progress(len(found.rows)))
            city_time = work.rules.zone
    except Contradicted as refused:
        return _refuse(refused.faults)
    _sum_up(found, result)
    _point_to_months(found.rows, city_time, office.site)
    return SKIPPED if result.skipped else DONE


def _refuse(faults: Sequence[Fault]) -> int:
    print(*faults, sep="\n", file=sys.stderr)
    return _nothing(f"共 {len(faults)} 处错误。请改正后再导入")


def _nothing(reason: str) -> int:
    print(f"{reason.rstrip('。')}。什么也没有导入。", file=sys.stderr)
    return NOTHING


def _first_line(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]


def _progress(total: int) -> Callable[[int], None]:
    """One line that counts up on a terminal; elsewhere a line at each tenth."""
    terminal = sys.stderr.isatty()
    tenth = 0

    def told(done: int) -> None:
        nonlocal tenth
        if terminal:
            print(f"\r已处理 {done}/{total}", end="" if done < total else "\n", file=sys.stderr, flush=True)
        elif 10 * done // total > tenth:
            tenth = 10 * done // total
            print(f"已处理 {done}/{total}", file=sys.stderr, flush=True)

    return told


def _sum_up(found: Reading, result: Imported) -> None:
    for fault in result.skipped:
        print(fault, file=sys.stderr)
    lines = [
        (result.new, "新导入"),
        (result.continued, "补录了后续环节"),
        (result.unchanged, "此前已导入，没有变化"),
        (len(result.skipped), "与此前导入的不一致，未作改动（见上）"),
        (found.repeated, "在文件内重复，只导入一次"),
        (result.waiting, "写有单位，但没有交办及其后的时间，未交办"),
    ]
    print("导入完成：", *(f"  {count} 件{what}" for count, what in lines if count), sep="\n")


def _point_to_months(rows: Sequence[Row], zone: tzinfo, site: str) -> None:
    """Where the rates of these months can be read."""
    months = sorted({row.received_at.astimezone(zone).strftime("%Y-%m") for row in rows})
    if months:
        print(f"涉及 {months[0]} 至 {months[-1]} 共 {len(months)} 个月（按到达时间）。")
        print(f"月报：{site}/desk/reports/{months[-1]}")


if __name__ == "__main__":
    sys.exit(main())
