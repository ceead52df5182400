"""Start the window."""

from __future__ import annotations

import gc
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from rnnviz import __version__
from rnnviz.app.dialogs import Dialogs
from rnnviz.app.errors import install_error_report
from rnnviz.app.window import MainWindow
from rnnviz.document.resources import asset
from rnnviz.session.settings import Settings
from rnnviz.views.fonts import load_fonts
from rnnviz.views.styling import nothing_tidied_up

if TYPE_CHECKING:
    from rnnviz.document.document import Document

Opened = tuple["Document", Path | None]


def run(scene: str | None) -> int:
    """Open the window on a scene, a built-in one or a file, and return the exit code."""
    opened = None
    if scene is not None:  # before there is a window, so that a mistake ends in one line
        from rnnviz.document.values import DocumentError

        try:
            opened = _open(scene)
        except DocumentError as error:
            print(f"rnnviz: {error}", file=sys.stderr)
            return 2
    application = make_application()
    window = open_window(opened)
    # What there is now stays: from here on nobody needs to look through it for garbage, which takes 30 ms.
    window.filled.connect(gc.freeze)
    install_error_report(window)
    return application.exec()


def open_window(opened: Opened | None = None, recovery: Path | None = None) -> MainWindow:
    """Return the program's window, on screen; its session starts, on the default scene, after its first paint.

    Unsaved changes are kept in the folder ``recovery``, by default where the system keeps such things.
    """
    dialogs = Dialogs()
    window = MainWindow(None, Settings(QSettings("rnnviz", "rnnviz")), dialogs)
    dialogs.parent = window
    window.first_painted.connect(partial(_start, window, opened, recovery))
    window.show()
    return window


def _open(scene: str) -> Opened:
    from rnnviz.app.scenes import open_scene

    return open_scene(scene)


@nothing_tidied_up()  # nearly all that is made here stays: to look through it again and again takes a tenth of a start
def _start(window: MainWindow, opened: Opened | None, recovery: Path | None) -> None:
    """Give the window a session, editors and plots: all that takes NumPy."""
    from rnnviz.app.recovery_offers import RecoveryOffers
    from rnnviz.session.computer import BackgroundComputer
    from rnnviz.session.kept import recovery_folder
    from rnnviz.session.session import Session

    document, path = opened or _open("default")
    computer = BackgroundComputer()
    session = Session(document, computer)
    if path is not None:
        session.open_document(document, path)
        window.settings.remember_file(path)
    session.set_cursor(opening_step(session.frame.last_step))
    window.attach(session)
    window.fill()
    RecoveryOffers(window, recovery or recovery_folder())
    computer.warm_up_soon()


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
