"""A complete window that nobody sees: for figures of the whole window."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtCore import QSettings

from rnnviz.app.dialogs import Dialogs
from rnnviz.app.window import MainWindow
from rnnviz.document.document import Document
from rnnviz.session.session import Session
from rnnviz.session.settings import Settings
from rnnviz.views.plots._base import Plot
from rnnviz.views.theme import Theme


def offscreen_window(document: Document, theme: Theme, t: int, shows_cursor: bool) -> MainWindow:  # noqa: FBT001
    """Return a filled window of 1600 × 1000 in the default layout; it reads and keeps no settings."""
    store = Path(tempfile.gettempdir()) / "rnnviz-no-settings.ini"
    window = MainWindow(
        Session(document), Settings(QSettings(str(store), QSettings.Format.IniFormat)), Dialogs(), theme
    )
    window.resize(1600, 1000)
    window.show()
    window.fill()
    window.session.set_cursor(t)
    for plot in window.findChildren(Plot):
        plot.shows_cursor = shows_cursor
    return window
