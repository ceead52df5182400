"""A slider without ticks: a line, the part of it that is passed, and a handle."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnviz.views.theme import Theme

_MARGIN, _HANDLE, _LINE = 8, 6, 4  # px: at both ends; the radius of the handle; the height of the line
_KEYS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_PageDown: -10,
    Qt.Key.Key_PageUp: 10,
}


class PlainSlider(QWidget):
    """A slider over whole numbers from 0 to a last one.

    Signals:
        moved(int): the user asks for another number.
        released(): the hand has let go of the handle, or a key was pressed: the number is the one that is wanted.
    """

    moved = Signal(int)
    released = Signal()

    def __init__(self, name: str, tip: str, last: int, theme: Theme, *, is_cursor: bool = False) -> None:
        """Make the slider; one that is a cursor has the cursor's colour."""
        super().__init__()
        self._theme, self._value, self._last, self._is_cursor = theme, 0, last, is_cursor
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def value(self) -> int:
        """Where the handle is."""
        return self._value

    @property
    def last(self) -> int:
        """The number at its right end."""
        return self._last

    def set_range(self, last: int) -> None:
        """Let the slider run from 0 to ``last``."""
        if last != self._last:
            self._last = last
            self.update()

    def set_value(self, value: int, words: str = "") -> None:
        """Move the handle; ``words`` is what a screen reader says of it."""
        self._value = min(max(value, 0), self._last)
        self.setAccessibleDescription(words or f"{self._value} of {self._last}")
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def x_of(self, value: int) -> float:
        """Return where the handle is for a number."""
        margin = self._theme.px(_MARGIN)
        return margin + (self.width() - 2 * margin) * value / max(self._last, 1)

    def _value_at(self, x: float) -> int:
        margin = self._theme.px(_MARGIN)
        part = (x - margin) / max(self.width() - 2 * margin, 1)
        return min(max(round(part * self._last), 0), self._last)

    def sizeHint(self) -> QSize:
        return QSize(round(self._theme.px(140)), round(self._theme.px(20)))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._theme.px(60)), round(self._theme.px(20)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        theme, px = self._theme, self._theme.px
        y, start, x, end = self.height() / 2, self.x_of(0), self.x_of(self._value), self.width() - px(_MARGIN)
        strong = theme.border if not self.isEnabled() else theme.accent if self._is_cursor else theme.muted
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            for right, colour in ((end, theme.border), (x, strong)):
                painter.setBrush(QColor(colour))
                line = QRectF(start, y - px(_LINE) / 2, right - start, px(_LINE))
                painter.drawRoundedRect(line, px(_LINE) / 2, px(_LINE) / 2)
            handle = strong if self._is_cursor or not self.isEnabled() else theme.on
            painter.setBrush(QColor(handle))
            painter.setPen(QPen(QColor(theme.card), px(1.5)))
            painter.drawEllipse(QPointF(x, y), px(_HANDLE), px(_HANDLE))
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(theme.accent), px(1)))
                painter.drawEllipse(QPointF(x, y), px(_HANDLE + 1.5), px(_HANDLE + 1.5))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.moved.emit(self._value_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.moved.emit(self._value_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.released.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus() or not event.angleDelta().y():
            event.ignore()  # the card is to be scrolled
            return
        self._ask(self._value + (1 if event.angleDelta().y() > 0 else -1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: self._last}
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or (key not in _KEYS and key not in ends):
            super().keyPressEvent(event)
        else:
            self._ask(ends[key] if key in ends else self._value + _KEYS[key] * self._key_step(key))

    def _key_step(self, key: Qt.Key) -> int:
        """Return how far one key goes: a tenth of the whole for the page keys."""
        return max(1, self._last // 100) if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) else 1

    def _ask(self, value: int) -> None:
        self.moved.emit(min(max(value, 0), self._last))
        self.released.emit()
