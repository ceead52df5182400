"""The form of generators: choose one, and set its numbers; every change takes effect at once."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from rnnviz.document.edits import Edit
from rnnviz.document.generators import GENERATORS, Generator, Parameter
from rnnviz.document.initialisation import LARGEST_SEED
from rnnviz.document.sources import generated_edit
from rnnviz.views.editors.series_options import wrap
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.check_box import CheckBox
from rnnviz.views.widgets.choice_box import ChoiceBox
from rnnviz.views.widgets.number_field import NumberField

_SEED = Parameter("seed", "seed", 0, 0, LARGEST_SEED, is_whole=True)
_TASKS = frozenset({"copy", "adding"})
_PAIRS = 2  # numbers in a row


class GeneratorForm(QWidget):
    """Nothing is made until a generator is chosen.

    Signals:
        changed(): another input is wanted; `edit` makes it, unless there is a `problem`.
        ended(): another generator was chosen; what comes now is a step of its own.
    """

    changed = Signal()
    ended = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.box = ChoiceBox("Generator", [(g.key, g.title) for g in GENERATORS.values()], theme)
        self.box.setPlaceholderText("Choose what to generate")
        self.box.setCurrentIndex(-1)
        self.predicts = CheckBox("next value as target", theme)
        self.predicts.setToolTip("Every step is to predict the value after it, by half the squared error")
        self._meaning = QLabel()
        wrap(self._meaning)
        self.fields: dict[str, NumberField] = {}
        self._labels: list[QLabel] = []
        self._grid = QGridLayout()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self.box)
        self._layout.addWidget(self._meaning)
        self._layout.addLayout(self._grid)
        self._layout.addWidget(self.predicts)
        self.box.activated.connect(self._choose)
        self.predicts.toggled.connect(self._announce)
        self._show_generator()
        self.apply_theme(theme)

    @property
    def generator(self) -> Generator | None:
        """What is chosen, or None as long as nothing is."""
        return GENERATORS.get(self.box.choice)

    @property
    def problem(self) -> str:
        """What is wrong with a number; empty if nothing is."""
        return next((f"{key}: {field.problem}" for key, field in self.fields.items() if field.problem), "")

    def edit(self) -> Edit:
        """Return the edit that feeds what is chosen; to be asked only when something is.

        Raises:
            DocumentError: the numbers do not go together.
        """
        assert self.generator is not None
        numbers = {key: field.value for key, field in self.fields.items()}
        seed = int(numbers.pop("seed", 0))
        predicts = self.generator.key not in _TASKS and self.predicts.isChecked()
        return generated_edit(self.generator, numbers, seed, next_value_target=predicts)

    def apply_theme(self, theme: Theme) -> None:
        """Take on other colours and sizes."""
        self._theme = theme
        px = theme.px
        self._layout.setSpacing(round(px(4)))
        self._grid.setHorizontalSpacing(round(px(6)))
        self._grid.setVerticalSpacing(round(px(3)))
        self.box.setFont(ui_font(px(12)))
        self.box.apply_theme(theme)
        self.predicts.apply_theme(theme)
        self._meaning.setFont(ui_font(px(11)))
        self._meaning.setStyleSheet(f"color: {theme.muted}")
        for label in self._labels:
            label.setFont(ui_font(px(11.5)))
            label.setStyleSheet(f"color: {theme.muted}")
        for field in self.fields.values():
            field.setFont(ui_font(px(12)))
            field.setStyleSheet(f"padding: {px(2):.0f}px {px(4):.0f}px")

    def _choose(self, _: int) -> None:
        self._show_generator()
        self.apply_theme(self._theme)
        self.ended.emit()
        self.changed.emit()

    def _show_generator(self) -> None:
        """Show the numbers of the chosen generator, at their defaults."""
        for widget in (*self._labels, *self.fields.values()):
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._labels, self.fields = [], {}
        generator = self.generator
        self._meaning.setText("" if generator is None else generator.meaning)
        self._meaning.setVisible(generator is not None)
        self.predicts.setVisible(generator is not None and generator.key not in _TASKS)
        if generator is None:
            return
        parameters = (*generator.parameters, _SEED) if generator.is_random else generator.parameters
        for place, parameter in enumerate(parameters):
            self._add(parameter, place // _PAIRS, 2 * (place % _PAIRS))

    def _add(self, parameter: Parameter, row: int, column: int) -> None:
        label = QLabel(parameter.name)
        limits = parameter.low, parameter.high
        field = NumberField(parameter.name, "", limits, is_whole=parameter.is_whole)
        field.set_value(parameter.default)
        field.value_changed.connect(self._announce)
        self._labels.append(label)
        self.fields[parameter.key] = field
        self._grid.addWidget(label, row, column)
        self._grid.addWidget(field, row, column + 1)

    def _announce(self) -> None:
        if self.generator is not None:
            self.changed.emit()
