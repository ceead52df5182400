"""Where the cells of a matrix are on the screen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF

from rnnviz.document.block import Block, Cell
from rnnviz.views.theme import Theme

Edges = NDArray[np.intp]


class Area(NamedTuple):
    """The room for cells in a widget, in logical pixels."""

    left: float
    top: float
    width: float


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Cells in rows and columns: spaced and rounded when large, packed when small.

    Attributes:
        x, y: where each shown column and row starts, in device pixels; one more than there are.
        gap: what separates two cells, in device pixels; the last of each cell's own.
        radius: of a cell's corners, in logical pixels.
        ratio: device pixels in a logical one.
        bottom: where it ends, with the room for an outline, in logical pixels.
        origin: the first cell shown: the matrix may go on in all directions.
    """

    x: Edges
    y: Edges
    gap: int
    radius: float
    ratio: float
    bottom: int
    origin: Cell = (0, 0)

    @classmethod
    def fit(cls, shape: tuple[int, int], area: Area, theme: Theme, ratio: float = 1.0) -> Grid:
        """Return the grid that fills a width; few columns stay narrower than it, so that cells keep shape."""
        rows, columns = shape
        margin = margin_of(theme)
        room = max(area.width - 2 * margin, 1.0)
        gap = _gap(room / columns, theme)
        pitch = min((room + gap) / columns, theme.px(56) + gap)
        height = _cell_height(pitch - gap, theme)
        if rows == 1:
            height = max(height, theme.px(14))
        return cls(
            _edges(area.left + margin, pitch, columns, ratio),
            _edges(area.top + margin, height + gap, rows, ratio),
            round(gap * ratio),
            _radius(min(pitch - gap, height), theme),
            ratio,
            ceil(area.top + 2 * margin + rows * (height + gap) - gap),
        )

    def showing(self, origin: Cell) -> Grid:
        """Return the same places with other cells in them."""
        return replace(self, origin=origin)

    @property
    def shown(self) -> Block:
        """The cells that are shown."""
        top, left = self.origin
        return Block(top, left, top + len(self.y) - 2, left + len(self.x) - 2)

    @property
    def cell_width(self) -> float:
        """The width of the narrowest cell."""
        return float(np.diff(self.x).min() - self.gap) / self.ratio

    @property
    def cell_height(self) -> float:
        """The height of the lowest cell."""
        return float(np.diff(self.y).min() - self.gap) / self.ratio

    @property
    def corner(self) -> QPointF:
        """Where the first cell begins."""
        return QPointF(self.x[0] / self.ratio, self.y[0] / self.ratio)

    def rect(self, cell: Cell) -> QRectF:
        """Return where a cell that is shown is, without the gap around it."""
        return self.block_rect(Block(*cell, *cell))

    def block_rect(self, block: Block) -> QRectF:
        """Return where the shown part of a rectangle of cells is; empty if nothing of it is shown."""
        part, shown = block.within(self.shown), self.shown
        if part is None:
            return QRectF()
        left, top = self.x[part.left - shown.left], self.y[part.top - shown.top]
        right, bottom = self.x[part.right + 1 - shown.left] - self.gap, self.y[part.bottom + 1 - shown.top] - self.gap
        ratio = self.ratio
        return QRectF(left / ratio, top / ratio, (right - left) / ratio, (bottom - top) / ratio)

    def at(self, point: QPointF) -> Cell | None:
        """Return the cell under a point; the gap after a cell counts as the cell."""
        row, column = _which(self.y, point.y() * self.ratio), _which(self.x, point.x() * self.ratio)
        inside = 0 <= row < len(self.y) - 1 and 0 <= column < len(self.x) - 1
        return (row + self.origin[0], column + self.origin[1]) if inside else None

    def nearest(self, point: QPointF) -> Cell:
        """Return the shown cell that is nearest to a point."""
        row, column = _nearest(self.y, point.y() * self.ratio), _nearest(self.x, point.x() * self.ratio)
        return row + self.origin[0], column + self.origin[1]

    def touched_by(self, rect: QRectF) -> Block:
        """Return the cells that a rectangle touches, at least one."""
        return Block.between(self.nearest(rect.topLeft()), self.nearest(rect.bottomRight()))


def margin_of(theme: Theme) -> float:
    """Return the room around the cells that the outline of an outer one needs."""
    return theme.px(2)


def _gap(cell: float, theme: Theme) -> float:
    if cell >= theme.px(20):
        return float(round(theme.px(2)))
    return 1.0 if cell >= theme.px(6) else 0.0


def _radius(cell: float, theme: Theme) -> float:
    if cell < theme.px(12):
        return 0.0
    return theme.px(3) if cell >= theme.px(20) else theme.px(2)


def _cell_height(width: float, theme: Theme) -> float:
    """Return a height that makes small cells square and large ones wider than high."""
    if width < theme.px(20):
        return width
    return float(round(min(max(0.7 * width, theme.px(20)), theme.px(34))))


def _edges(start: float, pitch: float, count: int, ratio: float) -> Edges:
    edges: Edges = np.rint((start + pitch * np.arange(count + 1)) * ratio).astype(np.intp)
    return edges


def _which(edges: Edges, position: float) -> int:
    return int(np.searchsorted(edges, position, side="right")) - 1


def _nearest(edges: Edges, position: float) -> int:
    return min(max(_which(edges, position), 0), len(edges) - 2)
