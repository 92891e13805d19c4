"""`python -m hotline.cli.seed`: put the rules of the files in force; at first also a centre and an administrator.

Runs at every start. What is new in a file is a new version; a changed calendar recounts the open deadlines.
"""

from __future__ import annotations

import secrets
import sys
from datetime import UTC, datetime

import sqlalchemy as sa

from config.calendars import CHINA, read_mapping
from config.categories import FILES, load_categories
from config.categories import HERE as CATEGORIES
from config.phrases import load_phrases
from config.policy import load_case_standards, load_policy
from config.settings import Settings, current
from hotline.assembly import open_office
from hotline.bell import SilentBell
from hotline.domain.actors import SYSTEM
from hotline.models import Unit
from hotline.office import Office
from hotline.services import phrasing, recounting, seeding

FIRST_CENTRE = {"key": seeding.ROOT_KEY, "name": "城市管理服务中心", "kind": "centre"}


def main(argv: list[str]) -> int:
    """Seed the database of the settings; prints the first administrator's password once."""
    settings = current()
    office = open_office(settings, bell=SilentBell())
    now = datetime.now(UTC)
    changed, password = seed(office, settings, now)
    if password is not None:
        place = settings.data_dir / "administrator.txt"
        place.touch(mode=0o600)
        place.write_text(f"账号 admin\n密码 {password}\n", encoding="utf-8")
        print(f"已建立管理员账号 admin，初始密码 {password}（也写在 {place}，登录后请妥善保管）。")
    if changed:
        print(f"工作日历已更新，重新计算了 {recount(office, now)} 个未完成的时限。")
    return 0


def seed(office: Office, settings: Settings, now: datetime) -> tuple[bool, str | None]:
    """The rules of the files, and on the first start the first unit and person. Whether the calendar has changed."""
    with office.session() as session:
        changed = seeding.seed_rules(
            session,
            policy=load_policy(settings.own_file("default.toml")),
            calendar=read_mapping(settings.calendar_file or CHINA),
            categories=load_categories(settings.own_file(name) or CATEGORIES / name for name in FILES),
            standards=load_case_standards(settings.own_file("case_standards.csv")),
            now=now,
        )
        if session.scalar(sa.select(sa.func.count()).select_from(Unit)):
            phrasing.seed(session, load_phrases(), now)
            return changed, None
        if settings.demo:  # which brings its own city, the administrator included
            return False, None
        seeding.store_units(session, [FIRST_CENTRE])
        phrasing.seed(session, load_phrases(), now)
        password = secrets.token_urlsafe(9)
        roles = ["administrator", "operator", "dispatcher", "supervisor"]  # one person can begin a county's hotline
        admin = {"login": "admin", "name": "管理员", "unit": seeding.ROOT_KEY, "roles": roles}
        seeding.store_staff(session, [{**admin, "password": password, "must_change": True}], now)
        return False, password


def recount(office: Office, now: datetime) -> int:
    """Count the open deadlines again, batch by batch; returns how many moved."""
    office.forget_rules()
    total, last = 0, 0
    while True:
        with office.work(SYSTEM, now) as work:
            moved, last = recounting.recount_open(work, last)
        total += moved
        if last == 0:
            return total


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
