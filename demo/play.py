"""`python -m demo.play`: builds the demo city and plays last month and this one through the services (`./run demo`).

A database that has tickets already is left as it is.
"""

from __future__ import annotations

import sys
import time
import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from config.settings import current
from demo import cast, logins, script
from demo.administering import Administrator
from demo.clockwork import PASSES, Clockwork
from demo.company import Company
from demo.life import Lives
from demo.months import Keeper
from demo.reviewing import Reviewer
from demo.scene import Scene
from demo.script import CITY_TIME
from demo.stage import Stage, Story
from demo.today import LastHour
from demo.together import PLAYERS, Meeting, play_together, shares
from demo.watching import Watcher
from hotline.assembly import open_office
from hotline.bell import SilentBell
from hotline.cli import city
from hotline.domain.quiet import Quiet
from hotline.models import Staff, Ticket
from hotline.office import Office

SEED = 12319


def main(argv: list[str]) -> int:
    """Play the demo into the database of the settings, and say who may log in."""
    settings = current()
    office = open_office(settings, bell=SilentBell())
    if has_tickets(office):
        print("演示数据已经有了，不再重复。")
    else:
        started = time.monotonic()
        play(office, datetime.now(UTC), quiet=settings.quiet_hours, progress=_say)
        print(f"演示准备好了，用时 {time.monotonic() - started:.0f} 秒。", flush=True)
    print(logins.table())
    return 0


def _say(text: str) -> None:
    print(f"  {text}", flush=True)


def has_tickets(office: Office) -> bool:
    """Whether anything has been received here."""
    with office.session() as session:
        return session.scalar(sa.select(Ticket.id).limit(1)) is not None


def play(
    office: Office,
    now: datetime,
    *,
    first_day: date | None = None,
    quiet: Quiet | None = None,
    progress: Callable[[str], object] = lambda text: None,
) -> dict[str, int]:
    """Found the city and play from the first of last month (or `first_day`) until `now`.

    Returns which steps the rules refused when their time had come, and how often.
    """
    today = now.astimezone(CITY_TIME).date()
    first_day = first_day or (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    scenes = script.until(SEED, first_day, now)
    begins = datetime.combine(first_day, datetime.min.time(), CITY_TIME)
    _be_quick(office)
    city.store(office, tomllib.loads((cast.HERE / "city.toml").read_text(encoding="utf-8")), begins)
    with office.session() as session:
        session.execute(sa.update(Staff).values(must_change_password=False))  # the log-in page of a demo shows them all
    office.engine.dispose()
    mine = shares(scenes, PLAYERS)

    def part(player: int, meeting: Meeting) -> dict[str, int]:
        stage = Stage(office, begins, now)
        company = Company(office, cast.city())
        lives = Lives(stage, company, scenes, SEED)
        clockwork = Clockwork(stage, lives.by_number, meeting, PASSES[player::PLAYERS], quiet)
        stage.enter(clockwork.runs())
        if player == 0:
            stage.enter(_told(stage, scenes, progress))
            for story in Keeper(stage, company, clockwork.shift).stories():
                stage.enter(story)
            stage.enter(Reviewer(stage, company).looks())
            for story in (*Watcher(stage, company, lives).stories(), *Administrator(stage, company).stories()):
                stage.enter(story)
        lives.begin(lambda index: mine[index] == player)
        stage.play()
        return stage.refused

    refused = play_together(PLAYERS, part)
    curtain = now.astimezone(CITY_TIME)
    last = LastHour(Stage(office, curtain, curtain), Company(office, cast.city()))
    last.play()
    progress("来电草稿、热点和待核查的办理结果已就位")
    for step, times in last.stage.refused.items():
        refused[step] = refused.get(step, 0) + times
    return refused


def _told(stage: Stage, scenes: list[Scene], progress: Callable[[str], object]) -> Story:
    """Say every third day how far it is."""
    while True:
        arrived = sum(scene.arrives <= stage.now for scene in scenes)
        progress(f"{stage.now:%-m月%-d日}，已有诉求 {arrived} 件")
        yield stage.now + timedelta(days=3)


def _be_quick(office: Office) -> None:
    """A demo that is lost in a power cut is played again: its commits need not wait for the disk. And tables that grow
    from nothing within a minute are read by their indexes: a plan made for ten rows is kept for ten thousand."""

    @sa.event.listens_for(office.engine, "connect")
    def be_quick(connection: Any, record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
            cursor.execute("SET enable_seqscan = off")
        connection.commit()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
