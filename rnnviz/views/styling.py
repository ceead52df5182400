"""Dress the whole application in a theme."""

from __future__ import annotations

import dataclasses
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from rnnviz.document.resources import asset
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import DARK, LIGHT, Theme


def named_theme(name: str) -> Theme:
    """Return the theme of that name; ``system`` is light or dark, as the system says at this moment.

    Qt is told too: it colours title bars on Windows and macOS; elsewhere that has no effect.
    """
    hints = QGuiApplication.styleHints()
    if name == "system":
        hints.unsetColorScheme()
        return DARK if hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT
    hints.setColorScheme(Qt.ColorScheme.Dark if name == "dark" else Qt.ColorScheme.Light)
    return DARK if name == "dark" else LIGHT


def dress(application: QApplication, theme: Theme) -> None:
    """Give all of Qt's own widgets the theme's colours and typeface; again is quick."""
    # Qt goes through a list of all widgets, and would crash at one that was deleted while another one was told.
    with nothing_tidied_up():
        if not application.styleSheet():  # the sheet's own style has no name; beneath it Fusion stays
            application.setStyle("Fusion")
        _put_on(application, theme.palette(), ui_font(theme.px(12.5)), style_sheet(theme))


@contextmanager
def dressed_for_now(application: QApplication) -> Iterator[None]:
    """Let the application be dressed otherwise for a moment in which no event is handled: nobody sees it."""
    palette, font, sheet = application.palette(), application.font(), application.styleSheet()
    try:
        yield
    finally:
        with nothing_tidied_up():
            _put_on(application, palette, font, sheet)


def _put_on(application: QApplication, palette: QPalette, font: QFont, sheet: str) -> None:
    if (application.palette(), application.font(), application.styleSheet()) != (palette, font, sheet):
        application.setPalette(palette)
        application.setFont(font)
        application.setStyleSheet(sheet)


@contextmanager
def nothing_tidied_up() -> Iterator[None]:
    """Have Python not look for things that nobody refers to, which it would delete."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@lru_cache(maxsize=8)
def style_sheet(theme: Theme) -> str:
    """Return the application's style sheet, its holes filled with the theme's colours."""
    text = asset("style.qss").read_text(encoding="utf-8")
    for field in dataclasses.fields(theme):
        text = text.replace("{{" + field.name + "}}", str(getattr(theme, field.name)))
    return text
