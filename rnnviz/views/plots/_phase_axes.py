"""The axes of a phase portrait: one range for both, a grid, and ticks with names that never touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from rnnviz.core.activations import Array
from rnnviz.views.colours import mixed
from rnnviz.views.fonts import MINUS, scientific, ui_font
from rnnviz.views.theme import Theme

_TICK_LETTERS = 5


@dataclass(frozen=True, slots=True)
class PhaseAxes:
    """Turns values into pixels.

    Attributes:
        area: the inside of the axes.
        low, high: the range of both axes.
    """

    area: QRectF
    low: float
    high: float

    def x(self, values: Array | float) -> Array:
        """Return the horizontal place of a value."""
        return self.area.left() + self._part(values) * self.area.width()

    def y(self, values: Array | float) -> Array:
        """Return the vertical place of a value."""
        return self.area.bottom() - self._part(values) * self.area.height()

    def values_at(self, position: QPointF) -> tuple[float, float]:
        """Return the values at a position, within the range."""
        low, high = self._ends()
        across = low + (position.x() - self.area.left()) / self.area.width() * (high - low)
        upward = low + (self.area.bottom() - position.y()) / self.area.height() * (high - low)
        return min(max(across, self.low), self.high), min(max(upward, self.low), self.high)

    def points(self, values: Array) -> Array:
        """Return where points (n, 2) are, (n, 2)."""
        return np.stack([self.x(values[:, 0]), self.y(values[:, 1])], axis=1)

    def segments(self, ends: Array) -> Array:
        """Return where lines (n, 4) are: x, y, x, y."""
        return np.hstack([self.points(ends[:, :2]), self.points(ends[:, 2:])])

    @property
    def scale(self) -> Array:
        """Pixels for 1, across and downwards, (2,)."""
        ends, span = np.array([self.low, self.high]), self.high - self.low
        return np.array([float(np.diff(places)[0]) / span for places in (self.x(ends), self.y(ends))])

    @property
    def ticks(self) -> list[float]:
        """The values that have a label."""
        return [self.low, 0.0, self.high] if self.low < 0 else [0.0, self.high / 2, self.high]

    def _ends(self) -> tuple[float, float]:
        """Return the values at the borders of the area: a little beyond the range."""
        pad = 0.05 * (self.high if self.low < 0 else self.high / 2)
        return self.low - pad, self.high + pad

    def _part(self, values: Array | float) -> Array:
        """Return values as parts of the range, kept near it so that no device overflows."""
        low, high = self._ends()
        return np.clip(np.asarray(values) / (high - low) - low / (high - low), -3.0, 4.0)


def axes_within(theme: Theme, rect: QRectF, limits: tuple[float, float], names: Sequence[str]) -> PhaseAxes:
    """Return axes with room for their labels in a rectangle."""
    px, plain = theme.px, PhaseAxes(rect, *limits)
    metrics = QFontMetricsF(ui_font(theme.words(11)))
    widest = max(metrics.horizontalAdvance(text) for text in (*map(tick_text, plain.ticks), *names))
    left = min(px(10) + widest + px(6), rect.width() / 2)
    area = rect.adjusted(left, px(5), -px(14), -px(24))
    return PhaseAxes(QRectF(area.left(), area.top(), max(area.width(), 1.0), max(area.height(), 1.0)), *limits)


def paint_phase_grid(painter: QPainter, theme: Theme, axes: PhaseAxes) -> None:
    """Paint lines at every quarter, 0 a little stronger, and the frame."""
    lines, area = np.linspace(axes.low, axes.high, 5), axes.area
    zero = mixed(theme.card, theme.muted, 0.3)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    for value, x, y in zip(lines, axes.x(lines).tolist(), axes.y(lines).tolist(), strict=True):
        painter.setPen(QPen(zero if value == 0 else QColor(theme.faint), 1))
        painter.drawLine(QLineF(round(x), area.top(), round(x), area.bottom()))
        painter.drawLine(QLineF(area.left(), round(y), area.right(), round(y)))
    painter.setPen(QPen(QColor(theme.faint), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(area.adjusted(0, 0, -1, -1))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def paint_phase_ticks(
    painter: QPainter, theme: Theme, rect: QRectF, axes: PhaseAxes, names: Sequence[tuple[str, QColor]]
) -> None:
    """Paint the labels of the ticks, and the names of the axes between the upper two, as far as there is room."""
    px, ticks, area = theme.px, axes.ticks, axes.area
    between = (ticks[1] + ticks[2]) / 2
    plain, bold = ui_font(theme.words(11)), ui_font(theme.words(11), QFont.Weight.DemiBold)
    across: list[QRectF] = []
    upward: list[QRectF] = []
    words = [(value, plain, QColor(theme.muted), tick_text(value)) for value in (ticks[0], ticks[2], ticks[1])]
    for places, (name, colour) in zip((across, upward), names, strict=True):
        for value, font, pen, text in (*words, (between, bold, colour, name)):
            size = QFontMetricsF(font).size(0, text)
            if places is across:
                left = float(axes.x(value)) - size.width() / 2
                left = min(max(left, rect.left()), rect.right() - size.width())
                place = QRectF(QPointF(left, area.bottom() + px(4)), size)
            else:
                top = max(float(axes.y(value)) - size.height() / 2, rect.top())
                place = QRectF(QPointF(area.left() - px(6) - size.width(), top), size)
            if rect.contains(place) and _is_free(place, places, px(3)):
                places.append(place)
                painter.setFont(font)
                painter.setPen(pen)
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, text)


def tick_text(value: float) -> str:
    """Return what an axis writes for a value."""
    plain = f"{value:g}".replace("-", MINUS)
    return plain if "e" not in plain and len(plain) <= _TICK_LETTERS else scientific(value)


def _is_free(place: QRectF, taken: list[QRectF], gap: float) -> bool:
    """Return whether a label keeps its distance, sideways, from those already placed."""
    roomy = place.adjusted(-gap, 0, gap, 0)
    return not any(roomy.intersects(other) for other in taken)
