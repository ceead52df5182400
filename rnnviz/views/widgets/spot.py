"""A soft spot of light that follows the pointer, so that a hall can see where it is."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QCursor, QPainter, QPaintEvent, QRadialGradient
from PySide6.QtWidgets import QWidget

from rnnviz.views.theme import Theme

_EVERY_MS = 16
_RESTING_MS = 1500
_ACROSS = 84  # like all sizes, for words of 12 px


class Spot(QWidget):
    """Seen over its parent while it is on and the pointer moves; a pointer that rests hides it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._timer = QTimer(self, interval=_EVERY_MS)
        # The pointer is asked for where it is: its events go to the plots, which need not know of the spot.
        self._timer.timeout.connect(self._follow)
        self._at, self._rested = QPoint(-1, -1), 0
        self.apply_theme(theme)
        self.hide()

    @property
    def is_on(self) -> bool:
        """Whether it follows the pointer."""
        return self._timer.isActive()

    def turn(self, *, on: bool) -> None:
        """Follow the pointer from now on, or no longer."""
        self._rested = 0
        if on:
            self._timer.start()
            self._move_to(QCursor.pos())
        else:
            self._timer.stop()
            self.hide()

    def apply_theme(self, theme: Theme) -> None:
        """Shine in other colours and sizes."""
        self._theme = theme
        side = round(theme.px(_ACROSS))
        self.setFixedSize(side, side)

    def _follow(self) -> None:
        at = QCursor.pos()
        if at != self._at:
            self._rested = 0
            self._move_to(at)
        else:
            self._rested += _EVERY_MS
            if self._rested >= _RESTING_MS:
                self.hide()

    def _move_to(self, at: QPoint) -> None:
        self._at = at
        self.move(self._parent.mapFromGlobal(at) - self.rect().center())
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        rect, colour = QRectF(self.rect()), QColor(self._theme.accent)
        light = QRadialGradient(rect.center(), rect.width() / 2)
        for place, alpha in ((0.0, 150), (0.35, 110), (0.7, 40), (1.0, 0)):
            colour.setAlpha(alpha)
            light.setColorAt(place, colour)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(light)
            painter.drawEllipse(rect)
