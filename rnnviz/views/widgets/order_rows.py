"""One row for each order of a sequence: what was fed in, the answers over time, and two answers side by side."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from rnnviz.document.document import Document
from rnnviz.document.order import ORDERS, Answer, Comparison
from rnnviz.document.text import symbol_label
from rnnviz.document.values import Array
from rnnviz.views.axes import finite_extent
from rnnviz.views.fonts import number, scientific, ui_font
from rnnviz.views.marks import draw_bars, draw_curves
from rnnviz.views.theme import Theme

_ROW, _HEAD = 84, 24  # px
_MOST_OUTPUTS = 3  # that are written out
_LEAST_LETTER = 4  # px a step: with less, letters of a text are bars
_COLUMNS = (("order", 0.0), ("y over time, with the input below", 0.16), ("network", 0.55), ("order-blind", 0.78))


class OrderRows(QWidget):
    """A row for each order; the chosen one stands on a plate.

    Signals:
        chosen(str): the user clicked on a row; its key in `ORDERS`.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._choice = theme, "original"
        self._comparison: Comparison | None = None
        self._document: Document | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Answers to each order")

    @property
    def lines(self) -> tuple[str, ...]:
        """What the rows say, in words: order, the network's answer, the baseline's."""
        comparison = self._comparison
        if comparison is None:
            return ()
        return tuple(
            f"{title}: network {' '.join(self.words(comparison.network[key]))}, "
            f"order-blind {' '.join(self.words(comparison.baseline[key]))}"
            for key, title in ORDERS.items()
        )

    def words(self, answer: Answer) -> tuple[str, str]:
        """Return an answer and its loss as they are written: the likeliest symbol, or the first few outputs."""
        vocabulary = None if self._document is None else self._document.input.vocabulary
        if vocabulary is not None and len(vocabulary) == len(answer.y) and np.isfinite(answer.y).all():
            best = int(answer.y.argmax())
            shown = f"“{symbol_label(vocabulary[best])}” {number(float(answer.y[best]), 4)}"
        else:
            numbers = [_short(value) for value in answer.y[:_MOST_OUTPUTS].tolist()]
            shown = ", ".join(numbers) + (" …" if len(answer.y) > _MOST_OUTPUTS else "")
        return shown, f"loss {scientific(answer.loss, 3)}"

    def show_comparison(self, document: Document, comparison: Comparison) -> None:
        """Show other answers."""
        self._document, self._comparison = document, comparison
        self.setAccessibleDescription("; ".join(self.lines))
        self.update()

    def choose(self, order: str) -> None:
        """Put another row on the plate."""
        self._choice = order
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    # Where things are

    def _row(self, place: int) -> QRectF:
        px = self._theme.px
        height = (self.height() - px(_HEAD)) / len(ORDERS)
        return QRectF(0.5, px(_HEAD) + place * height, self.width() - 1, height).adjusted(0, px(2), 0, -px(2))

    def _column(self, place: int, row: QRectF) -> QRectF:
        ends = [*(start for _, start in _COLUMNS), 1.0]
        left, right = (row.left() + end * row.width() for end in ends[place : place + 2])
        return QRectF(left, row.top(), right - left, row.height()).adjusted(self._theme.px(10), 0, 0, 0)

    # Painting

    def _paint_heads(self, painter: QPainter) -> None:
        px = self._theme.px
        font = ui_font(px(11))
        painter.setFont(font)
        painter.setPen(QColor(self._theme.muted))
        t = None if self._comparison is None else self._comparison.network["original"].t
        for place, (title, _) in enumerate(_COLUMNS):
            column = self._column(place, QRectF(0, 0, self.width(), px(_HEAD)))
            words = f"{title}, y at t = {t}" if title == "network" and t is not None else title
            words = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, column.width())
            painter.drawText(column, Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_row(self, painter: QPainter, place: int, key: str, comparison: Comparison) -> None:
        theme, px, row = self._theme, self._theme.px, self._row(place)
        is_chosen = key == self._choice
        painter.setPen(QPen(QColor(theme.accent if is_chosen else theme.border), 1))
        painter.setBrush(QColor(theme.card))
        painter.drawRoundedRect(row, px(6), px(6))
        painter.setFont(ui_font(px(12.5), QFont.Weight.DemiBold))
        painter.setPen(QColor(theme.text))
        painter.drawText(self._column(0, row), Qt.AlignmentFlag.AlignVCenter, ORDERS[key])
        self._paint_course(painter, self._column(1, row).adjusted(0, px(8), -px(10), -px(6)), key, comparison)
        for column, answer in ((2, comparison.network[key]), (3, comparison.baseline[key])):
            self._paint_answer(painter, self._column(column, row), answer)

    def _paint_answer(self, painter: QPainter, rect: QRectF, answer: Answer) -> None:
        px = self._theme.px
        middle = rect.center().y()
        for words, size, weight, colour, y in zip(
            self.words(answer),
            (14, 11.5),
            (QFont.Weight.DemiBold, QFont.Weight.Normal),
            (self._theme.text, self._theme.muted),
            (middle - px(1), middle + px(16)),
            strict=True,
        ):
            font = ui_font(px(size), weight)
            painter.setFont(font)
            painter.setPen(QColor(colour))
            shown = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, rect.width() - px(4))
            painter.drawText(QPointF(rect.left(), y), shown)

    def _paint_course(self, painter: QPainter, rect: QRectF, key: str, comparison: Comparison) -> None:
        """Paint y over time on one scale for all orders, and below it what is fed in."""
        theme, px = self._theme, self._theme.px
        course, inputs = comparison.network[key].course, comparison.inputs[key]
        upper = QRectF(rect.left(), rect.top(), rect.width(), rect.height() * 0.66)
        lower = QRectF(rect.left(), upper.bottom() + px(6), rect.width(), rect.height() - upper.height() - px(6))
        low, high = _range(np.concatenate([answer.course for answer in comparison.network.values()]))
        t = np.arange(len(course)) + 0.5
        xs = upper.left() + t * upper.width() / len(course)
        with np.errstate(invalid="ignore"):
            ys = upper.bottom() - (course.T - low) / (high - low) * upper.height()
        painter.setPen(QPen(QColor(theme.faint), 1))
        zero = upper.bottom() + low / (high - low) * upper.height()
        painter.drawLine(QPointF(upper.left(), zero), QPointF(upper.right(), zero))
        one = len(ys) == 1
        colours = [QColor(theme.output) if one else theme.unit_colour(k) for k in range(len(ys))]
        draw_curves(painter, xs, ys, colours, px(1.6))
        if np.isfinite(last := ys[:, comparison.network[key].t - 1]).all():
            painter.setPen(Qt.PenStyle.NoPen)
            for y, colour in zip(last.tolist(), colours, strict=True):
                painter.setBrush(colour)
                painter.drawEllipse(QPointF(float(xs[comparison.network[key].t - 1]), y), px(3), px(3))
        self._paint_inputs(painter, lower, inputs, xs)

    def _paint_inputs(self, painter: QPainter, rect: QRectF, inputs: Array, xs: Array) -> None:
        assert self._document is not None
        vocabulary, step = self._document.input.vocabulary, rect.width() / len(inputs)
        if vocabulary is not None and step >= _LEAST_LETTER:
            size = min(self._theme.px(12), step * 1.4)
            painter.setFont(ui_font(size))
            painter.setPen(QColor(self._theme.input))
            for x, symbol in zip(xs.tolist(), inputs.argmax(axis=1).tolist(), strict=True):
                place = QRectF(x - step, rect.top(), 2 * step, rect.height())
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, symbol_label(vocabulary[symbol]))
            return
        shown = inputs if vocabulary is None else inputs.argmax(axis=1)[:, None].astype(np.float64)
        low, high = _range(shown)
        base = rect.bottom() + low / (high - low) * rect.height()
        tops = rect.bottom() - (shown.T - low) / (high - low) * rect.height()
        if len(tops) == 1:
            width = max(step * 0.72, 1.0)
            draw_bars(painter, xs - width / 2, width, base, tops[0], [self._theme.feature_colour(0)])
        else:
            draw_curves(painter, xs, tops, [self._theme.feature_colour(k) for k in range(len(tops))], 1.0)

    # Qt

    def sizeHint(self) -> QSize:
        px = self._theme.px
        return QSize(round(px(700)), round(px(_HEAD + len(ORDERS) * _ROW)))

    def minimumSizeHint(self) -> QSize:
        px = self._theme.px
        return QSize(round(px(420)), round(px(_HEAD + len(ORDERS) * 56)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for place, key in enumerate(ORDERS):
            if self._row(place).contains(event.position()):
                self.chosen.emit(key)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_heads(painter)
            if self._comparison is not None:
                for place, key in enumerate(ORDERS):
                    self._paint_row(painter, place, key, self._comparison)


def _range(values: Array) -> tuple[float, float]:
    """Return a range that holds 0 and every finite value."""
    finite = values[np.isfinite(values)]
    low, high = min(float(finite.min(initial=0.0)), 0.0), max(float(finite.max(initial=0.0)), 0.0)
    return (low, high) if high > low and math.isfinite(high - low) else (-1.0, max(finite_extent(finite), 1.0))


def _short(value: float) -> str:
    return scientific(value, 4) if abs(value) >= 1e4 or 0 < abs(value) < 1e-3 else number(value, 4)
