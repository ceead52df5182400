"""How ghosts look in every plot: paler and thinner than the shown state, dashed, and named in a legend.

A plot draws them with `draw_ghost_lines`, `draw_ghost_over` or `draw_ghost_marks`, and names them with
`paint_ghost_legend`: each ghost has dashes, and a shape of marks, of its own, so that they are told apart without
colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from rnnviz.core.activations import Array
from rnnviz.session.pins import Pin
from rnnviz.views.colours import mixed
from rnnviz.views.fonts import ui_font
from rnnviz.views.marks import draw_dashed
from rnnviz.views.plots._base import Ghost
from rnnviz.views.steps import rounded_limit
from rnnviz.views.theme import Theme

Sample = Literal["line", "mark"]

_PATTERNS = ((7.0, 3.0), (1.6, 2.6), (10.0, 2.6, 1.6, 2.6))  # px of ink, of gap, of ink …
_WIDTH, _PALENESS = 1.15, 0.62
_SAMPLE, _LEAST_NAME = 24, 26  # px in a legend
_WIDEST = 10.0  # times the shown state's own range
_UNNAMED = frozenset("ABC")


def ghosts_of(pins: Sequence[Pin]) -> tuple[Ghost, ...]:
    """Return what plots draw of pinned states; a name that says nothing is told apart by the cell too."""
    return tuple(Ghost(ghost_name(pin), pin.frame, pin.number) for pin in pins)


def ghost_name(pin: Pin) -> str:
    """Return what a legend calls a pin."""
    return f"{pin.frame.document.layers[-1].cell.upper()} (pinned {pin.name})" if pin.name in _UNNAMED else pin.name


def widened(limit: float, extent: float) -> float:
    """Return a round limit that holds a ghost's extent too, unless the shown state would then be hard to see."""
    return limit if extent <= limit else max(limit, min(rounded_limit(extent), _WIDEST * limit))


def ghost_colour(theme: Theme, entity: QColor | None = None) -> QColor:
    """Return the colour of a ghost: the entity's own, paled, or that of secondary words."""
    return QColor(theme.target) if entity is None else mixed(theme.card, entity.name(), _PALENESS)


def draw_ghost_lines(painter: QPainter, theme: Theme, number: int, lines: Array, entity: QColor | None = None) -> None:
    """Draw lines (n, 4) that follow each other, in pixels, with a ghost's dashes."""
    _draw_dashed(painter, theme, number, lines, (ghost_colour(theme, entity), _WIDTH))


def draw_ghost_over(painter: QPainter, theme: Theme, number: int, lines: Array) -> None:
    """Draw lines with a ghost's dashes over bars or a map: with a seam of the card's colour, to be seen on any."""
    _draw_dashed(painter, theme, number, lines, (QColor(theme.card), 3.2))
    _draw_dashed(painter, theme, number, lines, (QColor(theme.muted), 1.4))


def _draw_dashed(painter: QPainter, theme: Theme, number: int, lines: Array, ink: tuple[QColor, float]) -> None:
    colour, width = ink
    pen = QPen(colour, theme.px(width) * theme.line_px)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    draw_dashed(painter, lines, tuple(theme.px(length) for length in _PATTERNS[number % len(_PATTERNS)]))


def draw_ghost_marks(painter: QPainter, theme: Theme, number: int, places: Sequence[QPointF], radius: float) -> None:
    """Draw hollow marks in a ghost's shape: circles, squares, diamonds."""
    painter.setPen(QPen(ghost_colour(theme), theme.px(1.3) * theme.line_px))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for place in places:
        if number == 0:
            painter.drawEllipse(place, radius, radius)
        elif number == 1:
            half = 0.86 * radius
            painter.drawRect(QRectF(place.x() - half, place.y() - half, 2 * half, 2 * half))
        else:
            across, down = QPointF(1.2 * radius, 0), QPointF(0, 1.2 * radius)
            painter.drawPolygon([place + across, place + down, place - across, place - down])


def paint_ghost_legend(
    painter: QPainter, theme: Theme, line: QRectF, ghosts: Sequence[tuple[int, str]], sample: Sample = "line"
) -> None:
    """Name ghosts, by number and name, on a line at its right end; names are shortened where there is no room."""
    if line.height() <= 0:
        return
    px, font = theme.px, ui_font(theme.px(11))
    metrics, around = QFontMetricsF(font), px(_SAMPLE + 16)
    room = line.width() / max(len(ghosts), 1) - around
    if room < px(_LEAST_NAME):
        return
    names = [metrics.elidedText(name, Qt.TextElideMode.ElideRight, room) for _, name in ghosts]
    widths = [metrics.horizontalAdvance(name) + around for name in names]
    x, y = line.right() - sum(widths), line.center().y()
    for (number, _), name, width in zip(ghosts, names, widths, strict=True):
        paint_ghost_sample(painter, theme, number, QRectF(x + px(4), y, px(_SAMPLE), 0), sample)
        painter.setFont(font)
        painter.setPen(QColor(theme.muted))
        place = QRectF(x + px(_SAMPLE + 9), line.top(), width, line.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, name)
        x += width


def paint_ghost_sample(painter: QPainter, theme: Theme, number: int, line: QRectF, sample: Sample = "line") -> None:
    """Paint what a ghost's curve, or its mark, looks like, along the middle of a rectangle."""
    middle = line.center()
    if sample == "mark":
        draw_ghost_marks(painter, theme, number, [middle], theme.px(4))
    else:
        draw_ghost_lines(painter, theme, number, np.array([[line.left(), middle.y(), line.right(), middle.y()]]))


def legend_above(theme: Theme, rect: QRectF, ghosts: Sequence[object]) -> tuple[QRectF, QRectF]:
    """Return a line for the legend at the top of a plot and what is left below it: all, without ghosts or height."""
    height = theme.px(18) if ghosts and rect.height() > theme.px(100) else 0.0
    line = QRectF(rect.left() + theme.px(8), rect.top(), rect.width() - theme.px(16), height)
    return line, rect.adjusted(0, height, 0, 0)
