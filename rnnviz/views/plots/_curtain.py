"""How what is hidden looks: blank."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from rnnviz.views.fonts import ui_font
from rnnviz.views.theme import Theme

HIDDEN = "Hidden until the cursor gets there"
COVERED = "Hidden until the cursor has gone all the way"
_WAITS_FOR = {
    "backward": "The gradient flows back once the last step is reached",
    "whole": "This is about the whole sequence: it comes when nothing is hidden any more",
}


def paint_blanks(painter: QPainter, theme: Theme, blanks: Sequence[QRectF]) -> None:
    """Cover rectangles with the colour that they stand on."""
    for blank in blanks:
        painter.fillRect(blank, QColor(theme.card))


def paint_cover(painter: QPainter, theme: Theme, rect: QRectF, comes: Literal["forward", "backward", "whole"]) -> None:
    """Say in the middle of a blank rectangle what there is to wait for."""
    painter.fillRect(rect, QColor(theme.card))
    painter.setFont(ui_font(theme.px(12)))
    painter.setPen(QColor(theme.muted))
    words = _WAITS_FOR.get(comes, HIDDEN)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)
