"""Doing something again and again that the window has to follow, without keeping it from all else."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

_LONGEST_S = 0.5  # a rest, whatever there was to be painted


class Pacer(QObject):
    """Calls a function when asked, and rests afterwards as long as that and all that follows from it took.

    So at most half of the time of the event loop goes into it, painting included, and what the user does meanwhile
    waits for one call at the most. Of several requests during a rest one is left, at its end.
    """

    def __init__(self, function: Callable[[], None], parent: QObject) -> None:
        """Call nothing yet."""
        super().__init__(parent)
        self._function = function
        self._is_wanted = self._is_resting = False
        self._started = 0.0
        self._settled, self._rested = QTimer(self), QTimer(self)
        for timer, slot in ((self._settled, self._settle), (self._rested, self._end_rest)):
            timer.setSingleShot(True)
            timer.timeout.connect(slot)

    @property
    def is_waiting(self) -> bool:
        """Whether a request waits for the end of a rest."""
        return self._is_wanted

    def request(self) -> None:
        """Call the function: now, or after the rest."""
        self._is_wanted = True
        if not self._is_resting:
            self._call()

    def cancel(self) -> None:
        """Do not call it for what was requested."""
        self._is_wanted = False

    def _call(self) -> None:
        self._is_wanted, self._is_resting = False, True
        self._started = time.monotonic()
        try:
            self._function()
        finally:
            self._settled.start(0)  # it comes after what was posted meanwhile: all the painting

    def _settle(self) -> None:
        took = time.monotonic() - self._started
        self._rested.start(round(1000 * min(took, _LONGEST_S)))

    def _end_rest(self) -> None:
        self._is_resting = False
        if self._is_wanted:
            self._call()
