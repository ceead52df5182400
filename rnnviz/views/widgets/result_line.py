"""The line in which a dialog says what came of a command."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from rnnviz.views.theme import Theme


class ResultLine(QLabel):
    """Words in the colour of secondary ones, or of a warning where something was refused."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._is_error = theme, False
        self.setWordWrap(True)
        self.setAccessibleName("Result")

    def say(self, text: str, *, is_error: bool = False) -> None:
        """Say something else; nothing if it is empty."""
        self._is_error = is_error
        self.setText(text)
        self.apply_theme(self._theme)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        self.setStyleSheet(f"color: {theme.warning if self._is_error else theme.muted}")
