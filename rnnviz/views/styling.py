"""Dress the whole application in a theme."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
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
    palette, font, sheet = theme.palette(), ui_font(theme.px(12.5)), style_sheet(theme)
    if application.style().objectName() != "fusion":
        application.setStyle("Fusion")
    if (application.palette(), application.font(), application.styleSheet()) != (palette, font, sheet):
        application.setPalette(palette)
        application.setFont(font)
        application.setStyleSheet(sheet)


@contextmanager
def dressed_for_now(application: QApplication) -> Iterator[None]:
    """Let the application be dressed otherwise for a moment in which no event is handled: nobody sees it."""
    palette, font, sheet = application.palette(), application.font(), application.styleSheet()
    try:
        yield
    finally:
        if (application.palette(), application.font(), application.styleSheet()) != (palette, font, sheet):
            application.setPalette(palette)
            application.setFont(font)
            application.setStyleSheet(sheet)


@lru_cache(maxsize=8)
def style_sheet(theme: Theme) -> str:
    """Return the application's style sheet, its holes filled with the theme's colours."""
    text = asset("style.qss").read_text(encoding="utf-8")
    for field in dataclasses.fields(theme):
        text = text.replace("{{" + field.name + "}}", str(getattr(theme, field.name)))
    return text
