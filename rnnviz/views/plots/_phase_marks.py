"""What a phase portrait is drawn with: paths, small discs, and words in a corner."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from rnnviz.core.activations import Array
from rnnviz.views.fonts import ui_font
from rnnviz.views.marks import draw_segments, is_screen
from rnnviz.views.theme import Theme

_WIDE_SEGMENTS = 2000  # beyond this many, thick lines and smooth edges cost more than a scrub step may


def draw_path(painter: QPainter, theme: Theme, segments: Array, colour: QColor) -> None:
    """Draw the way of a state, (segments, 4), where it is finite."""
    ends = segments if np.isfinite(segments).all() else segments[np.isfinite(segments).all(axis=1)]
    quick = is_screen(painter)
    is_long = quick and len(ends) > _WIDE_SEGMENTS
    pen = QPen(colour, 1.0 if is_long else 1.8 * theme.line_px)
    # Qt strokes a line with round ends as a general path: fifteen times slower, for half a pixel.
    pen.setCapStyle(Qt.PenCapStyle.SquareCap if quick else Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, not is_long)
    draw_segments(painter, ends)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def write_in_corner(painter: QPainter, theme: Theme, area: QRectF, text: str, colour: str) -> None:
    """Write words into the upper left corner."""
    painter.setFont(ui_font(theme.words(11)))
    painter.setPen(QColor(colour))
    inside = area.adjusted(theme.px(6), theme.px(4), 0, 0)
    painter.fillRect(painter.boundingRect(inside, 0, text), QColor(theme.card))
    painter.drawText(inside, 0, text)


def points_of(xs: Array, ys: Array) -> list[QPointF]:
    """Return points for two arrays of numbers."""
    return [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]


def draw_dots(painter: QPainter, places: Array, size: float, colour: QColor) -> None:
    """Draw small discs; on the screen as crosses of two bars, which looks the same and is far quicker."""
    quick = is_screen(painter)
    pen = QPen(colour, 0.6 * size if quick else size)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if quick else Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    if not quick:
        painter.drawPoints(points_of(places[:, 0], places[:, 1]))
        return
    for half in ((size / 2, 0.0), (0.0, size / 2)):
        draw_segments(painter, np.hstack([places - half, places + half]))
