"""Vanishing made visible: the same task of long memory, learned by an RNN, a GRU and an LSTM of one size."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout

from rnnviz.core.cells import CELLS
from rnnviz.document.cell_comparison import CellResult, long_memory
from rnnviz.session.comparing import CellComparison
from rnnviz.views.cell_choices import CELL_TITLES
from rnnviz.views.editors.setting_field import SettingField
from rnnviz.views.fonts import ui_font
from rnnviz.views.widgets.cells_picture import CellsPicture

if TYPE_CHECKING:
    from rnnviz.app.window import MainWindow

_WHAT = (
    "Which of two symbols came first? They stand far from the end among others that say nothing, and only the last "
    "output counts. Each network has about as many parameters and is trained on the same batches. What a network "
    "is to remember, its gradient has to reach: look at the left end of the lower row."
)
_LIMITS, _FINE = (10, 5000), 1000


def open_cells_dialog(window: MainWindow) -> CellsDialog:
    """Show the dialog of a window, or bring the one that is open to the front."""
    dialog = window.findChild(CellsDialog) or CellsDialog(window)
    dialog.show()
    dialog.activateWindow()
    return dialog


class CellsDialog(QDialog):
    """Trains every kind of cell in the background, one after the other, and shows what becomes of it."""

    def __init__(self, window: MainWindow) -> None:
        """Open beside the window's document, which stays as it is, and begin."""
        super().__init__(window)
        self.setWindowTitle("Compare cells")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._window, self._theme = window, window.theme
        self._comparison = long_memory()
        self._problem = ""
        self._cells = CellComparison(window.session)
        self.what, self.status = QLabel(_WHAT), QLabel()
        self.picture = CellsPicture(window.theme)
        self.progress = QProgressBar()
        self.updates = SettingField("Updates", "updates of each", _LIMITS, window.theme, is_whole=True)
        self.updates.show_value(float(self._comparison.updates))
        self.again_button, self.cancel_button = QPushButton("Train &again"), QPushButton("Ca&ncel")
        self.close_button = QPushButton("C&lose")
        self.open_buttons = {cell: QPushButton(f"Open this {CELL_TITLES[cell]}") for cell in CELLS}
        self._lay_out()
        self._connect()
        self._apply_theme()
        self._begin()
        self.resize(self.sizeHint().boundedTo(self.screen().availableSize() * 0.95))
        self.close_button.setFocus()

    @property
    def results(self) -> tuple[CellResult, ...]:
        """What has become of the cells by now."""
        return self._cells.results

    # Building

    def _lay_out(self) -> None:
        self.what.setWordWrap(True)
        self.status.setAccessibleName("Result")
        self.progress.setTextVisible(False)
        keeping_its_place = self.progress.sizePolicy()
        keeping_its_place.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(keeping_its_place)
        self.progress.setAccessibleName("Progress")
        self.again_button.setToolTip("Train all of them anew")
        self.cancel_button.setToolTip("Stop here; what was found stays")
        self.close_button.setToolTip("Close this dialog (Esc)")
        self._opens, buttons = QHBoxLayout(), QHBoxLayout()
        for cell, button in self.open_buttons.items():
            button.setToolTip(f"Go on with the trained {CELL_TITLES[cell]} in the window; it can be undone")
            button.setAutoDefault(False)
            self._opens.addWidget(button, 1)
        buttons.addWidget(self.status, 1)
        buttons.addWidget(self.updates)
        for button in (self.again_button, self.cancel_button, self.close_button):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        self._layout = QVBoxLayout(self)
        self._layout.addWidget(self.what)
        self._layout.addWidget(self.picture, 1)
        self._layout.addLayout(self._opens)
        self._layout.addWidget(self.progress)
        self._layout.addLayout(buttons)

    def _connect(self) -> None:
        self._window.installEventFilter(self)
        self._cells.progressed.connect(self._show_progress)
        self._cells.found.connect(self._show_status)
        self._cells.finished.connect(self._show_status)
        self._cells.failed.connect(self._fail)
        self.again_button.clicked.connect(self._begin)
        self.cancel_button.clicked.connect(self._cancel)
        self.close_button.clicked.connect(self.reject)
        for cell, button in self.open_buttons.items():
            button.clicked.connect(partial(self._open, cell))

    def _apply_theme(self) -> None:
        self._theme = theme = self._window.theme
        margin = round(theme.px(16))
        self._layout.setContentsMargins(margin, margin, margin, margin)
        self._layout.setSpacing(round(theme.px(10)))
        self._opens.setSpacing(round(theme.px(18)))
        self.progress.setFixedHeight(round(theme.px(4)))
        self.picture.apply_theme(theme)
        self.updates.apply_theme(theme)
        for label in (self.what, self.status):
            label.setFont(ui_font(theme.px(12.5)))
        self._show_status()

    # Training

    def _begin(self, *_: object) -> None:
        """Train all of them from the beginning."""
        if self.updates.field.problem:
            self.updates.setFocus()
            return
        updates = self.updates.value
        assert updates is not None
        self._comparison = replace(self._comparison, updates=round(updates))
        self._problem = ""
        self.progress.setRange(0, _FINE)
        self.progress.setValue(0)
        self._cells.start(self._comparison)
        self._show_status()

    def _show_progress(self, part: float) -> None:
        self.progress.setValue(round(_FINE * part))

    def _cancel(self) -> None:
        self._cells.cancel()
        self._show_status()

    def _fail(self, problem: str) -> None:
        self._problem = problem
        self._show_status()

    def _open(self, cell: str, *_: object) -> None:
        """Go on with a trained network in the window."""
        result = next(result for result in self.results if result.cell == cell)
        if self._window.may_leave():
            title = f"{result.after.title}, {CELL_TITLES[cell]} after {len(result.loss):,} updates"
            self._window.session.open_document(replace(result.after, title=title))

    # What is said

    def _show_status(self, *_: object) -> None:
        is_running, done = self._cells.is_running, {result.cell for result in self.results}
        self.picture.show_results(tuple(CELLS), self.results, self._comparison.updates)
        for cell, button in self.open_buttons.items():
            button.setEnabled(cell in done)
        self.cancel_button.setEnabled(is_running)
        self.progress.setVisible(is_running)
        self.status.setText(self._words(is_running=is_running))
        self.status.setStyleSheet(f"color: {self._theme.warning if self._problem else self._theme.muted}")

    def _words(self, *, is_running: bool) -> str:
        if self._problem:
            return f"The training did not end: {self._problem}"
        waiting = [CELL_TITLES[cell] for cell in CELLS if cell not in {result.cell for result in self.results}]
        if is_running:
            return f"Training the {waiting[0]} …" if waiting else "…"
        return "Cancelled; what was found stays." if waiting else "All three were trained on the same batches."

    # Qt

    def done(self, result: int) -> None:
        """Close: end the training."""
        self._window.removeEventFilter(self)
        self._cells.close()
        self._cells.deleteLater()
        super().done(result)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the window's theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._window.theme is not self._theme:
            self._apply_theme()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close with the window, which Qt hides without its dialogs."""
        if watched is self._window and event.type() == QEvent.Type.Hide and not event.spontaneous():
            self.reject()
        return super().eventFilter(watched, event)
