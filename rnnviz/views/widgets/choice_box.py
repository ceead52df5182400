"""One of several choices, under an arrow that says so: a styled QComboBox draws none."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox

from rnnviz.views.icons import icon
from rnnviz.views.theme import Theme

_ARROW = 14  # px that the style sheet leaves for it


class ChoiceBox(QComboBox):
    """A combo box of choices, each with a key."""

    def __init__(self, name: str, choices: Sequence[tuple[str, str]], theme: Theme) -> None:
        """Make the box of choices, each a key and words; the first is chosen."""
        super().__init__()
        self._theme = theme
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setAccessibleName(name)
        self.set_choices(choices)

    @property
    def choice(self) -> str:
        """The key of what is chosen."""
        return str(self.currentData())

    def set_choice(self, key: str) -> None:
        """Choose; a key that is none of the choices changes nothing."""
        index = self.findData(key)
        if index >= 0:
            self.setCurrentIndex(index)

    def set_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer other choices; the first is chosen."""
        self.clear()
        for key, words in choices:
            self.addItem(words, key)

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for the longest words and the arrow, which grows with them."""
        return super().sizeHint() + QSize(max(round(self._theme.px(20)) - _ARROW, 0), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        side = round(self._theme.px(12))
        place = QRect(self.width() - side - round(self._theme.px(8)), (self.height() - side) // 2, side, side)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            pixmap = icon("down", self._theme.muted).pixmap(QSize(64, 64))
            painter.drawPixmap(place, pixmap, pixmap.rect())
