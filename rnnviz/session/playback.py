"""Playback: the cursor walks through time by itself."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from rnnviz.session.session import Session


class Playback(QObject):
    """Moves the session's cursor at a number of steps per second, forward, backward, or there and back.

    Signals:
        playing_changed(bool): playback started or stopped.
        direction_changed(int): +1, it walks forward from now on; −1, back.
    """

    playing_changed = Signal(bool)
    direction_changed = Signal(int)

    def __init__(self, session: Session, steps_per_second: float = 5.0) -> None:
        """Make the playback, stopped. It becomes a child of the session."""
        super().__init__(session)
        self._session = session
        self._direction, self._turns = 1, False
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._advance)
        self.set_speed(steps_per_second)

    @property
    def is_playing(self) -> bool:
        """Whether the cursor is walking."""
        return self._timer.isActive()

    @property
    def direction(self) -> int:
        """+1 through time, −1 back through it: which way it walks now."""
        return self._direction

    def set_speed(self, steps_per_second: float) -> None:
        """Change the speed; also while playing."""
        self._timer.setInterval(max(1, round(1000 / steps_per_second)))

    def set_direction(self, direction: int) -> None:
        """Walk forward (+1) or backward (−1) through time, or (0) there and back: at the end it turns."""
        self._turns = direction == 0
        self._walk(direction or 1)

    def toggle(self) -> None:
        """Start, or stop. Started at the end, it begins again at the other end, or turns."""
        if self.is_playing:
            self.stop()
            return
        if self._at_end():
            if self._turns:
                self._walk(-self._direction)
            else:
                self._session.set_cursor(0 if self._direction > 0 else self._session.frame.last_step)
        self._timer.start()
        self.playing_changed.emit(True)

    def stop(self) -> None:
        """Stop where it is."""
        if self.is_playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def _walk(self, direction: int) -> None:
        if direction != self._direction:
            self._direction = direction
            self.direction_changed.emit(direction)

    def _at_end(self) -> bool:
        end = self._session.frame.last_step if self._direction > 0 else 0
        return self._session.cursor == end

    def _advance(self) -> None:
        if self._turns and self._direction > 0 and self._at_end():
            self._walk(-1)
            return  # for the length of a step the last state and the loss are seen, and then the gradient there
        self._session.move_cursor(self._direction)
        if self._at_end() and not (self._turns and self._direction > 0):
            self.stop()
