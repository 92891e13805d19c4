"""`./run city FILE.toml`: the city's units, people and dispatch catalogue, from a file in the form of docs/city.md.

Safe to run again.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.phrases import load_phrases
from config.settings import current
from hotline.assembly import open_office
from hotline.bell import SilentBell
from hotline.domain.errors import Invalid
from hotline.office import Office
from hotline.services import cataloguing, phrasing, seeding


def main(argv: list[str]) -> int:
    """Load the file into the database of the settings; 1 if the file cannot be used, naming every fault."""
    parser = argparse.ArgumentParser(prog="./run city", description="导入单位、人员和派单目录")
    parser.add_argument("file", type=Path, help="TOML 文件，格式见 docs/city.md")
    path = parser.parse_args(argv).file
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        units, people, lines = store(open_office(current(), bell=SilentBell()), content, datetime.now(UTC))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        print(f"文件不能读取：{error}", file=sys.stderr)
        return 1
    except Invalid as error:
        print("\n".join(error.fields.values()), file=sys.stderr)
        return 1
    catalogue = f"，派单目录换为 {lines} 条" if lines else ""
    print(f"已导入 {units} 个单位、{people} 名人员{catalogue}。")
    return 0


def store(office: Office, content: Mapping[str, Any], now: datetime) -> tuple[int, int, int]:
    """Units, people and lines of the catalogue, in one transaction; how many of each. Raises Invalid.

    Who is new changes the password, which stands in the file, at the first log-in. A file without `[[dispatch]]` leaves
    the catalogue as it is: it may be kept on its page.
    """
    units, people, lines = (content.get(name, []) for name in ("unit", "staff", "dispatch"))
    shared = content.get("password")
    ready = [{**person, "password": person.get("password", shared), "must_change": True} for person in people]
    if missing := [person.get("login", "?") for person in ready if not person["password"]]:
        raise Invalid({"password": f"以下人员没有初始密码：{'、'.join(missing)}。"})
    with office.session() as session:
        seeding.store_units(session, units)
        seeding.store_staff(session, ready, now)
        phrasing.seed(session, load_phrases(), now)
        if lines:
            cataloguing.replace(session, lines)
    return len(units), len(people), len(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
