"""When the cursor rests: what is too dear for every step of it is asked for then."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

_REST_MS = 150


class CursorRest(QObject):
    """Knows where the cursor last rested.

    Attributes:
        t: where that was.

    Signals:
        rested(): the cursor has not moved for a moment, and is not where it last rested.
    """

    rested = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.t = 0
        self._next_t = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST_MS)
        self._timer.timeout.connect(self._settle)

    def move(self, t: int) -> None:
        """Say where the cursor is now."""
        self._next_t = t
        self._timer.start()

    def settle_now(self, t: int) -> None:
        """Take it that the cursor rests there, without a signal."""
        self._timer.stop()
        self.t = self._next_t = t

    def _settle(self) -> None:
        if self._next_t != self.t:
            self.t = self._next_t
            self.rested.emit()
