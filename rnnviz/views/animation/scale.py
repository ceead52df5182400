"""The line under each frame of a weight's journey: where between the ends of its range the weight is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from rnnviz.views.fonts import number, ui_font
from rnnviz.views.theme import Theme

SCALE_HEIGHT = 30.0  # px of the design


def paint_scale(painter: QPainter, rect: QRectF, theme: Theme, name: str, values: tuple[float, float, float]) -> None:
    """Paint a weight's name, its value, and a line with its place between low and high: ``values`` in that order."""
    value, low, high = values
    px, middle = theme.px, rect.center().y()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    bold, plain = ui_font(px(12.5), QFont.Weight.DemiBold), ui_font(px(11.5))
    baseline = middle + px(4.5)
    texts = [f"{name} = {number(each, 3)}" for each in values]
    left, right = rect.left() + px(12), rect.right() - px(12)
    painter.setFont(bold)
    painter.setPen(QColor(theme.text))
    painter.drawText(QPointF(left, baseline), texts[0])
    start = left + max(QFontMetricsF(bold).horizontalAdvance(text) for text in texts) + px(16)
    painter.setFont(plain)
    painter.setPen(QColor(theme.muted))
    ends, metrics = (number(low, 3), number(high, 3)), QFontMetricsF(plain)
    painter.drawText(QPointF(start, baseline), ends[0])
    painter.drawText(QPointF(right - metrics.horizontalAdvance(ends[1]), baseline), ends[1])
    start += metrics.horizontalAdvance(ends[0]) + px(12)
    stop = right - metrics.horizontalAdvance(ends[1]) - px(12)
    painter.setPen(QPen(QColor(theme.border), px(2), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(start, middle), QPointF(stop, middle))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.accent))
    at = start + (stop - start) * (value - low) / (high - low)
    painter.drawEllipse(QPointF(at, middle), px(5), px(5))
    painter.restore()
