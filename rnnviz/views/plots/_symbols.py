"""Symbols of a text, one over each step, where there is room."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from rnnviz.document.text import symbol_label
from rnnviz.views.fonts import ui_font
from rnnviz.views.plots._time import Panel
from rnnviz.views.theme import Theme

HEIGHT = 14  # px of a line of symbols
_SMALLEST = 7  # px of words that can be read


def paint_symbols(painter: QPainter, theme: Theme, panel: Panel, symbols: Sequence[str], top: float) -> None:
    """Write the symbols of the steps 1, 2 … on a line that begins at ``top``; none where steps are too narrow."""
    size = min(theme.words(11), panel.step * 1.2)
    if size < theme.words(_SMALLEST):
        return
    painter.setFont(ui_font(size, QFont.Weight.DemiBold))
    painter.setPen(QColor(theme.muted))
    t = np.arange(1, len(symbols) + 1)
    for step in t[panel.shows(t)].tolist():
        label = symbol_label(symbols[step - 1])
        place = QRectF(float(panel.x(step - 0.5)), top, panel.step, theme.px(HEIGHT))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, label)
