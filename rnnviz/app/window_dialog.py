"""What the program's dialogs have in common: they block nothing, look like their window, and go with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QDialog, QPushButton

from rnnviz.app.window import file_name
from rnnviz.views.theme import Theme
from rnnviz.views.widgets.result_line import ResultLine

if TYPE_CHECKING:
    from rnnviz.app.window import MainWindow


class WindowDialog(QDialog):
    """A dialog of a window. It gives itself the window's theme when `apply_theme` is first called, and follows it."""

    def __init__(self, window: MainWindow, title: str) -> None:
        super().__init__(window)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._window, self._theme = window, window.theme
        window.installEventFilter(self)

    def apply_theme(self) -> None:
        """Paint with the window's colours and sizes; the layout must exist."""
        self._theme = theme = self._window.theme
        layout, margin = self.layout(), round(theme.px(14))
        assert layout is not None
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.setSpacing(round(theme.px(10)))
        self.dress(theme)

    def suggested_file(self, what: str) -> Path:
        """Return a name for a file made of the scene, in the folder of the last one if that is still there."""
        folder = Path(self._window.settings.figure.folder)
        name = f"{file_name(self._window.session.document.title)}-{what}"
        return folder / name if folder.is_dir() else Path(name)

    def free_path(self, chosen: Path, path: Path, status: ResultLine) -> Path | None:
        """Return the path that a chosen one means; None, and a word, if nobody was asked about replacing it."""
        if path != chosen and path.exists():
            status.say(f"{path} exists already; choose it by its full name to replace it", is_error=True)
            return None
        return path

    # What a dialog defines

    def dress(self, theme: Theme) -> None:
        """Give the parts of the dialog a theme."""

    def let_go(self) -> None:
        """Stop following the session: the dialog closes."""

    # Qt

    def done(self, result: int) -> None:
        """Close for good."""
        self._window.removeEventFilter(self)
        self.let_go()
        super().done(result)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the window's theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._window.theme is not self._theme:
            self.apply_theme()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close with the window, which Qt hides without its dialogs."""
        if watched is self._window and event.type() == QEvent.Type.Hide and not event.spontaneous():
            self.reject()
        return super().eventFilter(watched, event)


def dialog_button(text: str, tip: str) -> QPushButton:
    """Return a button that Enter does not press."""
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
