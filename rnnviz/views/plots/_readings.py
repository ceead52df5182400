"""Numbers with names beside or below a square picture, wherever that leaves the largest square."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from rnnviz.views.fonts import number, scientific, ui_font
from rnnviz.views.theme import Theme

OVERFLOW, NO_STEP = "overflow", "—"
_UNREADABLE, _LONG, _VERY_LONG = 0.0005, 999.9995, 99999.5  # where a number needs another form

Words = Literal["full", "short"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A number beside the picture.

    Attributes:
        words, short: what it is called where there is room, and where there is little.
        value: None where there is no such number; nan or inf where it overflows.
        meaning: for the tooltip.
    """

    words: str
    short: str
    value: float | None
    meaning: str

    @property
    def text(self) -> str:
        """What is drawn."""
        if self.value is None:
            return NO_STEP
        if not np.isfinite(self.value):
            return OVERFLOW
        if 0 < self.value < _UNREADABLE:
            return "<0.001"
        if self.value >= _VERY_LONG:
            return scientific(self.value)
        return number(self.value, 3 if self.value < _LONG else 0)

    def label(self, words: Words) -> str:
        """Return what it is called."""
        return self.words if words == "full" else self.short


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things are: the square of the picture, and a place for each reading."""

    square: QRectF
    rows: tuple[QRectF, ...]
    words: Words


def arrange(theme: Theme, area: QRectF, readings: Sequence[Reading], texts: Sequence[str]) -> Layout:
    """Return the arrangement with the largest square: numbers beside or below it, with longest names.

    ``texts`` are the widest that will be written: so a number that changes moves nothing.
    """
    rows = len(readings)
    side = max(min(area.width(), area.height()), 1.0)
    alone = Layout(_square(area.center().x(), area.center().y(), side), (), "short")
    found = [(0.3 * side, alone)]
    worths: dict[Words, float] = {"full": 1.0, "short": 0.6}
    for words, worth in worths.items():
        width = _column_width(theme, readings, texts, words)
        for layout in (_beside(theme, area, width, rows, words), _below(theme, area, width, rows, words)):
            if layout is not None:
                found.append((worth * layout.square.width(), layout))
    return max(found, key=_worth)[1]


def paint_label(painter: QPainter, theme: Theme, row: QRectF, words: str) -> None:
    """Write what a number is called into its row."""
    painter.setFont(_fonts(theme)[0])
    painter.setPen(QColor(theme.muted))
    painter.drawText(row, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)


def paint_value(painter: QPainter, theme: Theme, row: QRectF, reading: Reading) -> None:
    """Write a number into its row."""
    overflow = reading.text == OVERFLOW
    painter.setFont(ui_font(theme.words(10)) if overflow else _fonts(theme)[1])
    painter.setPen(QColor(theme.warning if overflow else theme.text))
    painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, reading.text)


def _worth(found: tuple[float, Layout]) -> float:
    return found[0]


def _fonts(theme: Theme) -> tuple[QFont, QFont]:
    return ui_font(theme.px(12)), ui_font(theme.px(14), QFont.Weight.DemiBold)


def _column_width(theme: Theme, readings: Sequence[Reading], texts: Sequence[str], words: Words) -> float:
    labels, values = map(QFontMetricsF, _fonts(theme))
    widest = max(labels.horizontalAdvance(reading.label(words)) for reading in readings)
    return widest + theme.px(14) + max(values.horizontalAdvance(text) for text in texts)


def _beside(theme: Theme, area: QRectF, width: float, rows: int, words: Words) -> Layout | None:
    px = theme.px
    side, pitch = min(area.height(), area.width() - width - px(16)), min(px(34), area.height() / rows)
    if side < px(24) or pitch < px(15):
        return None
    gap = px(16) + min(area.width() - width - px(16) - side, px(32))
    left = area.left() + (area.width() - side - gap - width) / 2
    first = QRectF(left + side + gap, area.center().y() - rows * pitch / 2, width, pitch)
    return Layout(_square(left + side / 2, area.center().y(), side), _downwards(first, rows), words)


def _below(theme: Theme, area: QRectF, width: float, rows: int, words: Words) -> Layout | None:
    px, pitch = theme.px, theme.px(21)
    side = min(area.width(), area.height() - rows * pitch - px(8))
    if side < px(24) or width > area.width():
        return None
    top = area.top() + (area.height() - side - rows * pitch - px(8)) / 2
    first = QRectF(area.center().x() - width / 2, top + side + px(8), width, pitch)
    return Layout(_square(area.center().x(), top + side / 2, side), _downwards(first, rows), words)


def _square(x: float, y: float, side: float) -> QRectF:
    return QRectF(x - side / 2, y - side / 2, side, side)


def _downwards(first: QRectF, count: int) -> tuple[QRectF, ...]:
    return tuple(first.translated(0, row * first.height()) for row in range(count))
