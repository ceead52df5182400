"""Where the panels of a training stand, with words above them and axes beside and below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from rnnviz.core.activations import Array
from rnnviz.views.axes import Kind, labels, paint_grid, paint_left_axis, ticks
from rnnviz.views.fonts import ui_font
from rnnviz.views.plots._training_curves import Chart
from rnnviz.views.theme import Theme

_LEFT, _RIGHT, _FOOT = 46, 20, 24  # px around a panel: its values, a margin, the updates
_LINE, _GAP = 15, 8  # px of a line of the head; between the head and the panel
_TWO_BY_TWO = 520  # px of width from which four panels stand two by two
_LOW, _LEAST_TWO = 85, 320  # px of height for each below which they do so already from this width on
_LEAST = 34  # px of height that legends leave to a panel
_SWATCH = 16  # px from a colour of the legend to its words


@dataclass(frozen=True, slots=True, eq=False)
class TrainingPanel:
    """A panel in its place.

    Attributes:
        chart: what it shows.
        rect: where its values are drawn.
        first, last: the ends of the axis of updates; exponents on a logarithmic one.
        legend: where each entry of the legend begins: its baseline.
        has_updates: whether updates stand below it.
    """

    chart: Chart
    rect: QRectF
    first: float
    last: float
    is_log: bool
    legend: tuple[QPointF, ...]
    has_updates: bool

    def x(self, updates: ArrayLike) -> Array:
        """Return the horizontal place of an update; what comes before the first is at the first."""
        values = np.asarray(updates, dtype=np.float64)
        if self.is_log:
            values = np.log10(np.maximum(values, 1.0))
        return np.asarray(self.rect.left() + (values - self.first) / (self.last - self.first) * self.rect.width())

    def update_at(self, x: float) -> float:
        """Return the update at a horizontal place."""
        value = self.first + (x - self.rect.left()) / self.rect.width() * (self.last - self.first)
        return float(10.0 ** min(value, 300.0)) if self.is_log else value

    def y(self, values: ArrayLike) -> Array:
        """Return the vertical place of a value, kept near the panel; nan where it has none."""
        given, low, high = np.asarray(values, dtype=np.float64), self.chart.low, self.chart.high
        with np.errstate(all="ignore"):
            if self.chart.is_log:
                given = np.log10(given)
            part = np.clip((given - low) / (high - low), -1.0, 2.0)
        return np.asarray(self.rect.bottom() - np.where(np.isfinite(given), part, np.nan) * self.rect.height())


def arrange(
    theme: Theme, rect: QRectF, charts: Sequence[Chart], axis: tuple[float, float], *, is_log: bool
) -> tuple[TrainingPanel, ...]:
    """Return the panels in their places: one fills the rectangle, four stand two by two or below each other."""
    px = theme.px
    is_low = rect.height() < px(_LOW) * len(charts)
    columns = 2 if len(charts) > 1 and rect.width() >= px(_LEAST_TWO if is_low else _TWO_BY_TWO) else 1
    rows = -(-len(charts) // columns)
    panels = []
    foot = px(_FOOT) if columns == 1 else 0.0  # below the last alone, where they stand below each other
    height = (rect.height() - foot) / rows if columns == 1 else rect.height() / rows
    for number, chart in enumerate(charts):
        row, column = divmod(number, columns)
        place = QRectF(
            rect.left() + column * rect.width() / columns, rect.top() + row * height, rect.width() / columns, height
        )
        has_updates = columns == 2 or row == rows - 1
        if columns == 1 and has_updates:
            place.setHeight(height + foot)
        panels.append(_placed(theme, place, chart, axis, is_log=is_log, has_updates=has_updates))
    return tuple(panels)


def _placed(
    theme: Theme, place: QRectF, chart: Chart, axis: tuple[float, float], *, is_log: bool, has_updates: bool
) -> TrainingPanel:
    px = theme.px
    left, width = place.left() + px(_LEFT), max(place.width() - px(_LEFT + _RIGHT), 1.0)
    foot = px(_FOOT) if has_updates else 0.0
    legend, lines = _legend_places(theme, left, place.top(), width, chart)
    room = place.height() - foot - px(_GAP + _LEAST)
    while lines > 1 and lines * px(_LINE) > room:  # a curve is more than its name
        lines -= 1
    legend = tuple(at for at in legend if at.y() < place.top() + lines * px(_LINE))
    head = lines * px(_LINE) + px(_GAP)
    inner = QRectF(left, place.top() + head, width, max(place.height() - head - foot, 1.0))
    return TrainingPanel(chart, inner, *axis, is_log, legend, has_updates)


def legend_of(chart: Chart, theme: Theme) -> tuple[tuple[str, str], ...]:
    """Return the entries of a chart's legend, each a colour and words; what is drawn last is named first."""
    level = [] if chart.level is None or not chart.level[1] else [(theme.muted, chart.level[1])]
    return (*((curve.colour, curve.name) for curve in reversed(chart.curves)), *level)


def _legend_places(
    theme: Theme, left: float, top: float, width: float, chart: Chart
) -> tuple[tuple[QPointF, ...], int]:
    """Return where the entries of the legend begin, flowing on behind the caption, and the number of lines."""
    px, metrics = theme.px, QFontMetricsF(ui_font(theme.px(11)))
    x, line = left + metrics.horizontalAdvance(chart.caption) + px(14), 0
    places = []
    for _, words in legend_of(chart, theme):
        needed = px(_SWATCH) + metrics.horizontalAdvance(words)
        if x + needed > left + width and x > left:
            x, line = left, line + 1
        places.append(QPointF(x, top + line * px(_LINE) + px(11)))
        x += needed + px(12)
    return tuple(places), line + 1


def paint_frame(painter: QPainter, theme: Theme, panel: TrainingPanel) -> None:
    """Paint the caption, the legend, the grid and the axes of a panel."""
    chart, rect, px = panel.chart, panel.rect, theme.px
    kind: Kind = "log" if chart.is_log else "linear"
    beside = QRectF(rect.left() - px(_LEFT), rect.top(), px(_LEFT), rect.height())
    paint_left_axis(painter, theme, beside, kind, chart.low, chart.high)
    paint_grid(painter, theme, rect, kind, chart.low, chart.high)
    if panel.has_updates:
        _paint_updates(painter, theme, panel)
    painter.setFont(ui_font(px(11)))
    painter.setPen(QColor(theme.text))
    top = panel.legend[0].y() if panel.legend else rect.top() - px(_GAP + 4)
    metrics = QFontMetricsF(painter.font())
    caption = metrics.elidedText(chart.caption, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(QPointF(rect.left(), top), caption)
    for at, (colour, words) in zip(panel.legend, legend_of(chart, theme), strict=False):
        for part in _swatch(words, chart):
            painter.fillRect(QRectF(at.x() + px(part.x()), at.y() - px(5.5), px(part.y()), px(3)), QColor(colour))
        painter.setPen(QColor(theme.muted))
        painter.drawText(QPointF(at.x() + px(_SWATCH), at.y()), words)


def _swatch(words: str, chart: Chart) -> tuple[QPointF, ...]:
    """Return where the strokes of an entry of the legend begin, and how long they are: those of a line are dashed."""
    is_level = chart.level is not None and words == chart.level[1]
    return (QPointF(0, 4), QPointF(7, 4)) if is_level else (QPointF(0, 11),)


def _paint_updates(painter: QPainter, theme: Theme, panel: TrainingPanel) -> None:
    """Write the updates below a panel."""
    px, rect = theme.px, panel.rect
    kind: Kind = "log" if panel.is_log else "time"
    values = ticks(theme, kind, panel.first, panel.last, rect.width() * (0.4 if panel.is_log else 1.0))
    flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextDontClip
    painter.setFont(ui_font(px(11)))
    painter.setPen(QColor(theme.muted))
    words = labels("log", values) if panel.is_log else [f"{round(value):,}" for value in values]
    for value, text in zip(values, words, strict=True):
        x = rect.left() + (value - panel.first) / (panel.last - panel.first) * rect.width()
        painter.drawText(QRectF(x - px(30), rect.bottom() + px(5), px(60), px(16)), flags, text)
