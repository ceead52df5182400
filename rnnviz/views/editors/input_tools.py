"""What belongs to every kind of numbers: input or targets, the length, more sequences, normalisation, the step menu."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from rnnviz.document.document import Document
from rnnviz.document.sequences import MAX_STEPS
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.number_field import NumberField
from rnnviz.views.widgets.segmented import Segmented

_VIEWS = (
    ("input", "Input", "Draw what the network is told"),
    ("targets", "Targets", "Draw what the network should answer"),
)
_NORMALISATIONS = (
    ("raw", "Raw values"),
    ("z-score", "z-score: mean 0, deviation 1"),
    ("min-max", "0…1: smallest 0, largest 1"),
)
_ARROW = "  ▾"
_ROW_TOOLS = 130  # px of the row that the other tools need


class InputTools(QWidget):
    """One row of tools, and one line that says how the values are normalised.

    Signals:
        view_chosen(str): ``input`` or ``targets``.
        length_typed(int): another number of steps; length_ended(): it is complete.
        normalisation_chosen(str): ``raw``, ``z-score`` or ``min-max``.
        sequence_requested(): another sequence is wanted.
        menu_requested(QPoint): the step menu is wanted, at a point of the screen.
    """

    view_chosen = Signal(str)
    length_typed = Signal(int)
    length_ended = Signal()
    normalisation_chosen = Signal(str)
    sequence_requested = Signal()
    menu_requested = Signal(QPoint)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown_length = 0
        self.view = Segmented(_VIEWS, theme, is_narrow=True)
        self.view.setAccessibleName("Input or targets")
        self._length_label = QLabel("T")
        self.length = NumberField("Number of steps", "steps", (1, MAX_STEPS), is_whole=True)
        self.length.setToolTip("T, the number of steps of this sequence; new ones are blank")
        self.add_button = _button("+", "Add a sequence", "Add a blank sequence to the batch")
        self.menu_button = _button(
            "…", "Steps and sequences", "Insert, delete, duplicate, move, reverse or shuffle steps (or right-click)"
        )
        self.normalisation = _button("", "Normalisation", "How the values of each feature are brought to one size")
        self.normalisation.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._words = ""
        self._choices = self._add_choices()
        self._lay_out()
        self._connect()
        self.apply_theme(theme)

    def _add_choices(self) -> dict[str, QAction]:
        menu, group, choices = QMenu(self), QActionGroup(self), {}
        for key, words in _NORMALISATIONS:
            choices[key] = menu.addAction(words)
            choices[key].setCheckable(True)
            choices[key].triggered.connect(partial(self._choose_normalisation, key))
            group.addAction(choices[key])
        self.normalisation.setMenu(menu)
        return choices

    def _lay_out(self) -> None:
        self._row = QHBoxLayout()
        self._row.addWidget(self.view)
        self._row.addStretch(1)
        for widget in (self._length_label, self.length, self.add_button, self.menu_button):
            self._row.addWidget(widget)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addLayout(self._row)
        self._layout.addWidget(self.normalisation, 0, Qt.AlignmentFlag.AlignLeft)

    def _connect(self) -> None:
        self.view.chosen.connect(self.view_chosen)
        self.length.value_changed.connect(self._take_length)
        self.length.editingFinished.connect(self._end_length)
        self.add_button.clicked.connect(self.sequence_requested)
        self.menu_button.clicked.connect(self._ask_menu)

    @property
    def choices(self) -> dict[str, QAction]:
        """The entries of the normalisation menu."""
        return self._choices

    def show_document(self, document: Document, sample: int) -> None:
        """Show the length of a sequence, and how the input is normalised."""
        scaling = document.input.scaling
        self.normalisation.setVisible(document.input.text is None)
        self._words = "raw values" if scaling is None else scaling.describe()
        self._choices["raw" if scaling is None else scaling.kind].setChecked(True)
        self._show_words()
        self._shown_length = document.input.length(sample)
        if self.length.value != self._shown_length:
            self.length.set_value(self._shown_length)

    def show_view(self, is_shown: bool) -> None:
        """Show the choice between input and targets, or leave its place to the line about normalisation."""
        self.view.setVisible(is_shown)
        if is_shown:
            self._layout.addWidget(self.normalisation, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            self._row.insertWidget(0, self.normalisation)
        self._show_words()

    def apply_theme(self, theme: Theme) -> None:
        """Take on other colours and sizes."""
        self._theme = theme
        px = theme.px
        self._row.setSpacing(round(px(4)))
        self._layout.setSpacing(round(px(3)))
        self.view.apply_theme(theme)
        self._length_label.setFont(ui_font(px(12)))
        self._length_label.setStyleSheet(f"color: {theme.muted}")
        self.length.setFont(ui_font(px(12)))
        self.length.set_room(5, px(10))
        self.length.setStyleSheet(f"padding: {px(2):.0f}px {px(4):.0f}px")
        for button in (self.add_button, self.menu_button):
            button.setFont(ui_font(px(14)))
            button.setFixedSize(round(px(24)), round(px(24)))
        self.normalisation.setFont(ui_font(px(11)))
        self.normalisation.setFixedHeight(round(px(18)))  # the arrow is of another typeface, with high lines
        self.normalisation.setStyleSheet(f"QToolButton {{ color: {theme.muted}; padding: 1px 0; }}")
        self._show_words()

    def _show_words(self) -> None:
        """Show how the values are normalised, shortened to the room there is; the whole is in the tooltip."""
        metrics, px = QFontMetricsF(self.normalisation.font()), self._theme.px
        beside = 0.0 if self._layout.indexOf(self.normalisation) >= 0 else px(_ROW_TOOLS)
        room = self.width() - beside - metrics.horizontalAdvance(_ARROW) - px(8)
        words = metrics.elidedText(self._words, Qt.TextElideMode.ElideRight, max(room, px(60)))
        self.normalisation.setText(words + _ARROW)
        self.normalisation.setToolTip(f"{self._words}\nHow the values of each feature are brought to one size")
        self.normalisation.setAccessibleDescription(self._words)

    def _take_length(self) -> None:
        if not self.length.problem and self.length.value != self._shown_length:
            self.length_typed.emit(int(self.length.value))

    def _end_length(self) -> None:
        self.length_ended.emit()
        if self.length.value != self._shown_length:
            self.length.set_value(self._shown_length)

    def _choose_normalisation(self, key: str, *_: object) -> None:
        self.normalisation_chosen.emit(key)

    def _ask_menu(self) -> None:
        self.menu_requested.emit(self.menu_button.mapToGlobal(self.menu_button.rect().bottomLeft()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_words()


def _button(text: str, name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button
