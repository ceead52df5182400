"""A field for a number within limits. What is out of them stays, so that it can be seen what is wrong."""

from __future__ import annotations

from PySide6.QtCore import QLocale
from PySide6.QtGui import QFontMetricsF, QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox

_LARGEST = 999_999.0


class NumberField(QDoubleSpinBox):
    """A number with its unit. Arrow keys and the wheel change it; a comma counts as a point."""

    def __init__(self, name: str, unit: str, limits: tuple[float, float], decimals: int = 0) -> None:
        super().__init__()
        self._unit, self._limits = unit, limits
        self.setLocale(QLocale.c())
        self.setDecimals(decimals)
        self.setRange(0, _LARGEST)
        self.setSuffix(f" {unit}")
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setAccessibleName(name)
        self.setToolTip(f"{name}: {limits[0]:g} to {limits[1]:g} {unit}")

    @property
    def problem(self) -> str:
        """What is wrong with the number; empty if nothing is."""
        low, high = self._limits
        return "" if low <= self.value() <= high else f"choose {low:g} to {high:g} {self._unit}"

    def set_width_for(self, digits: str, padding: float) -> None:
        """Be as wide as these digits need."""
        text = f"{digits}{self.suffix()}"
        self.setFixedWidth(round(QFontMetricsF(self.font()).horizontalAdvance(text) + padding))

    def textFromValue(self, value: float) -> str:
        return f"{value:.{self.decimals()}f}".removesuffix(".0")

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        return super().validate(text.replace(",", "."), position)  # type: ignore[return-value]  # as Qt documents it
