"""Trying an edit, and the line that says why one was refused."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLabel

from rnnviz.document.edits import Edit
from rnnviz.document.values import DocumentError
from rnnviz.session.session import Session
from rnnviz.views.editors.series_options import wrap
from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme


class Trouble(QLabel):
    """Makes edits; what is wrong with one is said here, and then nothing has changed. Hidden while all is well."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session = session
        wrap(self)
        self.setAccessibleName("What is wrong with the input")
        self.hide()
        self.apply_theme(theme)

    def attempt(self, make: Callable[[], Edit], apply: Callable[[Edit], None] | None = None) -> bool:
        """Make an edit and do it, with the session's `apply` or another; return whether that was possible."""
        try:
            (apply or self._session.apply)(make())
        except DocumentError as error:
            self.say(str(error))
            return False
        self.say("")
        return True

    def say(self, text: str) -> None:
        """Say what is wrong, or with nothing to say disappear."""
        self.setText(text)
        self.setVisible(bool(text))

    def apply_theme(self, theme: Theme) -> None:
        """Take on other colours and sizes."""
        self.setFont(ui_font(theme.px(11.5)))
        self.setStyleSheet(f"color: {theme.warning}")
