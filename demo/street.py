"""The ground of the demo's photos: a street of 澜川市, by day or by night, as a telephone sees it. All is painted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from math import cos, pi, sin
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDTH, HEIGHT = 960, 720
HORIZON = 300
EDGE = 30  # px that are cut off after tilting
HOUSES = ((188, 176, 160), (204, 190, 168), (170, 172, 176), (196, 168, 150), (210, 204, 192))
ROAD, PAVEMENT, KERB, LINE = (104, 106, 110), (166, 160, 152), (196, 194, 188), (220, 220, 214)
LAMPLIGHT = (255, 214, 150)

Colour = tuple[int, int, int]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Street:
    """A picture being painted. `away` is the x of the point in which the street vanishes.

    Places on the ground are (across, depth): across from -1 to 1, kerb to kerb; depth from 0, our feet, to 1, far away.
    """

    image: Image.Image
    draw: ImageDraw.ImageDraw
    rng: Random
    night: bool
    away: float

    def at(self, across: float, depth: float, up: float = 0) -> Point:
        """Where it is in the picture; `up` in px at our feet."""
        near = float((1 - depth) ** 1.6)
        centre = self.away + (WIDTH / 2 - self.away) * near
        return centre + across * (24 + 436 * near), HORIZON + (HEIGHT - HORIZON) * near - up * self.size(depth)

    def size(self, depth: float) -> float:
        """How large things are there, 1 at our feet."""
        return float(0.04 + 0.96 * (1 - depth) ** 1.6)

    def shape(self, corners: Sequence[Point], colour: Colour) -> None:
        """A polygon of the picture in this light."""
        self.draw.polygon(corners, fill=self.in_this_light(colour))

    def flat(self, places: Sequence[Point], colour: Colour) -> None:
        """Something that lies flat on the ground."""
        self.shape([self.at(*place) for place in places], colour)

    def blot(
        self, across: float, depth: float, wide: float, colour: Colour, *, up: float = 0, flatness: float = 0.32
    ) -> None:
        """Something with an uneven edge, `wide` px at our feet; its flatness is 1 for what is round to the eye."""
        x, y = self.at(across, depth, up)
        far = wide / 2 * self.size(depth)
        turns = [(turn * pi / 12, far * self.rng.uniform(0.8, 1.08)) for turn in range(24)]
        self.shape([(x + each * cos(turn), y + each * sin(turn) * flatness) for turn, each in turns], colour)

    def disc(self, across: float, depth: float, wide: float, colour: Colour) -> None:
        """Something round that lies on the ground."""
        x, y = self.at(across, depth)
        far = wide / 2 * self.size(depth)
        self.draw.ellipse([x - far, y - far * 0.34, x + far, y + far * 0.34], fill=self.in_this_light(colour))

    def upright(self, across: float, depth: float, wide: float, high: float, colour: Colour, *, up: float = 0) -> None:
        """Something that stands there and faces us."""
        x, y = self.at(across, depth, up)
        half, top = wide / 2 * self.size(depth), y - high * self.size(depth)
        self.shape([(x - half, y), (x - half, top), (x + half, top), (x + half, y)], colour)

    def shine(self, across: float, depth: float, wide: float, *, up: float = 0, strength: int = 200) -> None:
        """Light of a lamp."""
        x, y = self.at(across, depth, up)
        far = wide / 2 * self.size(depth)
        mask = Image.new("L", (WIDTH // 4, HEIGHT // 4))  # a blur needs no more, and is quicker
        ImageDraw.Draw(mask).ellipse(
            [(x - far) / 4, (y - far * (1 if up else 0.35)) / 4, (x + far) / 4, (y + far * (1 if up else 0.35)) / 4],
            fill=strength,
        )
        mask = mask.filter(ImageFilter.GaussianBlur(max(1.5, far / 9))).resize((WIDTH, HEIGHT))
        light = Image.composite(Image.new("RGB", mask.size, LAMPLIGHT), Image.new("RGB", mask.size), mask)
        self.image.paste(ImageChops.screen(self.image, light))

    def in_this_light(self, colour: Colour) -> Colour:
        """The colour by day, or by night."""
        red, green, blue = colour
        return (int(red * 0.34), int(green * 0.35), int(blue * 0.45)) if self.night else colour


def a_street(rng: Random, *, night: bool) -> Street:
    """The same street for the same `rng`."""
    image = Image.new("RGB", (WIDTH, HEIGHT))
    street = Street(image, ImageDraw.Draw(image), rng, night, WIDTH * rng.uniform(0.4, 0.6))
    _paint_sky(street)
    street.shape([(0, HORIZON), (WIDTH, HORIZON), (WIDTH, HEIGHT), (0, HEIGHT)], PAVEMENT)
    for side in (-1, 1):
        _paint_houses(street, side)
        street.flat([(side, 0), (side * 1.08, 0), (side * 1.08, 1), (side, 1)], KERB)
    street.flat([(-1, 0), (1, 0), (1, 1), (-1, 1)], ROAD)
    for start in (0.02, 0.22, 0.4, 0.55, 0.67, 0.77, 0.85):
        street.flat([(-0.02, start), (0.02, start), (0.02, start + 0.08), (-0.02, start + 0.08)], LINE)
    for side in (-1, 1):
        for depth in (0.8, 0.68, 0.54) if rng.random() < 0.7 else (0.74, 0.6):
            plant(street, side * 1.3, depth)
    return street


def _paint_sky(street: Street) -> None:
    rng = street.rng
    top, low = ((16, 22, 44), (66, 62, 78)) if street.night else ((132, 164, 198), (222, 228, 230))
    if not street.night and rng.random() < 0.4:  # overcast
        top, low = (176, 182, 188), (214, 216, 216)
    for y in range(HORIZON + 1):
        share = y / HORIZON
        street.draw.line(
            [(0, y), (WIDTH, y)], fill=tuple(int(a + (b - a) * share) for a, b in zip(top, low, strict=True))
        )


def _paint_houses(street: Street, side: int) -> None:
    """One side of the street, the farthest first."""
    rng, depth, fronts = street.rng, 0.0, []
    while depth < 0.9:
        length = rng.uniform(0.1, 0.24)
        fronts.append((depth, min(depth + length, 0.94), rng.uniform(380, 760), rng.choice(HOUSES)))
        depth += length
    for near, far, high, colour in reversed(fronts):
        where = side * 1.75
        street.shape(
            [street.at(where, near), street.at(where, far), street.at(where, far, high), street.at(where, near, high)],
            colour,
        )
        _paint_windows(street, where, (near, far), high)


def _paint_windows(street: Street, where: float, along: tuple[float, float], high: float) -> None:
    near, far = along
    for row in range(int(high // 90)):
        for column in range(4):
            lit = street.night and street.rng.random() < 0.22
            start = near + (far - near) * (column + 0.25) / 4
            end = start + (far - near) * 0.5 / 4
            low, top = 40 + row * 90, 84 + row * 90
            corners = [street.at(where, start, low), street.at(where, end, low), street.at(where, end, top),
                       street.at(where, start, top)]  # fmt: skip
            if lit:
                street.draw.polygon(corners, fill=(206, 172, 104))
            else:
                street.shape(corners, (96, 108, 122))


def plant(street: Street, across: float, depth: float) -> None:
    """A tree."""
    rng = street.rng
    street.upright(across, depth, 22, 220, (92, 74, 58))
    for _ in range(9):
        green = rng.randint(84, 124)
        up = rng.uniform(200, 340)
        street.blot(across + rng.uniform(-0.16, 0.16), depth, 130, (green - 34, green, 52), up=up, flatness=0.9)


def developed(street: Street) -> bytes:
    """As a telephone takes it: a little askew, a little soft, grainier by night; JPEG."""
    rng = street.rng
    image = street.image.filter(ImageFilter.GaussianBlur(0.9))
    strength = 0.22 if street.night else 0.14
    grain = Image.frombytes("L", image.size, rng.randbytes(WIDTH * HEIGHT))
    grain = grain.point([int(128 + (level - 128) * strength) for level in range(256)])
    image = ImageChops.add(image, Image.merge("RGB", [grain] * 3), 1, -128)
    image = image.rotate(rng.uniform(-1.6, 1.6), Image.Resampling.BILINEAR)
    out = BytesIO()
    image = image.crop((EDGE, EDGE, WIDTH - EDGE, HEIGHT - EDGE)).resize((800, 587), Image.Resampling.BILINEAR)
    image.save(out, "JPEG", quality=72)
    return out.getvalue()
