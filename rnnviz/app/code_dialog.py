"""The dialog that writes scripts: the whole script, in one of the frameworks, to be read, copied or saved."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from rnnviz.app.window import MainWindow, file_name
from rnnviz.app.window_dialog import WindowDialog, dialog_button
from rnnviz.document.code import FRAMEWORKS, script
from rnnviz.document.scenes import write_atomically
from rnnviz.document.values import DocumentError
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.code_view import CodeView
from rnnviz.views.widgets.result_line import ResultLine
from rnnviz.views.widgets.segmented import Segmented

_PAUSE_MS = 150
_WHAT = "A script that computes this network, its loss and its gradients without rnnviz, and prints them."
_NEEDS = {
    "numpy": "Backpropagation through time by hand; needs NumPy alone",
    "torch": "PyTorch's own layers and autograd",
    "keras": "Keras' own layers, on whichever backend is active",
}


class CodeDialog(WindowDialog):
    """Shows the script of the current document, follows its edits, copies or saves it. It blocks nothing."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "Export code")
        self._script = ""
        choices = [(key, title, _NEEDS[key]) for key, (title, _) in FRAMEWORKS.items()]
        self.frameworks = Segmented(choices, window.theme)
        self.frameworks.setAccessibleName("Framework")
        self.what = QLabel(_WHAT)
        self.view = CodeView(window.theme)
        self.status = ResultLine(window.theme)
        self.copy_button = dialog_button("&Copy", "Copy the script to the clipboard")
        self.close_button = dialog_button("C&lose", "Close this dialog (Esc)")
        self.save_button = dialog_button("&Save…", "Write the script to a file (Enter)")
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._lay_out()
        self._connect()
        self.apply_theme()
        self._fit_screen()
        self._show_script()
        self.frameworks.setFocus()

    # Building

    def _lay_out(self) -> None:
        self.what.setWordWrap(True)
        self.save_button.setDefault(True)
        upper, buttons = QHBoxLayout(), QHBoxLayout()
        upper.addWidget(self.what, 1)
        upper.addWidget(self.frameworks)
        buttons.addWidget(self.status, 1)
        for button in (self.copy_button, self.close_button, self.save_button):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addLayout(upper)
        layout.addWidget(self.view, 1)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self._window.session.document_changed.connect(self._follow)
        self._timer.timeout.connect(self._show_script)
        self.frameworks.chosen.connect(self._show_script)
        self.copy_button.clicked.connect(self._copy)
        self.save_button.clicked.connect(self._save)
        self.close_button.clicked.connect(self.reject)

    def dress(self, theme: Theme) -> None:
        """Give the parts of the dialog a theme."""
        for part in (self.view, self.frameworks, self.status):
            part.apply_theme(theme)
        self.what.setStyleSheet(f"color: {theme.muted}")

    def _fit_screen(self) -> None:
        (width, height), around = self.view.room(), self.minimumSizeHint() - self.view.minimumSizeHint()
        margins = self.layout().contentsMargins()  # type: ignore[union-attr]
        width, height = width + margins.left() + margins.right(), height + around.height()
        room = self.screen().availableSize() * 0.9
        self.resize(min(width, room.width()), min(height, room.height()))

    # What is shown

    def _follow(self, *_: object) -> None:
        """Show the script of an edited document soon: while a weight is dragged, not at every step."""
        if not self._timer.isActive():
            self._timer.start()

    def _show_script(self, *_: object) -> None:
        self._script = script(self._window.session.document, self.frameworks.choice)
        self.view.show_script(self._script)
        self.status.say("")

    # Doing

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._latest())
        self.status.say("The script is on the clipboard")

    def _save(self) -> None:
        framework = self.frameworks.choice
        suggested = Path(f"{file_name(self._window.session.document.title)}-{framework}.py")
        path = self._window.pick_script_file(suggested)
        if path is None:
            return
        try:
            write_atomically(path, self._latest().encode())
        except (DocumentError, OSError) as error:
            self.status.say(str(error), is_error=True)
            return
        self.status.say(f"Saved {path}")

    def _latest(self) -> str:
        """Return the script of the document as it is at this moment, and let it be what is shown."""
        if self._timer.isActive():
            self._timer.stop()
            self._show_script()
        return self._script

    def let_go(self) -> None:
        """Stop following the session."""
        self._window.session.document_changed.disconnect(self._follow)
        self._timer.stop()
