"""Start the window."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from rnnviz import __version__
from rnnviz.app.dialogs import Dialogs
from rnnviz.app.errors import install_error_report
from rnnviz.app.scenes import open_scene
from rnnviz.app.window import MainWindow
from rnnviz.document.document import Document
from rnnviz.document.resources import asset
from rnnviz.document.values import DocumentError
from rnnviz.session.computer import BackgroundComputer
from rnnviz.session.session import Session
from rnnviz.session.settings import Settings
from rnnviz.views.fonts import load_fonts


def run(scene: str | None) -> int:
    """Open the window on a scene, a built-in one or a file, and return the exit code."""
    try:
        document, path = open_scene(scene or "default")
    except DocumentError as error:
        print(f"rnnviz: {error}", file=sys.stderr)
        return 2
    application = make_application()
    window = open_window(document, path)
    install_error_report(window)
    return application.exec()


def open_window(document: Document, path: Path | None) -> MainWindow:
    """Return the program's window, shown, on a document that came from a file or is built in (None)."""
    computer = BackgroundComputer()
    session = Session(document, computer)
    if path is not None:
        session.open_document(document, path)
    dialogs = Dialogs()
    window = MainWindow(session, Settings(QSettings("rnnviz", "rnnviz")), dialogs)
    dialogs.parent = window
    session.set_cursor(opening_step(session.frame.last_step))
    window.filled.connect(computer.warm_up_soon)
    window.show()
    return window


def opening_step(last_step: int) -> int:
    """Return where the cursor stands when a scene is opened: past the middle of the first half."""
    return max(1, round(0.425 * last_step))


def make_application() -> QApplication:
    """Return the Qt application, with the program's name, icon and typefaces."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(["rnnviz"])
    application.setApplicationName("rnnviz")
    application.setApplicationDisplayName("rnnviz")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("rnnviz")
    application.setWindowIcon(QIcon(str(asset("icons/rnnviz.svg"))))
    load_fonts()
    return application
