"""What is nudged, and how far: the row of controls above the plot of two trajectories that part."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from rnnviz.views.fonts import power_of_ten, ui_font
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.choice_box import ChoiceBox
from rnnviz.views.widgets.segmented import Segmented

EXPONENTS = (-6, -5, -4, -3, -2, -1, 0)
_WHATS = (
    ("x", "x", "Nudge a feature of the input, the one with the number of the selected unit"),
    ("h", "h", "Nudge the selected unit of the hidden state h"),
    ("c", "c", "Nudge the selected unit of an LSTM's cell state c"),
)
_GHOST = "Pin the nudged run: its states, outputs and gradients stay as ghosts in every plot, with the phase portrait"
_NO_GHOST = "A state that is nudged on its way is no run of its own: nudge x, or the initial state (k = 0)"
_NO_C = "Only an LSTM has a cell state c"


class NudgeRow(QWidget):
    """Chooses x, h or c, the size of the nudge, and its time.

    Signals:
        changed(): another kind or size was chosen.
        here_requested(): nudge where the cursor is.
        ghost_requested(): keep the nudged run as a ghost in every plot.
    """

    changed = Signal()
    here_requested = Signal()
    ghost_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.what_row = Segmented(_WHATS, theme)
        self.what_row.setAccessibleName("What is nudged")
        sizes = [(str(exponent), f"ε = {power_of_ten(exponent) if exponent else 1}") for exponent in EXPONENTS]
        self.size_box = ChoiceBox("Size of the nudge", sizes, theme)
        self.size_box.setToolTip("How far the number is moved: ε")
        self.here_button = QPushButton("At the cursor")
        self.here_button.setToolTip("Nudge at the time of the cursor (K, or a double click on a step)")
        self.ghost_button = QPushButton("Pin the run")
        self._row = QHBoxLayout(self)
        for widget in (self.what_row, self.size_box, self.here_button, self.ghost_button):
            self._row.addWidget(widget)
        self._row.addStretch(1)
        self.what_row.chosen.connect(self._announce)
        self.size_box.activated.connect(self._announce)
        self.here_button.clicked.connect(self.here_requested)
        self.ghost_button.clicked.connect(self.ghost_requested)
        self.apply_theme(theme)

    def show_choice(self, what: str, size: float, *, has_c: bool, is_run: bool) -> None:
        """Show what was chosen, without a signal; ``is_run`` says whether a document starts with the nudge."""
        self.ghost_button.setEnabled(is_run)
        self.ghost_button.setToolTip(_GHOST if is_run else _NO_GHOST)
        self.what_row.set_disabled("c", None if has_c else _NO_C)
        self.what_row.set_choice(what)
        self.size_box.set_choice(next((str(exponent) for exponent in EXPONENTS if size == size_of(exponent)), ""))

    @property
    def epsilon(self) -> float:
        """The chosen ε."""
        return size_of(int(self.size_box.choice))

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self.what_row.apply_theme(theme)
        self.size_box.apply_theme(theme)
        for widget in (self.size_box, self.here_button, self.ghost_button):
            widget.setFont(ui_font(theme.px(12)))
        self._row.setContentsMargins(round(theme.px(46)), 0, round(theme.px(8)), round(theme.px(2)))
        self._row.setSpacing(round(theme.px(10)))

    def _announce(self, *_: object) -> None:
        self.changed.emit()


def size_of(exponent: int) -> float:
    """Return ε for an exponent: the number that is written so."""
    return float(f"1e{exponent}")
