"""Changing a number by hand: turning it by dragging up or down, or nudging it."""

from __future__ import annotations

from dataclasses import dataclass, field

from rnnviz.views.editors.number_entry import LARGEST

DEAD_ZONE = 3  # px: a click with a trembling hand changes nothing
NUDGE = 0.05  # what a key or a notch of the wheel adds to a number of ordinary size
FINE = 0.1  # of that with Shift


@dataclass(slots=True, eq=False)
class Knob:
    """A drag in progress. No other equals it, so it can be the merge key of its own edits.

    Attributes:
        start: the number before the drag.
        anchor_y, anchor_value: the value is counted from here: the press, or where Shift changed.
        step: how much one pixel is worth, without Shift.
        is_fine: whether Shift was held at the last position.
        is_turning: whether the dead zone has been left.
    """

    start: float
    anchor_y: float
    step: float
    is_fine: bool
    is_turning: bool = False
    anchor_value: float = field(init=False)

    def __post_init__(self) -> None:
        self.anchor_value = self.start

    def turn(self, y: float, *, fine: bool) -> float | None:
        """Return the number at a height on the screen, or None while the pointer has hardly moved."""
        if not self.is_turning and abs(y - self.anchor_y) < DEAD_ZONE:
            return None
        self.is_turning = True
        if fine != self.is_fine:  # go on from here, or the number would jump
            self.anchor_value, self.anchor_y, self.is_fine = self._value(y), y, fine
        return self._value(y)

    def _value(self, y: float) -> float:
        return moved(self.anchor_value, (self.anchor_y - y) * self.step * (FINE if self.is_fine else 1.0))


def moved(value: float, change: float) -> float:
    """Return a number changed by hand: without the noise of binary fractions, and not beyond `LARGEST`."""
    limit = max(LARGEST, abs(value))
    return min(max(round(value + change, 10), -limit), limit) + 0.0 if change else value
