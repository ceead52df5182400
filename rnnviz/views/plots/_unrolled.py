"""Where the unrolled network stands: columns, boxes and the units in them, in pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF

DOTS = 12
"""Up to so many units are dots; more are the cells of a grid."""

_MOST_STEPS = 9
_SMALLEST_DOT, _SMALLEST_CELL = 2.5, 3.0
Sides = tuple[float, float, float, float]
"""The left, the top, the width and the height of a rectangle."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Where everything stands.

    Attributes:
        first, count: the steps that are shown.
        left, pitch: the middle of the first step's boxes, and the distance to the next.
        box_width, box_height: of every box.
        tops: of each layer's boxes, layer 1 first.
        above, below: the bands for the outputs and for the inputs.
        times: the baseline of the line that names the steps.
        right: where words have to end.
    """

    first: int
    count: int
    left: float
    pitch: float
    box_width: float
    box_height: float
    tops: tuple[float, ...]
    above: tuple[float, float]
    below: tuple[float, float]
    times: float
    right: float

    @property
    def steps(self) -> range:
        """The shown steps."""
        return range(self.first, self.first + self.count)

    def middle(self, t: int) -> float:
        """Return the x of a step."""
        return self.left + (t - self.first) * self.pitch

    def box(self, t: int, layer: int) -> QRectF:
        """Return the box of a layer's state."""
        return QRectF(self.middle(t) - self.box_width / 2, self.tops[layer], self.box_width, self.box_height)

    def t_at(self, x: float) -> int | None:
        """Return the step whose column is under x, or None between two columns."""
        t = self.first + round((x - self.left) / self.pitch)
        return t if t in self.steps and abs(x - self.middle(t)) <= 0.6 * self.box_width else None


@lru_cache(maxsize=16)
def arrange(sides: Sides, layers: int, steps: int, px: float) -> Geometry:
    """Return where the first of so many steps stand; ``px`` is how large a pixel of the design is."""
    x, y, whole, high = sides
    most = max(1, min(_MOST_STEPS, int(whole / (112 * px))))
    count = min(most - (most + 1) % 2, steps)
    margin = 26 * px if layers > 1 else 0.0
    width = whole - margin - (30 * px if whole >= 420 * px else 0.0)
    pitch = min(width / count, 170 * px)
    times, band = min(19 * px, 0.24 * high), max(min(0.22 * high, 40 * px), 13 * px)
    inner = max(high - times - 2 * band, 4 * px * layers)
    gap = min(18 * px, 0.32 * inner / layers) if layers > 1 else 0.0
    height = min((inner - (layers - 1) * gap) / layers, 52 * px)
    stack = layers * height + (layers - 1) * gap
    if stack < inner and band >= 30 * px:
        band = min((high - times - stack) / 2, 52 * px)
    top = y + max(0.0, (high - times - stack - 2 * band) / 2)
    bottom = top + band + stack
    return Geometry(
        first=0,
        count=count,
        left=x + margin + width / 2 - pitch * (count - 1) / 2,
        pitch=pitch,
        box_width=min(max(64 * px, 1.4 * height), 0.56 * pitch),
        box_height=height,
        tops=tuple(top + band + (layers - 1 - layer) * (height + gap) for layer in range(layers)),
        above=(top, top + band),
        below=(bottom, bottom + band),
        times=bottom + band + 0.72 * times,
        right=x + whole,
    )


def collapsed(geometry: Geometry, t: int, x: float, part: float) -> Geometry:
    """Return the steps as they are drawn together, by a part from 0 to 1, into one place with t above x."""
    pitch = geometry.pitch * (1 - part)
    middle = geometry.middle(t) + (x - geometry.middle(t)) * part
    return replace(geometry, pitch=pitch, left=middle - (t - geometry.first) * pitch)


def first_step(t: int, last: int, count: int) -> int:
    """Return the first of ``count`` shown steps: t in the middle, except near the ends of the sequence."""
    return max(0, min(t - count // 2, last + 1 - count))


@dataclass(frozen=True, slots=True)
class Units:
    """The grid of a box's units.

    Attributes:
        columns, rows: how many; row by row from the top left, the last row may have places left.
        left, top: its corner, from that of the box.
        width, height: of one place.
        are_dots: else they are cells.
        gap: between two cells.
    """

    columns: int
    rows: int
    left: float
    top: float
    width: float
    height: float
    are_dots: bool
    gap: int = 0

    def rect(self, box: QRectF) -> QRectF:
        """Return the grid's place in a box; cells with gaps begin at whole pixels, to be sharp."""
        left, top = box.left() + self.left, box.top() + self.top
        if self.gap:
            left, top = round(left), round(top)
        return QRectF(left, top, self.columns * self.width, self.rows * self.height)

    def at(self, box: QRectF, position: QPointF, count: int) -> int | None:
        """Return which of the first places is at a position; None if none is."""
        place = position - self.rect(box).topLeft()
        column, row = int(place.x() // self.width), int(place.y() // self.height)
        number = row * self.columns + column
        return number if 0 <= column < self.columns and row >= 0 and number < count else None

    def place(self, box: QRectF, number: int) -> QRectF:
        """Return where one of the places is in a box."""
        row, column = divmod(number, self.columns)
        corner = self.rect(box).topLeft() + QPointF(column * self.width, row * self.height)
        return QRectF(corner.x(), corner.y(), self.width - self.gap, self.height - self.gap)

    def middles(self, count: int) -> list[tuple[float, float]]:
        """Return the middles of the first places, from the corner of the grid."""
        return [
            ((place % self.columns + 0.5) * self.width, (place // self.columns + 0.5) * self.height)
            for place in range(count)
        ]


@lru_cache(maxsize=64)
def arrange_units(units: int, width: float, height: float, px: float, headline: float) -> Units:
    """Return where units stand in a box of a size, below a headline of a height."""
    inset = min(1.0, height / (30 * px)) * px
    inner_width, inner_height = width - 12 * inset, height - 10 * inset - headline
    one_row = units <= DOTS and inner_width / units >= 8 * px
    columns, rows = (units, 1) if one_row else grid(units, inner_width, inner_height)
    side = min(inner_width / columns, inner_height / rows, 15 * px)
    across, upward = side, side
    are_dots = units <= DOTS and side >= _SMALLEST_DOT * px
    gap = 1 if not are_dots and side >= _SMALLEST_CELL else 0
    if gap:
        across, upward = float(int(side)), float(int(side))
    elif not are_dots:
        across, upward = inner_width / columns, inner_height / rows
    left = (width - across * columns) / 2
    top = headline + (height - headline - upward * rows) / 2
    return Units(columns, rows, left, top, across, upward, are_dots, gap)


def grid(cells: int, width: float, height: float) -> tuple[int, int]:
    """Return the columns and rows that make so many cells large and nearly square, few places empty."""
    if height <= 0 or width <= 0:
        return cells, 1

    def quality(columns: int) -> float:
        rows = -(-cells // columns)
        return min(width / columns, height / rows) * (cells / (columns * rows)) ** 2

    best = max(range(1, cells + 1), key=quality)
    return best, -(-cells // best)
