"""The legend of a phase portrait: what its lines and marks are, on one line above it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from rnnviz.views.fonts import ui_font
from rnnviz.views.plots._rest_marks import RestMark, paint_rest_marks
from rnnviz.views.theme import Theme

_STABLE, _UNSTABLE = RestMark(np.zeros(1), 0.0), RestMark(np.zeros(1), 2.0)

Entry = tuple[QColor | RestMark, str]


def legend_entries(nullclines: Sequence[tuple[str, QColor]], *, fixed_points: bool) -> list[Entry]:
    """Return what is drawn: a line for each axis along which nothing moves, and the kinds of fixed points."""
    lines: list[Entry] = [(colour, f"{name} rests") for name, colour in nullclines]
    marks: list[Entry] = [(_STABLE, "stable"), (_UNSTABLE, "unstable")] if fixed_points else []
    return lines + marks


def paint_phase_legend(painter: QPainter, theme: Theme, line: QRectF, entries: Sequence[Entry]) -> float:
    """Paint as many entries as there is room for, from the left; return how much they took."""
    if line.height() <= 0:
        return 0.0
    px, font = theme.px, ui_font(theme.words(11))
    metrics, x, y = QFontMetricsF(font), line.left(), line.center().y()
    for sign, words in entries:
        width = metrics.horizontalAdvance(words) + px(32)
        if x + width > line.right():
            break
        if isinstance(sign, RestMark):
            paint_rest_marks(painter, theme, [sign], [QPointF(x + px(8), y)], is_current=True)
        else:
            painter.setPen(QPen(sign, px(1.4)))
            painter.drawLine(QLineF(x, y, x + px(15), y))
        painter.setFont(font)
        painter.setPen(QColor(theme.muted))
        place = QRectF(x + px(19), line.top(), width, line.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, words)
        x += width
    return x - line.left()
