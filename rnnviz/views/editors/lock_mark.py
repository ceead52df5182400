"""The mark of what is locked: a padlock of a few pixels."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

_STRENGTH = 0.6


def paint_lock(painter: QPainter, corner: QPointF, size: float, colour: QColor) -> None:
    """Paint a padlock of a width into the top right corner of something."""
    quiet = QColor(colour)
    quiet.setAlphaF(_STRENGTH)
    left, top = corner.x() - 1.3 * size, corner.y() + 0.3 * size
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(quiet)
    painter.drawRoundedRect(QRectF(left, top + 0.45 * size, size, 0.7 * size), 0.12 * size, 0.12 * size)
    painter.setPen(QPen(quiet, 0.17 * size))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(left + 0.2 * size, top, 0.6 * size, 0.9 * size), 0, 180 * 16)
