"""The dialog that checks gradients: every gradient on screen beside a slope that is measured."""

from __future__ import annotations

import math

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout

from rnnviz.app.window import MainWindow
from rnnviz.app.window_dialog import WindowDialog, dialog_button
from rnnviz.document.checking import SAMPLE, ArrayCheck, checks_to_watch, planned_checks
from rnnviz.document.document import Document
from rnnviz.session.job import Job
from rnnviz.views.fonts import scientific, ui_font
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.check_box import CheckBox
from rnnviz.views.widgets.check_table import CheckTable

_WHAT = (
    "Backpropagation gives each gradient by formula. Here the same slope is measured: one number is moved a little "
    "up and a little down, and the change of the loss is divided by the distance. The two agree if they differ by "
    "less than a millionth of their size."
)
_WINDOWS = " The states that are handed from window to window are held fixed, as truncated backpropagation does."
_STALE = "This is of the document before your last edit."


class CheckDialog(WindowDialog):
    """Checks the gradients of the current document in the background, and shows how every array fares."""

    def __init__(self, window: MainWindow) -> None:
        """Open on the window's document and begin."""
        super().__init__(window, "Check gradients")
        self._job = Job(window.session)
        self._document: Document = window.session.document
        self._checks: dict[str, ArrayCheck] = {}
        self._problem = ""
        self.what = QLabel()
        self.table = CheckTable(window.theme)
        self.progress = QProgressBar()
        self.status, self.stale = QLabel(), QLabel(_STALE)
        self.every = CheckBox("Compare every entry", window.theme)
        self.again_button = dialog_button("Check &again", "Check the document as it is now")
        self.cancel_button = dialog_button("Ca&ncel", "Stop here; what was found stays")
        self.close_button = dialog_button("C&lose", "Close this dialog (Esc)")
        self._lay_out()
        self._connect()
        self.apply_theme()
        self._begin()
        self._fit()
        self.close_button.setFocus()

    # Building

    def _lay_out(self) -> None:
        self.what.setWordWrap(True)
        self.status.setWordWrap(True)
        self.status.setAccessibleName("Result")
        self.progress.setTextVisible(False)
        keeping_its_place = self.progress.sizePolicy()
        keeping_its_place.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(keeping_its_place)
        self.progress.setAccessibleName("Progress")
        self.every.setToolTip("Large arrays too; a long sequence takes a while")
        buttons = QHBoxLayout()
        buttons.addWidget(self.every)
        buttons.addStretch(1)
        for button in (self.cancel_button, self.again_button, self.close_button):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        for widget in (self.what, self.table, self.progress, self.status, self.stale):
            layout.addWidget(widget, 1 if widget is self.table else 0)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self._window.session.document_changed.connect(self._show_stale)
        self._job.progressed.connect(self._take)
        self._job.finished.connect(self._finish)
        self._job.failed.connect(self._fail)
        self.every.toggled.connect(self._begin)
        self.again_button.clicked.connect(self._begin)
        self.cancel_button.clicked.connect(self._cancel)
        self.close_button.clicked.connect(self.reject)

    def dress(self, theme: Theme) -> None:
        """Give the parts of the dialog a theme."""
        self.progress.setFixedHeight(round(theme.px(4)))
        self.table.apply_theme(theme)
        self.every.apply_theme(theme)
        self.stale.setFont(ui_font(theme.px(12.5), QFont.Weight.DemiBold))
        self.status.setFont(ui_font(theme.px(13)))
        self._show_status()

    def _fit(self) -> None:
        """Be large enough for the arrays of this document, as far as the screen allows."""
        px = self._theme.px
        rows = self.table.rowCount() * self.table.verticalHeader().defaultSectionSize()
        room = self.screen().availableSize() * 0.9
        self.resize(min(round(px(680)), room.width()), min(round(rows + px(250)), room.height()))

    # The check

    def _begin(self, *_: object) -> None:
        """Check the document as it is now, from the beginning."""
        self._document, self._problem = self._window.session.document, ""
        sample = None if self.every.isChecked() else SAMPLE
        plans = planned_checks(self._document, sample)
        self._checks = {plan.name: plan for plan in plans}
        window = self._document.window
        self.what.setText(_WHAT + (_WINDOWS if window is not None and window.stateful else ""))
        self.every.setVisible(any(plan.entries > SAMPLE for plan in plans))
        self.progress.setRange(0, sum(plan.sample for plan in plans))
        self.table.show_checks(plans)
        self._job.start(checks_to_watch, self._document, sample)
        self._show_stale()
        self._show_status()

    def _take(self, check: object) -> None:
        assert isinstance(check, ArrayCheck)
        self._checks[check.name] = check
        self.table.show_check(list(self._checks).index(check.name), check)
        self._show_status()

    def _cancel(self) -> None:
        self._job.cancel()
        self._show_status()

    def _finish(self, _: object) -> None:
        self._show_status()

    def _fail(self, problem: str) -> None:
        self._problem = problem
        self._show_status()

    # What is said

    def _show_status(self) -> None:
        is_running = self._job.is_running
        has_failed = bool(self._problem) or any(check.failed for check in self._checks.values())
        self.cancel_button.setEnabled(is_running)
        self.progress.setVisible(is_running)
        self.progress.setValue(sum(check.compared for check in self._checks.values()))
        self.status.setStyleSheet(f"color: {self._theme.warning if has_failed else self._theme.text}")
        self.status.setText(self._words())

    def _words(self) -> str:
        """Return what can be said by now, in one or two sentences."""
        checks = self._checks.values()
        agreeing, failed = sum(check.agreeing for check in checks), sum(check.failed for check in checks)
        if self._problem:
            return f"The check did not end: {self._problem}"
        if failed:
            worst = next(check for check in checks if check.failed)
            differ = "gradients differs" if failed == 1 else "gradients differ"
            return f"{failed:,} of {agreeing + failed:,} {differ}. {difference_words(worst)}"
        if all(check.is_done for check in checks):
            return f"All {agreeing:,} gradients that were compared agree."
        total = sum(check.sample for check in checks)
        compared = sum(check.compared for check in checks)
        if self._job.is_running:
            return f"Comparing … {compared:,} of {total:,} entries"
        return f"Cancelled after {compared:,} of {total:,} entries; so far all agree."

    def _show_stale(self, *_: object) -> None:
        self.stale.setVisible(self._window.session.document != self._document)

    def let_go(self) -> None:
        """End the check and stop following the session."""
        self._window.session.document_changed.disconnect(self._show_stale)
        self._job.close()
        self._job.deleteLater()


def difference_words(check: ArrayCheck) -> str:
    """Return which two numbers differ most in an array that fails, in one sentence."""
    entry = check.worst
    if entry is None:
        return ""
    if not (math.isfinite(entry.analytic) and math.isfinite(entry.numeric)):
        return f"{check.name} at {check.where} overflows, so there is nothing to compare."
    by_formula, measured = scientific(entry.analytic, 6), scientific(entry.numeric, 6)
    return f"{check.name} at {check.where} is {by_formula} by backpropagation, but {measured} was measured."
