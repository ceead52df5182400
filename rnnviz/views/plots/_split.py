"""A plot over time that shares its card with a picture that is not over time."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QMouseEvent

from rnnviz.views.plots._time import Panel, TimePlot

_ROOM_FOR_BOTH = 150  # px of height: with less, there are only the panels over time


class SplitPlot(TimePlot):
    """Panels over time, and beside them, above or below, another picture.

    Attributes:
        time_share: the part of the height that the panels over time have.
        time_first: whether they are above the other picture.
    """

    time_share: ClassVar[float]
    time_first: ClassVar[bool]

    def time_part(self, rect: QRectF) -> QRectF:
        """Return where the panels over time are."""
        if rect.height() < self.theme.px(_ROOM_FOR_BOTH):
            return rect
        height = self.time_share * rect.height()
        top = rect.top() if self.time_first else rect.bottom() - height
        return QRectF(rect.left(), top, rect.width(), height)

    def other_part(self, rect: QRectF) -> QRectF:
        """Return where the other picture is; empty where there is no room for it."""
        part = self.time_part(rect)
        if self.time_first:
            return QRectF(rect.left(), part.bottom(), rect.width(), rect.bottom() - part.bottom())
        return QRectF(rect.left(), rect.top(), rect.width(), part.top() - rect.top())

    def panels(self, rect: QRectF) -> tuple[Panel, ...]:
        return super().panels(self.time_part(rect))

    def is_over_time(self, position: QPointF) -> bool:
        """Return whether a place in the widget is among the panels over time."""
        return not self.other_part(QRectF(self.rect())).contains(position)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.is_over_time(event.position()):
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.is_over_time(event.position()):
            super().mouseMoveEvent(event)
