"""Axes: where the ticks go and what they say. pyqtgraph decides and draws; this adds our looks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from rnnviz.views.fonts import MINUS, power_of_ten, ui_font
from rnnviz.views.steps import decade_ticks, time_ticks, value_ticks
from rnnviz.views.theme import Theme

Ticks = list[tuple[float, list[float]]]


class Axis(pg.AxisItem):  # type: ignore[misc]
    """An axis without a line, with words in the theme's muted colour. It is painted directly, on any device."""

    def __init__(self, side: str) -> None:
        super().__init__(side, maxTickLength=0)
        # Our ticks keep their distance by themselves; pyqtgraph's own layout needs a scene, and there is none.
        self.setStyle(
            autoExpandTextSpace=False, autoReduceTextSpace=False, hideOverlappingLabels=False, textFillLimits=[(0, 100.0)]
        )
        self.enableAutoSIPrefix(False)

    def paint_at(self, painter: QPainter, theme: Theme, rect: QRectF, low: float, high: float) -> None:
        """Draw labels for the range low…high along the rectangle."""
        font, vertical = ui_font(theme.px(11)), self.orientation == "left"
        length = rect.height() if vertical else rect.width()
        ticks = self.major_ticks(low, high, length)
        self.setTicks([list(zip(ticks, self.tickStrings(ticks, 1.0, _spacing(ticks)), strict=True))])
        self.setStyle(tickFont=font, tickTextOffset=round(theme.px(6)))
        # pyqtgraph leaves out labels that stick out at the ends: give it half a label more at both.
        more = theme.px(20)
        self.setGeometry(rect.adjusted(0, -more, 0, more) if vertical else rect.adjusted(-more, 0, more, 0))
        beyond = more * (high - low) / max(length, 1.0)
        self.setRange(low - beyond, high + beyond)
        painter.save()
        painter.translate(self.pos())
        painter.setFont(font)
        specs = self.generateDrawSpecs(painter)
        if specs is not None:
            painter.setPen(QColor(theme.muted))
            for place, flags, text in specs[2]:
                painter.drawText(place, int(flags), text)
        painter.restore()

    def boundingRect(self) -> QRectF:
        # pyqtgraph leaves out labels that touch this rectangle's edge, even by a rounding error.
        return QRectF(self.mapRectFromParent(self.geometry())).adjusted(-200, -200, 200, 200)

    def mapToDevice(self, obj: object) -> object:
        # The axis is in no scene, so nothing scales it: one unit is one logical pixel.
        return obj

    def major_ticks(self, low: float, high: float, size: float) -> list[float]:
        """Return where labels go when the range is drawn over ``size`` pixels."""
        return [float(value) for _, values in self.tickValues(low, high, size)[:1] for value in values]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [text.replace("-", MINUS) for text in super().tickStrings(values, scale, spacing)]


class LinearAxis(Axis):
    """An axis of values: few labels, at round numbers."""

    def tickValues(self, minVal: float, maxVal: float, size: float) -> Ticks:  # noqa: N803
        ticks = value_ticks(minVal, maxVal, size)
        return [(_spacing(ticks), ticks)]


class TimeAxis(Axis):
    """The axis of time: whole steps only."""

    def tickValues(self, minVal: float, maxVal: float, size: float) -> Ticks:  # noqa: N803
        ticks = [float(t) for t in time_ticks(minVal, maxVal, size)]
        return [(_spacing(ticks), ticks)]


class DecadeAxis(Axis):
    """A logarithmic axis over exponents: labels at whole powers of ten."""

    def tickValues(self, minVal: float, maxVal: float, size: float) -> Ticks:  # noqa: N803
        ticks = decade_ticks(minVal, maxVal, size)
        return [(_spacing(ticks), ticks)]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:  # noqa: ARG002
        return [power_of_ten(round(value)) for value in values]


def _spacing(ticks: list[float]) -> float:
    return ticks[1] - ticks[0] if len(ticks) > 1 else 1.0


def finite_extent(values: np.ndarray) -> float:  # type: ignore[type-arg]
    """Return max |value| over what is finite; 0 if nothing is."""
    with np.errstate(invalid="ignore"):
        magnitudes = np.abs(values)
        largest = magnitudes.max(initial=0.0)
        if np.isfinite(largest):
            return float(largest)
        return float(magnitudes[np.isfinite(magnitudes)].max(initial=0.0))
