"""Padding, and the borders of windows: how they look, and what is said of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from rnnviz.core.activations import Array
from rnnviz.document.document import Window
from rnnviz.views.colours import mixed
from rnnviz.views.fonts import ui_font
from rnnviz.views.marks import draw_segments
from rnnviz.views.theme import Theme

PADDING = "padding"
_HATCHING = 7  # px between two lines
_APART = 40  # px between two windows whose borders do not crowd the data


def describe_padding(t: int, length: int) -> str:
    """Return what there is to say of a step after the end of a sequence."""
    return (
        f"t = {t}: padding\nThis sequence ends at t = {length}. Nothing is computed here: "
        "the state is held, and there is no output, no loss and no gradient."
    )


def border_words(window: Window) -> str:
    """Return what happens between two windows, in a few words."""
    return "the gradient is cut here" if window.stateful else "the state starts again here"


def describe_border(window: Window, t: int) -> str:
    """Return what happens between step t and the next, where a window ends."""
    more = (
        "the state is carried on, but nothing is carried back."
        if window.stateful
        else f"step {t + 1} starts from the initial state, and nothing is carried back."
    )
    return f"Between t = {t} and t = {t + 1} {border_words(window)}: {more}"


def border_pen(theme: Theme, spacing: float = math.inf) -> QPen:
    """Return the pen for the thin dashed line between two windows: pale where the next is only px away."""
    pen = QPen(mixed(theme.card, theme.muted, min(max(spacing / theme.px(_APART), 0.3), 1.0)), theme.px(1.0))
    pen.setDashPattern([3.0, 3.0])
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def paint_veils(painter: QPainter, theme: Theme, veils: Sequence[QRectF]) -> None:
    """Cover rectangles with hatching, and write into the first that has room for it that this is padding."""
    for veil in veils:
        painter.fillRect(veil, QColor(theme.card))
        painter.setPen(QPen(mixed(theme.card, theme.muted, 0.22), theme.px(1.0)))
        draw_segments(painter, hatching(veil, theme.px(_HATCHING)))
    px, font = theme.px, ui_font(theme.px(11))
    size = QFontMetricsF(font).size(0, PADDING).grownBy(QMarginsF(px(6), px(2), px(6), px(2)))
    for veil in veils:
        if veil.width() >= size.width() + px(4) and veil.height() >= size.height():
            plate = QRectF(QPointF(0, 0), size)
            plate.moveCenter(veil.center())
            painter.fillRect(plate, QColor(theme.card))
            painter.setFont(font)
            painter.setPen(QColor(theme.muted))
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, PADDING)
            return


def hatching(rect: QRectF, spacing: float) -> Array:
    """Return lines at 45° that fill a rectangle and end at its sides, (lines, 4): x, y, x, y.

    They lie on one grid for the whole picture, so that the hatching of neighbours goes on.
    """
    left, top, right, bottom = rect.left(), rect.top(), rect.right(), rect.bottom()
    step = spacing * np.sqrt(2.0)
    sums = np.arange(np.ceil((left + top) / step), np.floor((right + bottom) / step) + 1) * step  # x + y on a line
    start, end = np.maximum(left, sums - bottom), np.minimum(right, sums - top)
    return np.stack([start, sums - start, end, sums - end], axis=1)
