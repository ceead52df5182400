"""How what is linked is lit up: the same marks in every view and editor."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from rnnviz.document.links import Role
from rnnviz.views.theme import Theme

_TINTS: dict[Role, float] = {"focus": 0.2, "source": 0.1, "effect": 0.1}
_VEIL = 0.66


def light_pen(theme: Theme, role: Role) -> QPen:
    """Return the pen for an outline: thick for the focus, dashed for what depends on it."""
    pen = QPen(QColor(theme.link), theme.px(2.0 if role == "focus" else 1.3))
    if role == "effect":
        pen.setDashPattern([2.5, 1.8])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def outline(painter: QPainter, theme: Theme, rect: QRectF, role: Role, radius: float = 2.0) -> None:
    """Draw a line around something whose own colours must stay as they are."""
    painter.setPen(light_pen(theme, role))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect, radius, radius)


def tint(painter: QPainter, theme: Theme, rect: QRectF, role: Role) -> None:
    """Lay a little colour over something."""
    colour = QColor(theme.link)
    colour.setAlphaF(_TINTS[role])
    painter.fillRect(rect.toRect(), colour)  # whole pixels: smooth edges would cost twenty times as much


def pale(painter: QPainter, theme: Theme, rect: QRectF) -> None:
    """Let what is in a rectangle step back, so that what is drawn over it is seen."""
    colour = QColor(theme.card)
    colour.setAlphaF(_VEIL)
    painter.fillRect(rect.toRect(), colour)
