"""The dialog that writes scripts: the whole script, in one of the frameworks, to be read, copied or saved."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from rnnviz.app.window import MainWindow, file_name
from rnnviz.document.code import FRAMEWORKS, script
from rnnviz.document.scenes import write_atomically
from rnnviz.document.values import DocumentError
from rnnviz.views.widgets.code_view import CodeView
from rnnviz.views.widgets.segmented import Segmented

_PAUSE_MS = 150
_WHAT = "A script that computes this network, its loss and its gradients without rnnviz, and prints them."
_NEEDS = {
    "numpy": "Backpropagation through time by hand; needs NumPy alone",
    "torch": "PyTorch's own layers and autograd",
    "keras": "Keras' own layers, on whichever backend is active",
}


class CodeDialog(QDialog):
    """Shows the script of the current document, follows its edits, copies or saves it. It blocks nothing."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle("Export code")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._window, self._theme, self._script = window, window.theme, ""
        choices = [(key, title, _NEEDS[key]) for key, (title, _) in FRAMEWORKS.items()]
        self.frameworks = Segmented(choices, window.theme)
        self.frameworks.setAccessibleName("Framework")
        self.what = QLabel(_WHAT)
        self.view = CodeView(window.theme)
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.status.setAccessibleName("Result")
        self.copy_button, self.close_button = QPushButton("&Copy"), QPushButton("C&lose")
        self.save_button = QPushButton("&Save…")
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._lay_out()
        self._connect()
        self._apply_theme()
        self._fit_screen()
        self._show_script()
        self.frameworks.setFocus()

    # Building

    def _lay_out(self) -> None:
        self.what.setWordWrap(True)
        self.copy_button.setToolTip("Copy the script to the clipboard")
        self.close_button.setToolTip("Close this dialog (Esc)")
        self.save_button.setToolTip("Write the script to a file (Enter)")
        for button in (self.copy_button, self.close_button):
            button.setAutoDefault(False)
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
        self._window.installEventFilter(self)
        self._timer.timeout.connect(self._show_script)
        self.frameworks.chosen.connect(self._show_script)
        self.copy_button.clicked.connect(self._copy)
        self.save_button.clicked.connect(self._save)
        self.close_button.clicked.connect(self.reject)

    def _apply_theme(self) -> None:
        self._theme = theme = self._window.theme
        self.view.apply_theme(theme)
        self.frameworks.apply_theme(theme)
        margin = round(theme.px(14))
        self.layout().setContentsMargins(margin, margin, margin, margin)  # type: ignore[union-attr]
        self.layout().setSpacing(round(theme.px(10)))  # type: ignore[union-attr]
        self.what.setStyleSheet(f"color: {theme.muted}")
        self._say("")

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
        self._say("")

    def _say(self, text: str, *, is_error: bool = False) -> None:
        self.status.setStyleSheet(f"color: {self._theme.warning if is_error else self._theme.muted}")
        self.status.setText(text)

    # Doing

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._latest())
        self._say("The script is on the clipboard")

    def _save(self) -> None:
        framework = self.frameworks.choice
        suggested = Path(f"{file_name(self._window.session.document.title)}-{framework}.py")
        path = self._window.pick_script_file(suggested)
        if path is None:
            return
        try:
            write_atomically(path, self._latest().encode())
        except (DocumentError, OSError) as error:
            self._say(str(error), is_error=True)
            return
        self._say(f"Saved {path}")

    def _latest(self) -> str:
        """Return the script of the document as it is at this moment, and let it be what is shown."""
        if self._timer.isActive():
            self._timer.stop()
            self._show_script()
        return self._script

    # Qt

    def done(self, result: int) -> None:
        """Close: stop following the session."""
        self._window.session.document_changed.disconnect(self._follow)
        self._window.removeEventFilter(self)
        self._timer.stop()
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
