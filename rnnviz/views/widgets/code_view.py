"""A Python script to be read: one width for all letters, and comments set back."""

from __future__ import annotations

from PySide6.QtCore import QRegularExpression
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import QPlainTextEdit

from rnnviz.views.theme import Theme

_MOST_LETTERS = 200_000  # what anybody reads on a screen; more would only be slow
_COLUMNS, _LINES = 104, 34
_IN_TEXT = 1


class CodeView(QPlainTextEdit):
    """Shows a script that cannot be typed into, but selected and copied."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self.setAccessibleName("Script")
        self._comments = _Comments(self, theme)
        self.apply_theme(theme)

    def show_script(self, text: str) -> None:
        """Show another script, at the place where the last one was read; of one beyond all reading, the beginning."""
        if len(text) > _MOST_LETTERS:
            text = text[:_MOST_LETTERS] + "\n\n# … only the beginning is shown here; copy or save it to have all"
        across, down = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        self.setPlainText(text)
        self.horizontalScrollBar().setValue(across)
        self.verticalScrollBar().setValue(down)

    def apply_theme(self, theme: Theme) -> None:
        """Take on other colours and sizes."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(round(theme.px(12.5)))
        font.setStyleHint(QFont.StyleHint.Monospace)
        self.setFont(font)
        self.setPalette(theme.palette())
        metrics = QFontMetricsF(font)
        self.setMinimumHeight(round(6 * metrics.lineSpacing()))
        self._comments.apply_theme(theme)

    def room(self) -> tuple[int, int]:
        """Return the width and height in which a script reads well."""
        metrics = QFontMetricsF(self.font())
        frame = 4 * self.document().documentMargin() + self.verticalScrollBar().sizeHint().width()
        width, height = _COLUMNS * metrics.horizontalAdvance("0"), _LINES * metrics.lineSpacing()
        return round(width + frame), round(height + frame)


class _Comments(QSyntaxHighlighter):
    """Sets back what Python does not run: comments, and the texts that describe functions."""

    def __init__(self, view: CodeView, theme: Theme) -> None:
        super().__init__(view.document())
        self._quotes, self._comment = QRegularExpression('"""'), QRegularExpression(r"(^|\s)# .*$")
        self._format = QTextCharFormat()
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Take on another colour."""
        self._format.setForeground(QColor(theme.muted))
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        was_inside, quotes = self.previousBlockState() == _IN_TEXT, text.count('"""')
        self.setCurrentBlockState(_IN_TEXT if was_inside != (quotes % 2 == 1) else 0)
        if was_inside or quotes:
            start = 0 if was_inside else self._quotes.match(text).capturedStart()
            self.setFormat(start, len(text), self._format)
            return
        found = self._comment.match(text)
        if found.hasMatch():
            self.setFormat(found.capturedStart(), found.capturedLength(), self._format)
