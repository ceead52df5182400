"""A number that takes effect while it is typed; what is wrong with it stands beside it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.number_field import NumberField


class NumberRow(QWidget):
    """A number field and, beside it, its unit or what is wrong.

    Signals:
        typed(float): the user has another number in the field, and it is within its limits.
        ended(): the number is complete.
    """

    typed = Signal(float)
    ended = Signal()

    def __init__(
        self, name: str, unit: str, limits: tuple[float, float], theme: Theme, *, is_whole: bool = False
    ) -> None:
        super().__init__()
        self._theme = theme
        self.field = NumberField(name, unit, limits, is_whole=is_whole)
        self._note, self._unit, self._digits = QLabel(unit), unit, max(6, len(f"{limits[1]:.10g}"))
        self._shown: float | None = None
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self.field)
        self._layout.addWidget(self._note, 1)
        self.setFocusProxy(self.field)
        self.field.value_changed.connect(self._take)
        self.field.editingFinished.connect(self._end)
        self.apply_theme(theme)

    @property
    def note(self) -> str:
        """What stands beside the number: its unit, or what is wrong with it."""
        return self._note.text()

    def show_value(self, value: float) -> None:
        """Show the number that holds; what is being typed stays as long as that one does not change."""
        if value != self._shown:
            self._shown = value
            if self.field.value != value:
                self.field.set_value(value)

    def apply_theme(self, theme: Theme) -> None:
        """Take on other colours and sizes."""
        self._theme = theme
        self._layout.setSpacing(round(theme.px(8)))
        self.field.setFont(ui_font(theme.px(12.5)))
        self.field.set_room(self._digits, theme.px(18))
        self._note.setFont(ui_font(theme.px(11)))
        self._show_note()

    def _take(self) -> None:
        self._show_note()
        if not self.field.problem and self.field.value != self._shown:
            self.typed.emit(self.field.value)

    def _show_note(self) -> None:
        problem = self.field.problem
        self._note.setText(problem or self._unit)
        self._note.setStyleSheet(f"color: {self._theme.warning if problem else self._theme.muted}")

    def _end(self) -> None:
        self.ended.emit()
        if self._shown is not None and self.field.value != self._shown:
            self.field.set_value(self._shown)
