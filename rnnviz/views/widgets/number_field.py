"""A field for a number within limits. What is out of them stays, so that it can be seen what is wrong."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit

_STEPS = {Qt.Key.Key_Up: 1.0, Qt.Key.Key_Down: -1.0, Qt.Key.Key_PageUp: 10.0, Qt.Key.Key_PageDown: -10.0}


class NumberField(QLineEdit):
    """A number, typed with a point or a comma. Arrows and wheel change it by 1, the page keys by 10.

    Signals:
        value_changed(): another number, or none, is in the field.
    """

    value_changed = Signal()

    def __init__(self, name: str, unit: str, limits: tuple[float, float], *, is_whole: bool = False) -> None:
        super().__init__()
        self._unit, self._is_whole = unit, is_whole
        self.setMaxLength(12)
        self.setAccessibleName(f"{name}, {unit}" if unit else name)
        self.set_limits(limits)
        self.textChanged.connect(self._announce)

    @property
    def value(self) -> float:
        """The number; NaN if there is none."""
        try:
            return float(self.text().strip().replace(",", "."))
        except ValueError:
            return math.nan

    def set_value(self, value: float) -> None:
        """Put a number into the field."""
        self.setText(f"{value:.10g}")

    def set_limits(self, limits: tuple[float, float]) -> None:
        """Take numbers between these, both included."""
        self._limits = limits
        self.setToolTip(f"{limits[0]:.10g} to {limits[1]:.10g} {self._unit}".rstrip())

    @property
    def problem(self) -> str:
        """What is wrong with the number; empty if nothing is."""
        low, high = self._limits
        if self._is_whole and self.value != math.floor(self.value if math.isfinite(self.value) else 0):
            return "type a whole number"
        return "" if low <= self.value <= high else f"choose {low:.10g} to {high:.10g} {self._unit}".rstrip()

    def set_room(self, digits: int, padding: float) -> None:
        """Be as wide as so many digits and what surrounds them."""
        self.setFixedWidth(round(QFontMetricsF(self.font()).horizontalAdvance("0" * digits) + padding))

    def _announce(self) -> None:
        self.setAccessibleDescription(self.problem or self.toolTip())
        self.value_changed.emit()

    def _step(self, step: float) -> None:
        low, high = self._limits
        start = self.value if math.isfinite(self.value) else low
        self.set_value(min(max(start + step, low), high))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._step(step)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus() and event.angleDelta().y():
            self._step(math.copysign(1.0, event.angleDelta().y()))
        else:
            event.ignore()
