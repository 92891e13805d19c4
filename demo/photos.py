"""What citizens and units of the demo photograph: the trouble, and the same spot when it has been seen to."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from demo.street import Colour, Street, a_street, developed, plant

VARIANTS = 4  # streets for each kind of trouble
BAGS: tuple[Colour, ...] = ((34, 36, 40), (44, 46, 52), (206, 208, 206), (182, 186, 188), (176, 150, 108), (62, 74, 84),
                           (138, 58, 52))  # fmt: skip
EARTH = (128, 104, 78)

Painter = Callable[[Street, bool], None]


def photo(kind: str, variant: int, *, mended: bool) -> bytes:
    """A JPEG of this trouble; the same street in both states. Raises KeyError for a kind that is not in KINDS."""
    paint = KINDS[kind]
    rng = Random(f"{kind}/{variant}")  # noqa: S311  a picture, not a secret
    street = a_street(rng, night=kind in BY_NIGHT)
    paint(street, mended)
    return developed(street)


def _lamps(street: Street, mended: bool) -> None:
    """The nearest are dark."""
    lamps = [(side, depth) for depth in (0.82, 0.7, 0.54, 0.34, 0.1) for side in (-1.14, 1.14)]
    for across, depth in lamps:
        lit = mended or depth > 0.6
        street.upright(across, depth, 9, 470, (120, 124, 128))
        street.upright(across * 0.88, depth, 74, 10, (150, 152, 154) if not lit else (255, 255, 255), up=462)
        if lit:
            street.shine(across * 0.88, depth, 150, up=458, strength=235)
            street.shine(across * 0.7, depth, 640, strength=90)


def _pothole(street: Street, mended: bool) -> None:
    across, depth = street.rng.uniform(-0.5, 0.3), street.rng.uniform(0.16, 0.26)
    if mended:
        corners = [(across - 0.3, depth - 0.07), (across + 0.32, depth - 0.06), (across + 0.3, depth + 0.1),
                   (across - 0.28, depth + 0.09)]  # fmt: skip
        street.flat(corners, (70, 71, 74))
        return
    street.blot(across, depth, 330, (86, 86, 88))
    street.blot(across, depth, 270, (58, 56, 54))
    street.blot(across + 0.02, depth - 0.01, 190, (98, 104, 108))  # water stands in it
    for _ in range(26):
        street.blot(across + street.rng.uniform(-0.5, 0.5), depth + street.rng.uniform(-0.08, 0.08), 14, (78, 76, 74))


def _bins(street: Street, mended: bool) -> None:
    for across in (-0.98, -0.68):
        street.upright(across, 0.2, 130, 190, (38, 104, 74))
        street.upright(across, 0.2, 142, 20, (30, 84, 60), up=188)
        street.upright(across, 0.2, 60, 40, (220, 226, 220), up=84)
    if not mended:
        _heap(street, -0.8, 0.16, wide=0.6, many=34)
        for across in (-1.06, -0.92, -0.74, -0.62):
            street.blot(across, 0.2, 84, street.rng.choice(BAGS), up=220, flatness=0.8)


def _heap(street: Street, across: float, depth: float, *, wide: float, many: int) -> None:
    """Bags and boxes, the higher the nearer to the middle."""
    for turn in range(many):
        off = street.rng.uniform(-wide, wide)
        up = street.rng.uniform(0, 90) * max(0, 1 - abs(off) / wide)
        back = 0.06 * (1 - turn / many)
        street.blot(
            across + off, depth + back, street.rng.uniform(50, 110), street.rng.choice(BAGS), up=up, flatness=0.7
        )


def _rubbish(street: Street, mended: bool) -> None:
    if mended:
        street.flat([(1.1, 0.1), (1.7, 0.1), (1.7, 0.4), (1.1, 0.4)], (178, 172, 164))
        street.upright(1.5, 0.32, 10, 190, (140, 142, 144))
        street.upright(1.5, 0.32, 130, 70, (42, 88, 150), up=170)
        return
    _heap(street, 1.1, 0.22, wide=0.7, many=70)


def _manhole(street: Street, mended: bool) -> None:
    across, depth = street.rng.uniform(-0.3, 0.4), 0.2
    street.disc(across, depth, 270, (132, 130, 126))
    street.disc(across, depth, 220, (88, 84, 80) if mended else (12, 12, 14))
    if not mended:
        street.disc(across + 0.5, depth + 0.05, 216, (92, 88, 84))
        return
    for row in range(-3, 4):
        for column in range(-3, 4):
            street.disc(across + column * 0.055, depth + row * 0.014, 14, (116, 110, 104))


def _flood(street: Street, mended: bool) -> None:
    street.flat([(-1, 0), (1, 0), (1, 1), (-1, 1)], (84, 86, 90))  # wet
    if mended:
        return
    street.flat([(-1.3, 0), (1.3, 0), (1.1, 0.55), (-1.05, 0.6)], (128, 122, 108))
    for _ in range(90):
        depth, across = street.rng.uniform(0.01, 0.52), street.rng.uniform(-1.15, 1.1)
        grey = street.rng.randint(138, 176)
        street.blot(across, depth, street.rng.uniform(50, 190), (grey, grey - 4, grey - 14), flatness=0.05)


def _tree(street: Street, mended: bool) -> None:
    if mended:
        street.upright(1.32, 0.26, 60, 26, (150, 118, 84))
        return
    (x1, y1), (x2, y2) = street.at(1.4, 0.3, 20), street.at(-0.75, 0.2, 26)
    street.shape([(x1, y1 - 22), (x2, y2 - 8), (x2, y2 + 8), (x1, y1 + 24)], (88, 68, 52))
    for _ in range(60):
        green = street.rng.randint(72, 128)
        across = street.rng.triangular(-1.1, 0.7, -0.6)
        depth = 0.22 + street.rng.uniform(-0.05, 0.06)
        up = street.rng.uniform(0, 120)
        street.blot(across, depth, 110, (green - 30, green, 46), up=up, flatness=0.8)


def _stalls(street: Street, mended: bool) -> None:
    if mended:
        return
    shades: tuple[Colour, ...] = ((178, 46, 42), (48, 92, 150), (206, 156, 52))
    for across, depth in ((0.95, 0.6), (0.92, 0.46), (0.9, 0.32), (0.86, 0.16)):
        street.upright(across, depth, 220, 84, (154, 122, 88))
        for _ in range(10):
            fruit = street.rng.choice(((204, 78, 42), (92, 140, 62), (222, 178, 60)))
            street.blot(across + street.rng.uniform(-0.2, 0.2), depth, 36, fruit, up=94, flatness=0.8)
        street.upright(across, depth, 8, 260, (110, 110, 112))
        x, y = street.at(across, depth, 330)
        half = 170 * street.size(depth)
        street.shape([(x - half, y + half * 0.5), (x, y), (x + half, y + half * 0.5)], street.rng.choice(shades))


def _cars(street: Street, mended: bool) -> None:
    if mended:
        for depth in (0.6, 0.5, 0.4, 0.3, 0.2, 0.1):
            street.upright(-1.05, depth, 18, 90, (206, 176, 60))
        return
    paints: tuple[Colour, ...] = ((196, 198, 200), (52, 56, 64), (146, 38, 36), (44, 70, 116), (226, 226, 222))
    for depth in (0.62, 0.48, 0.32, 0.14):
        colour = street.rng.choice(paints)
        street.blot(-1.18, depth, 330, (40, 40, 42), flatness=0.14)
        street.upright(-1.18, depth, 300, 100, colour, up=24)
        street.upright(-1.18, depth, 226, 84, colour, up=122)
        street.upright(-1.18, depth, 196, 60, (84, 98, 112), up=130)
        for wheel in (-0.27, 0.27):
            street.upright(-1.18 + wheel, depth, 48, 44, (26, 26, 28))
            street.upright(-1.18 + wheel * 1.05, depth, 44, 22, (240, 92, 70), up=76)


def _earth(street: Street, mended: bool) -> None:
    """A building site behind the kerb: bare, then under its net."""
    for across, depth, wide in ((1.5, 0.5, 420), (1.2, 0.4, 380), (1.65, 0.3, 520), (1.15, 0.2, 300)):
        colour: Colour = (66, 112, 78) if mended else EARTH
        street.blot(across, depth, wide, colour, up=30, flatness=0.42)
        street.blot(across, depth, wide * 0.7, (colour[0] + 12, colour[1] + 12, colour[2] + 12), up=66, flatness=0.4)
    if not mended:
        street.flat([(0.3, 0.05), (1, 0.1), (1, 0.5), (0.6, 0.45)], (136, 116, 92))
        for _ in range(60):
            street.blot(street.rng.uniform(0.1, 1), street.rng.uniform(0.03, 0.5), 40, (120, 100, 76), flatness=0.2)


def _dead_tree(street: Street, mended: bool) -> None:
    if mended:
        plant(street, -1.25, 0.3)
        return
    street.upright(-1.25, 0.3, 26, 320, (126, 112, 96))
    for off, up in ((-0.16, 300), (0.14, 330), (-0.1, 360), (0.2, 280), (0.05, 380)):
        (x1, y1), (x2, y2) = street.at(-1.25, 0.3, 230), street.at(-1.25 + off, 0.3, up)
        street.draw.line([(x1, y1), (x2, y2)], fill=street.in_this_light((126, 112, 96)), width=5)


KINDS: dict[str, Painter] = {
    "lamps": _lamps,
    "pothole": _pothole,
    "bins": _bins,
    "rubbish": _rubbish,
    "manhole": _manhole,
    "flood": _flood,
    "tree": _tree,
    "stalls": _stalls,
    "cars": _cars,
    "earth": _earth,
    "dead-tree": _dead_tree,
}
BY_NIGHT = frozenset({"lamps"})
