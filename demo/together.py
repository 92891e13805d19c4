"""Two players, one on each core, who keep to one clock: between two meetings each plays the scenes of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Callable
from threading import BrokenBarrierError

from demo.scene import Scene
from runner.tether import tie

FORK = multiprocessing.get_context("fork")  # what was read before is there in both, and nothing need be handed over
PLAYERS = 2
TOO_LONG = 300  # seconds for one hour of the story: the other one has stopped


class Apart(Exception):
    """The other player has given up; it has said why itself."""


class Meeting:
    """Where players wait for each other."""

    def __init__(self, players: int) -> None:
        self._barrier = FORK.Barrier(players)

    def wait(self) -> None:
        """Go on when all are here. Raises Apart."""
        try:
            self._barrier.wait(TOO_LONG)
        except BrokenBarrierError:
            raise Apart from None

    def leave(self) -> None:
        """Nobody need wait any more."""
        self._barrier.abort()


def play_together(players: int, part: Callable[[int, Meeting], dict[str, int]]) -> dict[str, int]:
    """Let all play their part (the first, 0, in this process) and add up what they count. Raises what went wrong.

    No database connection may be open: they must not cross the fork.
    """
    meeting, counts, first = Meeting(players), FORK.SimpleQueue(), os.getpid()

    def play_beside(player: int) -> None:
        tie(first, signal.SIGTERM)
        try:
            counts.put(part(player, meeting))
        except BaseException as fault:
            meeting.leave()
            if not isinstance(fault, Apart):
                traceback.print_exc()
            sys.exit(1)

    others = [FORK.Process(target=play_beside, args=(player,), daemon=True) for player in range(1, players)]
    for process in others:
        process.start()
    try:
        total = dict(part(0, meeting))
        for _ in others:
            for name, times in counts.get().items():
                total[name] = total.get(name, 0) + times
    except BaseException:
        meeting.leave()
        raise
    finally:
        for process in others:
            process.join()
    return total


def shares(scenes: list[Scene], players: int) -> list[int]:
    """Which player has which scene: those that belong together are one player's."""
    firsts: list[int] = []
    for index, scene in enumerate(scenes):
        before = scene.duplicates_of if scene.duplicates_of is not None else scene.same_person_repeat
        firsts.append(index if before is None else firsts[before])
    return [first % players for first in firsts]
