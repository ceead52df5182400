"""Axes: words beside a plot's panel. No lines: grid lines are part of the panel."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Literal

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from rnnviz.core.activations import Array
from rnnviz.views.fonts import MINUS, power_of_ten, ui_font
from rnnviz.views.steps import decade_ticks, time_ticks, value_ticks
from rnnviz.views.theme import Theme

Kind = Literal["linear", "log", "time"]
_MOST_DECADES = 18
_LINE = 11  # px from one label to the next


def ticks(theme: Theme, kind: Kind, low: float, high: float, pixels: float) -> list[float]:
    """Return where labels go on an axis over low…high that is so long; exponents on a logarithmic one."""
    size = pixels / theme.px(1)  # larger words need more room
    if kind == "time":
        return [float(t) for t in time_ticks(low, high, size)]
    return decade_ticks(low, high, size) if kind == "log" else value_ticks(low, high, size)


def labels(kind: Kind, values: list[float]) -> list[str]:
    """Return what the ticks say: powers of ten, or numbers with just the decimals that their spacing needs."""
    if kind == "log":
        return [power_of_ten(round(value)) for value in values]
    spacing = min((b - a for a, b in pairwise(values)), default=abs(values[0]) if values else 1.0)
    if values and not 1e-3 <= max(abs(values[0]), abs(values[-1])) < 1e6:
        return [f"{value:.3g}".replace("e+", "e").replace("-", MINUS) for value in values]
    decimals = max(0, int(np.ceil(-np.log10(spacing or 1.0) - 1e-9)))
    return [f"{value + 0.0:.{decimals}f}".replace("-", MINUS) for value in values]


def paint_left_axis(painter: QPainter, theme: Theme, rect: QRectF, kind: Kind, low: float, high: float) -> None:
    """Write labels for low (bottom) to high (top), right-aligned in the rectangle left of the panel, where they fit."""
    painter.setFont(ui_font(theme.px(11)))
    painter.setPen(QColor(theme.muted))
    flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
    values, half = ticks(theme, kind, low, high, rect.height()), theme.px(9)
    lowest_free = math.inf
    for value, text in zip(values, labels(kind, values), strict=True):
        y = rect.bottom() - (value - low) / (high - low) * rect.height()
        if y > lowest_free:
            continue
        lowest_free = y - theme.px(_LINE)
        painter.drawText(QRectF(rect.left(), y - half, rect.width() - theme.px(6), 2 * half), flags, text)


def paint_time_axis(painter: QPainter, theme: Theme, rect: QRectF, first: float, last: float) -> None:
    """Write the steps t below the panel, in the rectangle under it."""
    painter.setFont(ui_font(theme.px(11)))
    painter.setPen(QColor(theme.muted))
    flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextDontClip
    values, half = ticks(theme, "time", first, last, rect.width()), theme.px(30)
    metrics = painter.fontMetrics()
    for value, text in zip(values, labels("time", values), strict=True):
        x = rect.left() + (value - first) / (last - first) * rect.width()
        x = min(x, rect.right() + theme.px(13) - metrics.horizontalAdvance(text) / 2)  # the last may be long
        painter.drawText(QRectF(x - half, rect.top() + theme.px(5), 2 * half, rect.height()), flags, text)


def paint_grid(painter: QPainter, theme: Theme, rect: QRectF, kind: Kind, low: float, high: float) -> None:
    """Draw a faint line at each tick, a stronger one at 0, and the panel's left edge."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    for value in ticks(theme, kind, low, high, rect.height()):
        zero = kind == "linear" and value == 0 and low < 0
        painter.setPen(QColor(theme.border if zero else theme.faint))
        y = round(rect.bottom() - (value - low) / (high - low) * rect.height())
        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
    painter.setPen(QColor(theme.border))
    painter.drawLine(rect.topLeft(), rect.bottomLeft())
    painter.restore()


def finite_extent(values: Array) -> float:
    """Return max |value| over what is finite; 0 if nothing is."""
    with np.errstate(invalid="ignore"):
        magnitudes = np.abs(values)
        largest = magnitudes.max(initial=0.0)
        if np.isfinite(largest):
            return float(largest)
        return float(magnitudes[np.isfinite(magnitudes)].max(initial=0.0))


def decades(values: Array) -> tuple[float, float]:
    """Return whole exponents that hold every positive value, at least three decades and at most eighteen."""
    with np.errstate(invalid="ignore"):
        usable = values[np.isfinite(values) & (values > 0)]
    if len(usable) == 0:
        return -3.0, 0.0
    high = math.ceil(math.log10(usable.max()) + 1e-9)
    low = math.floor(math.log10(usable.min()) - 1e-9)
    return float(max(min(low, high - 3), high - _MOST_DECADES)), float(high)
