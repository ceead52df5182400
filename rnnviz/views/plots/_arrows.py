"""Arrows: edges of a network, level, upright or aslant, and the loop from a box back to itself."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF


def draw_arrow(painter: QPainter, start: QPointF, end: QPointF, colour: QColor, width: float, head: float) -> None:
    """Draw a line with a head of a length at its second end."""
    length = math.hypot(end.x() - start.x(), end.y() - start.y())
    head = min(max(head, 2.2 * width), 0.6 * length)
    neck = end - (end - start) / max(length, 1e-9) * head
    painter.setPen(_flat(colour, width))
    painter.drawLine(start, neck)
    _draw_head(painter, neck, end, colour)


def draw_loop(painter: QPainter, start: QPointF, end: QPointF, reach: float, pen: tuple[QColor, float, float]) -> None:
    """Draw an arrow that leaves to the right and comes back to a point above or below; ``pen`` as for an arrow."""
    colour, width, head = pen
    head = max(head, 2.2 * width)
    neck = end + QPointF(head, 0)
    path = QPainterPath(start)
    path.cubicTo(start + QPointF(reach, 0), neck + QPointF(reach - head, 0), neck)
    painter.setPen(_flat(colour, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)
    _draw_head(painter, neck, end, colour)


def _flat(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def _draw_head(painter: QPainter, neck: QPointF, end: QPointF, colour: QColor) -> None:
    along = end - neck
    side = QPointF(-along.y(), along.x()) * 0.5
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([end, neck + side, neck - side]))
