"""Images as arrays, and what changes between two of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

Colours = NDArray[np.uint32]
"""An image, (height, width): 0xRRGGBB for each pixel."""


class Box(NamedTuple):
    """A rectangle of whole pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """The rectangle as an index of rows and columns."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)


def colours_of(image: QImage) -> Colours:
    """Return the colours of an image, (height, width), a copy; what is transparent is as it is without its opacity."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    return rows[:, : image.width()] & np.uint32(0xFFFFFF)


def changed_box(before: Colours, after: Colours) -> Box:
    """Return the smallest rectangle that holds every difference; where there is none, one pixel: no file has less."""
    differs = before != after
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not len(rows):
        return Box(0, 0, 1, 1)
    left, top = int(columns[0]), int(rows[0])
    return Box(left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1)
