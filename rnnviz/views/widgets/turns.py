"""Long work in the window's own thread, a piece in each turn of the event loop."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Turns(QObject):
    """A queue in front of the event loop: in each of its turns one does what it has to do.

    Between two turns Qt answers input and paints what the last turn has made, so that nothing waits for them all.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[Callable[[], object]] = []
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._take)

    def ask(self, work: Callable[[], object]) -> bool:
        """Let work be done when its turn comes; return whether it was waiting already, and keeps its place."""
        if work in self._waiting:
            return True
        self._waiting.append(work)
        self._timer.start()
        return False

    def _take(self) -> None:
        if self._waiting:
            work = self._waiting.pop(0)
            if self._waiting:
                self._timer.start()
            work()
