"""The hand on a time axis: the wheel with Ctrl zooms, with Shift or the middle button it goes through time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from rnnviz.session.time_range import TimeRange

if TYPE_CHECKING:
    from rnnviz.views.plots._time import TimePlot

ZOOM = 0.8  # how long a range is after a notch of the wheel, compared with before
_NOTCH = 120  # what a wheel reports for one notch; touchpads send smaller pieces of it
_NOTCH_PART = 0.1  # of the visible range that one notch moves it by


def notches_of(event: QWheelEvent) -> float:
    """Return how far a wheel was turned; with Alt or Shift some systems swap the axes."""
    return (event.angleDelta().y() or event.angleDelta().x()) / _NOTCH


class TimeHand(QObject):
    """Watches a plot over time, before the plot itself hears of it, and asks for another range of time."""

    def __init__(self, plot: TimePlot) -> None:
        """Watch a plot. It becomes the plot's child."""
        super().__init__(plot)
        self._plot = plot
        self._held: tuple[QPointF, TimeRange] | None = None  # where the middle button went down, and what was seen
        plot.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        """Return whether the event was about the range of time: then it is over."""
        if isinstance(event, QWheelEvent):
            return self._plot.is_ready and self._turn(event)
        if isinstance(event, QMouseEvent):
            return self._plot.is_ready and self._drag(event)
        return False

    def _turn(self, event: QWheelEvent) -> bool:
        plot, keys, notches = self._plot, event.modifiers(), notches_of(event)
        if keys & Qt.KeyboardModifier.ControlModifier:
            around = min(max(plot.time_at(event.position()), plot.visible.first), plot.visible.last)
            wanted = plot.visible.zoomed(around, ZOOM**notches, plot.last_t)
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            steps = -notches * _NOTCH_PART * plot.visible.steps
            wanted = plot.visible.moved(round(steps) or (1 if steps > 0 else -1), plot.last_t)
        else:
            return False
        plot.time_range_requested.emit(wanted)
        event.accept()
        return True

    def _drag(self, event: QMouseEvent) -> bool:
        plot = self._plot
        is_middle = event.button() == Qt.MouseButton.MiddleButton
        if event.type() == QEvent.Type.MouseButtonPress and is_middle:
            self._held = event.position(), plot.visible
        elif event.type() == QEvent.Type.MouseButtonRelease and is_middle and self._held is not None:
            self._held = None
        elif event.type() == QEvent.Type.MouseMove and self._held is not None:
            place, before = self._held
            steps = plot.time_at(place) - plot.time_at(event.position())
            plot.time_range_requested.emit(before.moved(round(steps), plot.last_t))
        else:
            return False
        return True
