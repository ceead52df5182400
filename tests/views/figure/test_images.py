"""Images as rectangles: what programs that smooth every edge make of them."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QTransform

from rnnviz.views.figure.images import cells

_PAGE = QColor("#00ff00")


def mosaic(alpha: int) -> QImage:
    """A chessboard of red and blue, nothing of it green."""
    image = QImage(9, 7, QImage.Format.Format_ARGB32)
    for x in range(9):
        for y in range(7):
            image.setPixelColor(x, y, QColor(255, 0, 0, alpha) if (x + y) % 2 else QColor(0, 0, 255, alpha))
    return image


def painted(image: QImage, placed: QTransform) -> np.ndarray:
    """The rectangles on a green page, smoothed, as (rows, columns, RGB); all of the page is covered by them."""
    place = placed.mapRect(QRectF(image.rect()))
    page = QImage(int(place.width()), int(place.height()), QImage.Format.Format_RGB32)
    page.fill(_PAGE)
    with QPainter(page) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(placed)
        for cell, colour in cells(image, placed):
            painter.fillRect(cell, colour)
    pixels = np.frombuffer(page.constBits(), np.uint8).reshape(page.height(), -1, 4)
    return pixels[:, : page.width(), 2::-1].astype(int)


@pytest.mark.parametrize("scale", [(0.28, 0.4), (0.9, 1.1), (1.37, 3.31), (12.4, 12.6)])
@pytest.mark.usefixtures("qapp")
def test_the_page_is_not_seen_between_the_rectangles(scale):
    pixels = painted(mosaic(255), QTransform.fromScale(*scale))
    assert pixels[..., 1].max() <= 2


@pytest.mark.usefixtures("qapp")
def test_a_translucent_rectangle_does_not_show_under_another():
    pixels = painted(mosaic(128), QTransform.fromScale(10, 10))
    red, green, blue = np.moveaxis(pixels, -1, 0)
    assert set(green.ravel().tolist()) == {127}
    assert (np.minimum(red, blue) == 0).all()
