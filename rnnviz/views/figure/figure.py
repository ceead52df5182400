"""What a figure is, and which sizes are sane."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from rnnviz import __version__

LOGICAL_DPI = 96.0
"""Logical pixels per inch: what a figure is painted in, whatever it is saved as."""

SOFTWARE = f"rnnviz {__version__}"
MM_PER_INCH = 25.4
SIDE_MM = (5.0, 2000.0)
DPI = (30.0, 1200.0)
MEGAPIXELS = 100.0

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class FigureError(Exception):
    """A figure that cannot be drawn or saved; the message is one line: what, where, what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message.replace("\n", " "))


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture that can be painted on any device.

    `paint(painter, rect)` draws it in logical pixels (96 per inch) inside the rectangle. `title` and
    `description` (for example the command that makes the figure again) go into the file's metadata.
    `background` may be transparent.
    """

    paint: Callable[[QPainter, QRectF], None]
    width_mm: float
    height_mm: float
    title: str
    background: QColor
    description: str = ""

    @property
    def rect(self) -> QRectF:
        """Return the rectangle that `paint` fills, in logical pixels; its corner is the origin."""
        return QRectF(0, 0, self.width_mm / MM_PER_INCH * LOGICAL_DPI, self.height_mm / MM_PER_INCH * LOGICAL_DPI)


def check_size(figure: Figure) -> None:
    """Raise FigureError unless each side is 5 to 2000 mm (NaN is not)."""
    check_sides(figure.width_mm, figure.height_mm, figure.title)


def check_sides(width_mm: float, height_mm: float, title: str) -> None:
    """Raise FigureError unless a figure of that title and size can be made, before it is made."""
    low, high = SIDE_MM
    if not (low <= width_mm <= high and low <= height_mm <= high):
        raise FigureError(
            f"the figure “{title}” would be {width_mm:g} by {height_mm:g} mm: "
            f"choose {low:g} to {high:g} mm for each side"
        )


def check_dpi(dpi: float) -> None:
    """Raise FigureError unless the resolution is 30 to 1200 dots per inch."""
    low, high = DPI
    if not low <= dpi <= high:
        raise FigureError(f"a resolution of {dpi:g} dpi is out of range: choose {low:g} to {high:g} dpi")


def pixel_size(figure: Figure, dpi: float) -> tuple[int, int]:
    """Return the width and height of the figure's raster image, in pixels.

    Raises:
        FigureError: it would have more than 100 megapixels.
    """
    width, height = pixels(figure.width_mm, dpi), pixels(figure.height_mm, dpi)
    megapixels = width * height / 1e6
    if megapixels > MEGAPIXELS:
        highest = int(dpi * math.sqrt(MEGAPIXELS / megapixels))
        advice = f"at most {highest} dpi" if highest >= DPI[0] else "a smaller figure"
        raise FigureError(
            f"the figure “{figure.title}” would have {megapixels:,.0f} megapixels at {dpi:g} dpi: "
            f"choose {advice}, or save it as SVG or PDF"
        )
    return width, height


def pixels(mm: float, dpi: float) -> int:
    """Return how many pixels a length has."""
    return round(mm / MM_PER_INCH * dpi)


def legal(text: str) -> str:
    """Return the text without the characters that files refuse: control characters and half surrogates."""
    return _ILLEGAL.sub("", text)
