"""The field in which a text is typed as input."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QPlainTextEdit

from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme

TEXT_LINES = 3
_OF_THE_WINDOW = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


class TextField(QPlainTextEdit):
    """A few lines of text. Undo is left to the window: every pause in typing is a step of its history."""

    def __init__(self) -> None:
        super().__init__()
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setPlaceholderText("Type a text, such as hello world")
        self.setAccessibleName("Input text")

    def apply_theme(self, theme: Theme) -> None:
        """Take on other colours and sizes."""
        font = ui_font(theme.px(12.5))
        self.setFont(font)
        self.setPalette(theme.palette())
        margins = self.document().documentMargin() + 2 * self.frameWidth() + theme.px(8)
        self.setFixedHeight(round(TEXT_LINES * QFontMetricsF(font).lineSpacing() + margins))

    def event(self, event: QEvent) -> bool:
        """Leave the keys of Undo and Redo to the window."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if isinstance(event, QKeyEvent) and is_override and any(map(event.matches, _OF_THE_WINDOW)):
            event.ignore()
            return False
        return bool(super().event(event))
