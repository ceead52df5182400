"""All of a large matrix in a small picture: nothing large is lost, however many entries share a pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage

from rnnviz.document.block import Block, Cell
from rnnviz.document.values import Array
from rnnviz.views.colours import image_of, signed_colours
from rnnviz.views.theme import Theme


@dataclass(frozen=True, slots=True)
class Overview:
    """Where a picture of a whole matrix (rows, columns) is in a widget."""

    rect: QRectF
    shape: tuple[int, int]

    def image(self, values: Array, theme: Theme, limit: float, ratio: float) -> QImage:
        """Return the picture in device pixels; a pixel shows the entry farthest from 0 of those it stands for.

        The colours go by the root of an entry's size, unlike those of cells: among many, most are small.
        """
        width, height = max(round(self.rect.width() * ratio), 1), max(round(self.rect.height() * ratio), 1)
        pixels = _resampled(_resampled(values, height).T, width).T
        roots = np.copysign(np.sqrt(np.abs(pixels) / limit), pixels)
        image = image_of(signed_colours(theme, roots, 1.0))
        image.setDevicePixelRatio(ratio)
        return image

    def at(self, point: QPointF) -> Cell | None:
        """Return the cell at a point, or None outside."""
        return self.nearest(point) if self.rect.contains(point) else None

    def nearest(self, point: QPointF) -> Cell:
        """Return the cell at the point of the picture that is nearest to a point."""
        rows, columns = self.shape
        row = int((point.y() - self.rect.top()) / self.rect.height() * rows)
        column = int((point.x() - self.rect.left()) / self.rect.width() * columns)
        return min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)

    def block_rect(self, block: Block) -> QRectF:
        """Return where a rectangle of cells is."""
        pitch_x, pitch_y = self.rect.width() / self.shape[1], self.rect.height() / self.shape[0]
        return QRectF(
            self.rect.left() + block.left * pitch_x,
            self.rect.top() + block.top * pitch_y,
            block.shape[1] * pitch_x,
            block.shape[0] * pitch_y,
        )


def _resampled(values: Array, count: int) -> Array:
    """Return so many rows instead: each the extreme of the rows that it stands for, or one of them repeated."""
    starts = np.arange(count) * len(values) // count
    ends = np.append(starts[1:], len(values))
    extremes: Array = values[starts]
    for offset in range(1, int((ends - starts).max())):  # twice as fast as reduceat
        others = values[np.minimum(starts + offset, np.maximum(ends - 1, starts))]
        extremes = np.where(np.abs(others) > np.abs(extremes), others, extremes)
    return extremes
