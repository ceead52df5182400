"""Where the cells of a matrix are on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF

from rnnviz.document.block import Block, Cell
from rnnviz.views.theme import Theme

Edges = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The cells of a matrix in a given width: spaced and rounded when large, packed when small.

    Attributes:
        x, y: where each column and row starts, in device pixels; one more than there are.
        gap: what separates two cells, in device pixels; the last of each cell's own.
        radius: of a cell's corners, in logical pixels.
        ratio: device pixels in a logical one.
        height: what the matrix needs, in logical pixels.
    """

    x: Edges
    y: Edges
    gap: int
    radius: float
    ratio: float
    height: int

    @classmethod
    def fit(cls, shape: tuple[int, int], width: int, theme: Theme, ratio: float = 1.0) -> Grid:
        """Return the grid that fills a width; few columns stay narrower than it, so that cells keep shape."""
        rows, columns = shape
        margin = margin_of(theme)
        room = max(width - 2 * margin, 1.0)
        gap = _gap(room / columns, theme)
        pitch = min((room + gap) / columns, theme.px(56) + gap)
        height = _cell_height(pitch - gap, theme)
        if rows == 1:
            height = max(height, theme.px(14))
        return cls(
            _edges(margin, pitch, columns, ratio),
            _edges(margin, height + gap, rows, ratio),
            round(gap * ratio),
            _radius(min(pitch - gap, height), theme),
            ratio,
            ceil(2 * margin + rows * (height + gap) - gap),
        )

    @property
    def cell_width(self) -> float:
        """The width of the narrowest cell."""
        return float(np.diff(self.x).min() - self.gap) / self.ratio

    def rect(self, cell: Cell) -> QRectF:
        """Return where a cell is, without the gap around it."""
        return self.block_rect(Block(*cell, *cell))

    def block_rect(self, block: Block) -> QRectF:
        """Return where a rectangle of cells is."""
        left, top = self.x[block.left], self.y[block.top]
        right, bottom = self.x[block.right + 1] - self.gap, self.y[block.bottom + 1] - self.gap
        ratio = self.ratio
        return QRectF(left / ratio, top / ratio, (right - left) / ratio, (bottom - top) / ratio)

    def at(self, point: QPointF) -> Cell | None:
        """Return the cell under a point; the gap after a cell counts as the cell."""
        row, column = _which(self.y, point.y() * self.ratio), _which(self.x, point.x() * self.ratio)
        inside = 0 <= row < len(self.y) - 1 and 0 <= column < len(self.x) - 1
        return (row, column) if inside else None

    def touched_by(self, rect: QRectF) -> Block:
        """Return the cells that a rectangle touches, at least one."""
        top, bottom = (_nearest(self.y, y * self.ratio) for y in (rect.top(), rect.bottom()))
        left, right = (_nearest(self.x, x * self.ratio) for x in (rect.left(), rect.right()))
        return Block(top, left, bottom, right)


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
