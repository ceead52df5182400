"""A number of a setting: it takes effect while it is typed, may be left empty where that means something."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.number_field import NumberField


class _Field(NumberField):
    """A number field that tells when it is left."""

    left = Signal()

    def __init__(
        self, name: str, unit: str, limits: tuple[float, float], *, is_whole: bool, empty: str, moves: bool
    ) -> None:
        super().__init__(name, unit, limits, is_whole=is_whole)
        self._empty, self._moves = empty, moves
        self.setPlaceholderText(empty)

    @property
    def problem(self) -> str:
        """What is wrong with the number; an empty field may be right."""
        return "" if self._empty and not self.text().strip() else super().problem

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

    def _step(self, step: float) -> None:
        if self._moves:
            super()._step(step)


class SettingField(QWidget):
    """A number, or nothing, and beside it its unit or what is wrong.

    Signals:
        typed(object): another number, a float, or None for an empty field: it is within its limits.
    """

    typed = Signal(object)

    def __init__(
        self,
        name: str,
        unit: str,
        limits: tuple[float, float],
        theme: Theme,
        *,
        is_whole: bool = False,
        empty: str = "",
    ) -> None:
        """Make the field; ``empty`` is what stands in it when it is empty, and without it it may not be."""
        super().__init__()
        self._theme, self._unit, self._shown = theme, unit, None
        self.field = _Field(name, unit, limits, is_whole=is_whole, empty=empty, moves=is_whole)
        self._note = QLabel(unit)
        self._note.setWordWrap(True)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self.field)
        self._layout.addWidget(self._note, 1)
        self.setFocusProxy(self.field)
        self.field.value_changed.connect(self._take)
        self.field.left.connect(self._show_again)
        self.apply_theme(theme)

    _shown: float | None

    @property
    def note(self) -> str:
        """What stands beside the number: its unit, or what is wrong with it."""
        return self._note.text()

    @property
    def value(self) -> float | None:
        """The number in the field; None where it is empty."""
        return self.field.value if self.field.text().strip() else None

    def show_value(self, value: float | None) -> None:
        """Show the number that holds; what is being typed stays as long as that one does not change."""
        if value != self._shown or not self.field.hasFocus():
            self._shown = value
            self._show_again()

    def apply_theme(self, theme: Theme) -> None:
        """Take on other colours and sizes."""
        self._theme = theme
        self._layout.setSpacing(round(theme.px(6)))
        self.field.setFont(ui_font(theme.px(12)))
        self.field.setStyleSheet(f"padding: {theme.px(2):.0f}px {theme.px(5):.0f}px")
        self.field.set_room(7, theme.px(14))
        self._note.setFont(ui_font(theme.px(11)))
        self._show_note()

    def _take(self) -> None:
        self._show_note()
        if not self.field.problem and self.value != self._shown:
            self._shown = self.value
            self.typed.emit(self._shown)

    def _show_note(self) -> None:
        problem = self.field.problem
        self._note.setText(problem or self._unit)
        self._note.setStyleSheet(f"color: {self._theme.warning if problem else self._theme.muted}")

    def _show_again(self) -> None:
        """Show the number that holds instead of what was typed and cannot be."""
        if self._shown is None:
            if self.field.text():
                self.field.clear()
        elif self.field.value != self._shown:
            self.field.set_value(self._shown)
