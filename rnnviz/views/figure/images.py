"""Images that are meant to be seen pixel by pixel, as rectangles."""

import itertools
import math
from collections.abc import Iterator

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QTransform

_MOST_CELLS = 4096
_OPAQUE = 0xFF000000
_SEAM = 1.0  # logical pixels


def is_mosaic(image: QImage, *, smooth: bool) -> bool:
    """Return whether the image, drawn smoothly or not, should become rectangles.

    So a heat map stays sharp in programs that smooth every embedded image.
    """
    return not smooth and image.width() * image.height() <= _MOST_CELLS


def cells(image: QImage, placed: QTransform) -> Iterator[tuple[QRectF, QColor]]:
    """Yield a rectangle, in image pixels, and a colour for each run of equal pixels, in painting order.

    `placed` maps image pixels to the page. Programs that smooth edges show the page between neighbours; an
    opaque rectangle therefore reaches under those that are painted later, right of it and below: a whole cell and
    at least a pixel, so that the page is covered wherever two edges share a pixel. A translucent one would show
    there twice.
    """
    pixels = image.convertToFormat(QImage.Format.Format_ARGB32)
    width, height = pixels.width(), pixels.height()
    rows = [[pixels.pixel(x, y) for x in range(width)] for y in range(height)]
    over_x = over_y = 0.0
    if all(value & _OPAQUE == _OPAQUE for row in rows for value in row):
        over_x = max(1.0, _SEAM / max(math.hypot(placed.m11(), placed.m12()), 1e-9))
        over_y = max(1.0, _SEAM / max(math.hypot(placed.m21(), placed.m22()), 1e-9))
    for y, row in enumerate(rows):
        x = 0
        for value, run in itertools.groupby(row):
            length = sum(1 for _ in run)
            if value & _OPAQUE:
                right, down = min(length + over_x, width - x), min(1 + over_y, height - y)
                yield QRectF(x, y, right, down), QColor.fromRgba(value)
            x += length
