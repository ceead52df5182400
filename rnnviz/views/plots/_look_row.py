"""The row of small controls above a plot: what is drawn, and what is drawn with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.check_box import CheckBox
from rnnviz.views.widgets.choice_box import ChoiceBox


class LookRow(QWidget):
    """A row of choices and check boxes, quiet and low, that begins where the axes of plots over time do.

    Signals:
        changed(): the user made another choice.
    """

    changed = Signal()

    def __init__(self, theme: Theme, left: float = 46) -> None:
        """Make the empty row; ``left`` is how far from the edge it begins, in pixels of usual words."""
        super().__init__()
        self._theme, self._left = theme, left
        self._boxes: list[ChoiceBox | CheckBox] = []
        self._row = QHBoxLayout(self)
        self._row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.apply_theme(theme)

    def add_choice(self, name: str, tooltip: str, choices: Sequence[tuple[str, str]]) -> ChoiceBox:
        """Add a box of choices, each a key and words."""
        box = ChoiceBox(name, choices, self._theme)
        box.setObjectName("quiet")
        box.setToolTip(tooltip)
        box.activated.connect(self._announce)
        self._add(box)
        return box

    def add_toggle(self, words: str, tooltip: str) -> CheckBox:
        """Add a check box."""
        box = CheckBox(words, self._theme)
        box.setToolTip(tooltip)
        box.clicked.connect(self._announce)
        self._add(box)
        return box

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        for box in self._boxes:
            box.apply_theme(theme)
            box.setFont(ui_font(theme.words(11)))
        self._row.setContentsMargins(round(theme.px(self._left)), 0, round(theme.px(8)), round(theme.px(2)))
        self._row.setSpacing(round(theme.px(12)))

    def _add(self, box: ChoiceBox | CheckBox) -> None:
        box.setFont(ui_font(self._theme.words(11)))
        self._boxes.append(box)
        self._row.insertWidget(self._row.count() - 1, box)

    def _announce(self, *_: object) -> None:
        self.changed.emit()
