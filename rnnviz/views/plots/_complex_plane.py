"""The marks of the complex plane: the unit circle, eigenvalues as dots or rings, and a value in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from rnnviz.core.measures.spectrum import Eigenvalues, steps_per_turn
from rnnviz.views.fonts import number, scientific, ui_font
from rnnviz.views.theme import Theme

_ON_THE_CIRCLE = 1e-9  # an eigenvalue that is 1 but for rounding is not outside
_LEGEND_RADIUS = 4


def paint_unit_circle(painter: QPainter, theme: Theme, square: QRectF, radius: float) -> None:
    """Paint the circle around the middle of a square, and the two axes."""
    centre = square.center()
    painter.setPen(QPen(QColor(theme.muted), 1.1 * theme.line_px))
    painter.setBrush(_translucent(theme.muted, 0.12))
    painter.drawEllipse(centre, radius, radius)
    painter.setPen(QPen(_translucent(theme.muted, 0.3), 1.0))
    painter.drawLine(QLineF(square.left(), centre.y(), square.right(), centre.y()))
    painter.drawLine(QLineF(centre.x(), square.top(), centre.x(), square.bottom()))


def paint_dots(painter: QPainter, theme: Theme, values: Eigenvalues, places: Sequence[QPointF], radius: float) -> None:
    """Paint a dot for each eigenvalue; those outside the unit circle stand out."""
    outside = np.abs(values) > 1.0 + _ON_THE_CIRCLE
    painter.setPen(QPen(QColor(theme.card), 0.3 * radius))
    for place, is_outside in zip(places, outside.tolist(), strict=True):
        painter.setBrush(QColor(theme.accent if is_outside else theme.input))
        painter.drawEllipse(place, radius, radius)


def paint_rings(
    painter: QPainter, theme: Theme, values: Sequence[complex], places: Sequence[QPointF], radius: float
) -> None:
    """Paint a ring for each eigenvalue; those outside the unit circle stand out."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for value, place in zip(values, places, strict=True):
        is_outside = abs(value) > 1.0 + _ON_THE_CIRCLE
        painter.setPen(QPen(QColor(theme.accent if is_outside else theme.text), theme.px(1.3)))
        painter.drawEllipse(place, radius, radius)


def paint_names(painter: QPainter, theme: Theme, line: QRectF, dots: str, rings: str) -> float:
    """Say on a line what dots and rings are, from its left end; return how much room that took."""
    if line.height() <= 0:
        return 0.0
    px, font = theme.px, ui_font(theme.words(11))
    x, y, radius = line.left() + px(6), line.center().y(), px(_LEGEND_RADIUS)
    for words, is_ring in ((dots, False), (rings, True)):
        if is_ring:
            paint_rings(painter, theme, [0j], [QPointF(x, y)], radius)
        else:
            paint_dots(painter, theme, np.zeros(1, np.complex128), [QPointF(x, y)], radius)
        painter.setFont(font)
        painter.setPen(QColor(theme.muted))
        width = QFontMetricsF(font).horizontalAdvance(words)
        place = QRectF(x + px(9), line.top(), width, line.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, words)
        x += width + px(26)
    return x - line.left()


def eigenvalue_in_words(value: complex) -> str:
    """Return λ, |λ|, its angle and its period, a line each."""
    imaginary = abs(value.imag)
    pair = f" ± {scientific(imaginary, 4)} i" if imaginary else ""
    degrees = abs(float(np.degrees(np.angle(value))))
    lines = [f"λ = {scientific(value.real, 4)}{pair}", f"|λ| = {scientific(abs(value), 4)}"]
    lines.append(f"arg λ = {'±' if pair else ''}{number(degrees, 1)}°")
    turn = steps_per_turn(value)
    lines.append(f"one turn every {number(turn, 1)} steps" if np.isfinite(turn) else "does not turn")
    return "\n".join(lines)


def _translucent(colour: str, opacity: float) -> QColor:
    translucent = QColor(colour)
    translucent.setAlphaF(opacity)
    return translucent
