"""What the web brings beside words: the telephone's position, photos, other languages, "me too"; and photos of results.

Drawn apart from the month itself, which stays what it was.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from demo import cast
from demo.cast import Matter
from demo.photos import VARIANTS
from demo.scene import Scene
from demo.together import PLAYERS, shares

PHOTOGRAPHED = 0.6  # of what can be seen, by those who have a telephone in hand
PROVED = 0.55  # of what was done and can be seen
ENGLISH = 0.5  # of web complaints about what the demo has English words for
ME_TOO = 0.85  # of those who come by the web with what others have said
ASTRAY = 0.0004  # degrees by which a telephone's position misses the place


def dressed(rng: Random, scenes: list[Scene]) -> list[Scene]:
    """The same scenes in the same order."""
    matters = {matter.key: matter for matter in cast.matters()}
    players = shares(scenes, PLAYERS)
    return [_dressed(rng, scene, matters[scene.matter], player) for scene, player in zip(scenes, players, strict=True)]


def _dressed(rng: Random, scene: Scene, matter: Matter, player: int) -> Scene:
    scene = replace(
        scene,
        photo=matter.photo if scene.channel in {"web", "sms"} and rng.random() < PHOTOGRAPHED else None,
        evidence=matter.photo if rng.random() < PROVED else None,
        variant=rng.randrange(VARIANTS) // PLAYERS * PLAYERS + player,  # streets of his own: nobody paints one again
        me_too=scene.channel == "web" and scene.duplicates_of is not None and rng.random() < ME_TOO,
    )
    if scene.plot.told:  # asks how it stands, by text
        return replace(scene, photo=None)
    if scene.channel != "web":
        return scene
    scene = replace(scene, lat=_near(rng, scene.lat), lon=_near(rng, scene.lon))
    if matter.english is not None and rng.random() < ENGLISH:
        return replace(scene, text=matter.english.format(place=scene.place), language="en")
    return scene


def _near(rng: Random, degrees: float) -> float:
    return round(degrees + rng.uniform(-ASTRAY, ASTRAY), 6)
