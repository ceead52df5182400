"""The same task, learned by every kind of cell: loss over updates, and reach of the gradient, side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnviz.core.activations import Array
from rnnviz.document.cell_comparison import CellResult
from rnnviz.views.axes import Kind, decades, paint_grid, paint_left_axis, ticks
from rnnviz.views.cell_choices import CELL_TITLES
from rnnviz.views.colours import mixed
from rnnviz.views.fonts import scientific, ui_font
from rnnviz.views.marks import draw_bars, draw_curves
from rnnviz.views.plots._training_curves import thinned
from rnnviz.views.reach_words import reach_in_words
from rnnviz.views.theme import Theme

_LEFT, _GAP, _HEAD, _CAPTION, _FOOT = 44, 18, 58, 24, 26  # px
_WAITS = "waits for its turn"
_MOST_DECADES = 12.0


class CellsPicture(QWidget):
    """A column for each kind of cell: above the loss, below the gradient, each row on one scale."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._cells: tuple[str, ...] = ()
        self._results: dict[str, CellResult] = {}
        self._updates = 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Loss and gradient reach of each cell")

    @property
    def results(self) -> dict[str, CellResult]:
        """What is drawn, by cell."""
        return self._results

    def show_results(self, cells: Sequence[str], results: Sequence[CellResult], updates: int) -> None:
        """Draw what there is by now; ``cells`` are those that are trained, each for so many updates."""
        self._cells, self._updates = tuple(cells), max(updates, 1)
        self._results = {result.cell: result for result in results}
        self.setAccessibleDescription(
            "; ".join(f"{CELL_TITLES[r.cell]}: {', '.join(result_words(r))}" for r in results)
        )
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(self._theme.px(900)), round(self._theme.px(430)))

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self._theme.px(540)), round(self._theme.px(280)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        px, count = self._theme.px, max(len(self._cells), 1)
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._theme.canvas))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            width = (self.width() - px(_GAP) * (count - 1)) / count
            for number, cell in enumerate(self._cells):
                place = QRectF(number * (width + px(_GAP)), 0, width, self.height())
                self._paint_cell(painter, place, cell)

    def _paint_cell(self, painter: QPainter, place: QRectF, cell: str) -> None:
        px, theme = self._theme.px, self._theme
        result = self._results.get(cell)
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.setBrush(QColor(theme.card))
        painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), px(6), px(6))
        inner = place.adjusted(px(12), px(8), -px(12), -px(6))
        self._paint_head(painter, inner, cell, result)
        top = inner.top() + px(_HEAD)
        height = (inner.bottom() - top - 2 * px(_CAPTION + _FOOT)) / 2
        left, right = inner.left() + px(_LEFT) - px(8), inner.right()
        loss = QRectF(left, top + px(_CAPTION), right - left, height)
        reach = loss.translated(0, height + px(_CAPTION + _FOOT))
        self._paint_losses(painter, loss, result)
        self._paint_reach(painter, reach, result)

    def _paint_head(self, painter: QPainter, place: QRectF, cell: str, result: CellResult | None) -> None:
        px, theme = self._theme.px, self._theme
        title = ui_font(px(14), QFont.Weight.DemiBold)
        painter.setFont(title)
        painter.setPen(QColor(theme.text))
        painter.drawText(QPointF(place.left(), place.top() + px(14)), CELL_TITLES[cell])
        used = QFontMetricsF(title).horizontalAdvance(CELL_TITLES[cell]) + px(10)
        painter.setFont(ui_font(px(11.5)))
        painter.setPen(QColor(theme.muted))
        size = "" if result is None else f"{result.units} units, {result.parameters:,} parameters"
        painter.drawText(QPointF(place.left() + used, place.top() + px(14)), size)
        painter.setPen(QColor(theme.text if result is not None else theme.muted))
        lines = (_WAITS,) if result is None else result_words(result)
        for number, words in enumerate(lines):
            shown = QFontMetricsF(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(QPointF(place.left(), place.top() + px(34 + 16 * number)), shown)

    def _paint_losses(self, painter: QPainter, rect: QRectF, result: CellResult | None) -> None:
        found = [np.concatenate([r.loss, r.held_out]) for r in self._results.values()]
        low, high = _exponents(found)
        legend = ((self._theme.units[5], "held-out"), (self._theme.units[0], "each update"))
        self._paint_axes(painter, rect, "loss", legend, (low, high), (0.0, float(self._updates)))
        if result is None:
            return
        theme, px = self._theme, self._theme.px
        updates = np.arange(1, len(result.loss) + 1, dtype=np.float64)
        lines = (
            (updates, result.loss, theme.units[0], 1.3),
            (result.measured, result.held_out, theme.units[5], 2.2),
        )
        painter.save()
        painter.setClipRect(rect.adjusted(-1, -1, 1, 1))
        for at, values, colour, width in lines:
            if len(values):
                xs = rect.left() + at / self._updates * rect.width()
                xs, ys = thinned(xs, _heights(values, low, high, rect))
                draw_curves(painter, xs, ys[None], [QColor(colour)], px(width) * theme.line_px)
        painter.restore()

    def _paint_reach(self, painter: QPainter, rect: QRectF, result: CellResult | None) -> None:
        found = [r.reach_after.norms for r in self._results.values()]
        low, high = decades(np.concatenate(found)) if found else (-3.0, 0.0)
        low = max(low, high - _MOST_DECADES)
        last = max((len(norms) - 1 for norms in found), default=1)
        theme = self._theme
        before = mixed(theme.card, theme.muted, 0.8).name()
        legend = ((theme.gradient, "trained"), (before, "before"))
        self._paint_axes(painter, rect, "‖∂L/∂hₜ‖ over t", legend, (low, high), (-0.5, last + 0.5))
        if result is None:
            return
        step = rect.width() / (last + 1)
        t = np.arange(last + 1, dtype=np.float64)
        painter.save()
        painter.setClipRect(rect.adjusted(-1, -1, 1, 1))
        tops = _heights(result.reach_after.norms, low, high, rect)
        draw_bars(
            painter,
            np.asarray(rect.left() + (t + 0.12) * step),
            0.76 * step,
            rect.bottom(),
            tops,
            [QColor(theme.gradient)],
        )
        ys = _heights(result.reach_before.norms, low, high, rect)
        draw_curves(painter, np.asarray(rect.left() + (t + 0.5) * step), ys[None], [QColor(before)], theme.px(1.6))
        painter.restore()

    def _paint_axes(
        self,
        painter: QPainter,
        rect: QRectF,
        caption: str,
        legend: tuple[tuple[str, str], ...],
        values: tuple[float, float],
        along: tuple[float, float],
    ) -> None:
        px, theme = self._theme.px, self._theme
        kind: Kind = "log"
        beside = QRectF(rect.left() - px(_LEFT), rect.top(), px(_LEFT), rect.height())
        paint_left_axis(painter, theme, beside, kind, *values)
        paint_grid(painter, theme, rect, kind, *values)
        painter.setFont(ui_font(px(11)))
        painter.setPen(QColor(theme.muted))
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextDontClip
        for value in ticks(theme, "time", *along, rect.width()):
            x = rect.left() + (value - along[0]) / (along[1] - along[0]) * rect.width()
            painter.drawText(QRectF(x - px(30), rect.bottom() + px(4), px(60), px(16)), flags, f"{round(value):,}")
        baseline, metrics = rect.top() - px(8), QFontMetricsF(painter.font())
        painter.setPen(QColor(theme.text))
        painter.drawText(QPointF(rect.left(), baseline), caption)
        x = rect.right()
        for colour, words in legend:
            x -= metrics.horizontalAdvance(words) + px(26)
            if x < rect.left() + metrics.horizontalAdvance(caption):
                break
            painter.fillRect(QRectF(x + px(10), baseline - px(5.5), px(11), px(3)), QColor(colour))
            painter.setPen(QColor(theme.muted))
            painter.drawText(QPointF(x + px(26), baseline), words)


def result_words(result: CellResult) -> tuple[str, ...]:
    """Return what became of a cell, in two lines: its loss, and how far its gradient reaches; or why it ended."""
    if result.trouble is not None:
        return (result.trouble,)
    first, last = float(result.held_out[0]), float(result.held_out[-1])
    reach = reach_in_words(result.reach_after.reach, len(result.reach_after.norms) - 1)
    return f"held-out loss {scientific(first, 2)} → {scientific(last, 2)}", f"gradient {reach}"


def _exponents(values: Sequence[Array]) -> tuple[float, float]:
    """Return whole exponents that hold all losses."""
    joined = np.concatenate(values) if values else np.empty(0)
    joined = joined[np.isfinite(joined) & (joined > 0)]
    if len(joined) == 0:
        return -2.0, 1.0
    high = math.ceil(math.log10(joined.max()))
    return float(max(math.floor(math.log10(joined.min())), high - _MOST_DECADES)), float(high)


def _heights(values: Array, low: float, high: float, rect: QRectF) -> Array:
    """Return where values stand on a logarithmic axis, in pixels; nan where they have no place, kept near it."""
    with np.errstate(all="ignore"):
        part = (np.log10(values) - low) / (high - low)
    return np.asarray(rect.bottom() - np.where(np.isfinite(part), np.clip(part, -0.2, 1.2), np.nan) * rect.height())
