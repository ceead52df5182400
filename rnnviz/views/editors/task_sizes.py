"""The numbers of a task: its sizes, and the seed of its data and of its network."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from rnnviz.document.generators import Parameter
from rnnviz.document.initialisation import LARGEST_SEED
from rnnviz.document.tasks._base import Task
from rnnviz.views.editors.series_options import wrap
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.number_field import NumberField

SEED = Parameter("seed", "seed", 0, 0, LARGEST_SEED, is_whole=True)
_SHORT, _PAIRS = 9, 2  # letters of a name with which so many numbers stand in a row


def default_numbers(task: Task) -> dict[str, float]:
    """Return the numbers that a task begins with."""
    return {parameter.key: parameter.default for parameter in (*task.parameters, SEED)}


class TaskSizes(QWidget):
    """A field for each number of a task; a number is taken over by Enter, or when its field is left.

    Signals:
        chosen(object): the user wants other numbers, a dict with all of them.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._task: Task | None = None
        self._numbers: dict[str, float] = {}
        self.fields: dict[str, NumberField] = {}
        self._labels: list[QLabel] = []
        self.problem = QLabel()
        wrap(self.problem)
        self.problem.hide()
        self._grid = QGridLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._grid)
        layout.addWidget(self.problem)
        self.apply_theme(theme)

    def show_task(self, task: Task | None, numbers: Mapping[str, float]) -> None:
        """Show the numbers of a task; what is being typed stays as long as they do not change."""
        if task is not self._task:
            self._task = task
            self._make_fields()
        if numbers != self._numbers:
            self._numbers = dict(numbers)
            for key, field in self.fields.items():
                field.set_value(self._numbers[key])
        self.setVisible(task is not None)

    def apply_theme(self, theme: Theme) -> None:
        """Take on other colours and sizes."""
        self._theme, px = theme, theme.px
        self._grid.setHorizontalSpacing(round(px(8)))
        self._grid.setVerticalSpacing(round(px(3)))
        for label in self._labels:
            label.setFont(ui_font(px(11.5)))
            label.setStyleSheet(f"color: {theme.muted}")
        for field in self.fields.values():
            field.setFont(ui_font(px(12)))
            field.setStyleSheet(f"padding: {px(2):.0f}px {px(4):.0f}px")
            field.set_room(6, px(14))
        self.problem.setFont(ui_font(px(11)))
        self.problem.setStyleSheet(f"color: {theme.warning}")

    def _make_fields(self) -> None:
        for widget in (*self._labels, *self.fields.values()):
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._labels, self.fields, self._numbers = [], {}, {}
        parameters = () if self._task is None else (*self._task.parameters, SEED)
        pairs = _PAIRS if all(len(parameter.name) <= _SHORT for parameter in parameters) else 1
        for place, parameter in enumerate(parameters):
            label = QLabel(parameter.name)
            field = NumberField(parameter.name, "", (parameter.low, parameter.high), is_whole=parameter.is_whole)
            field.value_changed.connect(self._say)
            field.editingFinished.connect(self._take)
            self._labels.append(label)
            self.fields[parameter.key] = field
            row, column = divmod(place, pairs)
            self._grid.addWidget(label, row, 2 * column)
            self._grid.addWidget(field, row, 2 * column + 1)
        self._grid.setColumnStretch(2 * _PAIRS, 1)
        self.apply_theme(self._theme)

    def _say(self) -> None:
        wrong = [f"{name.text()}: {field.problem}" for name, field in self._named() if field.problem]
        self.problem.setText("; ".join(wrong))
        self.problem.setVisible(bool(wrong))

    def _named(self) -> list[tuple[QLabel, NumberField]]:
        return list(zip(self._labels, self.fields.values(), strict=True))

    def _take(self) -> None:
        numbers = {key: field.value for key, field in self.fields.items()}
        if not any(field.problem for field in self.fields.values()) and numbers != self._numbers:
            self._numbers = numbers
            self.chosen.emit(numbers)
