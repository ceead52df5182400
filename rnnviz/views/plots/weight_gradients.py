"""The gradient of one matrix of weights, and the time steps that the gradient of one weight comes from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPen

from rnnviz.core.activations import Array
from rnnviz.core.cells import CELLS
from rnnviz.document.document import READOUT, Place
from rnnviz.document.runs import weight_credit
from rnnviz.views.axes import finite_extent
from rnnviz.views.colours import readable_on, signed_colour, signed_colours
from rnnviz.views.fonts import scientific, ui_font
from rnnviz.views.marks import draw_bars, draw_heat_map
from rnnviz.views.plots._base import PlotSpec
from rnnviz.views.plots._split import SplitPlot
from rnnviz.views.plots._time import Panel, PanelSpec
from rnnviz.views.steps import rounded_limit

Entry = tuple[Place, int, int]

_BROADEST = 3.4  # heights of a cell
_TALLEST = 34  # px
_WRITTEN_CELLS = 400
_SMALLEST, _LARGEST = 1e-300, 8e307  # a range is finite, and so is its reciprocal


class WeightGradientsPlot(SplitPlot):
    """∂L/∂W of the selected weight's matrix, and what each step adds to the gradient of that weight."""

    spec = PlotSpec(
        key="weight-gradients",
        title="Weight gradients ∂L/∂W",
        look_at="which steps the gradient of a weight comes from",
        meaning="Above, ∂L/∂W for every entry of the matrix in which a weight was last touched, else of W_hh. Below, "
        "what each step adds to ∂L/∂w of the framed weight: ∂L/∂a_t[i] · h_{t−1}[j] for a recurrent weight (of the "
        "GRU's candidate r_t times that), ∂L/∂a_t[i] · x_t[j] for an input weight, ∂L/∂a_t[i] for a bias, "
        "∂ℓ_t/∂y_t[i] · h_t[j] before the readout's activation. The bars have signs and add up to the gradient, so "
        "steps may cancel out. Orange is positive, blue negative. Click an entry to frame it.",
        area="middle",
        order=34,
        height=5,
        shown=False,
        comes="whole",
        one_of=("sequence",),
    )
    time_share = 0.52
    time_first = False

    @property
    def entry(self) -> Entry:
        """The framed weight: the one last touched, or the selected unit's own in the first recurrent matrix."""
        assert self.frame is not None
        chosen = self.selection.entry
        if chosen is not None and chosen[0].name in self._gradients(chosen[0].layer):
            return chosen
        layer, unit = self.selection.layer, self.selection.unit
        return Place(layer, f"W_h{CELLS[self.frame.document.layers[layer].cell].blocks[0]}"), unit, unit

    def matrix(self) -> Array:
        """Return ∂L/∂W of all sequences together, (rows, columns); of a vector one column."""
        place = self.entry[0]
        values = self._gradients(place.layer)[place.name]
        return values.reshape(len(values), -1)

    def values(self) -> Array:
        """Return what each real step t = 1…T of the selected sequence adds to the framed weight's gradient."""
        return self._credit

    def _gradients(self, layer: int) -> dict[str, Array]:
        assert self.frame is not None
        if layer == READOUT:
            return dict(self.frame.readout_gradients)
        return dict(self.frame.layers[layer].weight_gradients)

    def frame_shown(self) -> None:
        assert self.frame is not None
        self._credit = weight_credit(self.frame, self.selection.sample, *self.entry)
        with np.errstate(over="ignore", invalid="ignore"):
            self._sum = float(self._credit.sum())
        limit = _limit(self.matrix())
        _, self._limit = self.scale("gradient", -limit, limit)

    def remark(self) -> str:
        _, row, column = self.entry
        return f"∂L/∂{self._name()} = {scientific(float(self.matrix()[row, column]), 4)}"

    def _name(self) -> str:
        assert self.frame is not None
        place, row, column = self.entry
        layer = f" of layer {place.layer + 1}" if place.layer != READOUT and len(self.frame.layers) > 1 else ""
        is_vector = self._gradients(place.layer)[place.name].ndim == 1
        return f"{place.name}[{row + 1}]{layer}" if is_vector else f"{place.name}[{row + 1}, {column + 1}]{layer}"

    # Over time

    def panel_specs(self) -> tuple[PanelSpec, ...]:
        assert self.frame is not None
        limit = _limit(self._credit)
        with np.errstate(invalid="ignore"):
            low, high = (-limit * bool((self._credit < 0).any()), limit * bool((self._credit > 0).any()))
        words = "this sequence's steps add up to" if self.frame.document.batch > 1 else "the steps add up to"
        total = f"{words} {scientific(self._sum, 4)}" if np.isfinite(self._sum) else "the steps overflow"
        caption = f"{self._name()}: {total}"
        return (PanelSpec(*self.scale("credit", low, high if high > low else limit), caption=caption),)

    def paint_panel(self, painter: QPainter, panel: Panel, number: int) -> None:  # noqa: ARG002
        t = np.arange(1.0, len(self._credit) + 1)
        width = max(min(panel.step, self.theme.px(34)) * 0.76, 1.0)
        base = float(panel.y(0.0))
        with np.errstate(invalid="ignore"):
            signs = ((self._credit > 0, self.theme.positive), (self._credit < 0, self.theme.negative))
        for chosen, colour in signs:
            tops = panel.y(np.where(chosen & np.isfinite(self._credit), self._credit, np.nan))
            draw_bars(painter, panel.x(t) - width / 2, width, base, tops, [QColor(colour)])
        self.mark_overflow(painter, panel, t[~np.isfinite(self._credit)])

    def describe_step(self, t: int) -> str:
        if t == 0:
            return f"t = 0: no step leads here\n\n{self.spec.meaning}"
        added = scientific(float(self._credit[t - 1]), 6)
        return f"t = {t} adds {added} to ∂L/∂{self._name()}\n\n{self.spec.meaning}"

    # The matrix

    def cells(self, rect: QRectF) -> QRectF:
        """Return where the entries of the matrix are drawn; empty where there is no room."""
        px, part = self.theme.px, self.other_part(rect)
        room = part.adjusted(self.left_margin(), px(36), -px(14), -px(6))
        if room.width() < px(40) or room.height() < px(20):
            return QRectF()
        rows, columns = self.matrix().shape
        height = min(room.height() / rows, px(_TALLEST))
        width = min(room.width() / columns, _BROADEST * height)
        return QRectF(room.left(), room.top(), columns * width, rows * height)

    def place_of(self, rect: QRectF, row: int, column: int) -> QRectF:
        """Return where one entry is."""
        cells, (rows, columns) = self.cells(rect), self.matrix().shape
        width, height = cells.width() / columns, cells.height() / rows
        return QRectF(cells.left() + column * width, cells.top() + row * height, width, height)

    def entry_at(self, position: QPointF, rect: QRectF) -> Entry | None:
        """Return the entry at a position."""
        cells, (rows, columns) = self.cells(rect), self.matrix().shape
        if not cells.contains(position):
            return None
        row = int((position.y() - cells.top()) / cells.height() * rows)
        column = int((position.x() - cells.left()) / cells.width() * columns)
        return self.entry[0], min(row, rows - 1), min(column, columns - 1)

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        super().paint_ground(painter, rect)
        cells = self.cells(rect)
        if cells.isEmpty():
            return
        self._paint_matrix_head(painter, rect, cells)
        draw_heat_map(painter, cells, signed_colours(self.theme, self.matrix(), self._limit))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.theme.border), 1.0))
        painter.drawRect(cells)
        self._write_numbers(painter, rect)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.theme.text), self.theme.px(1.8)))
        least = self.theme.px(5)
        place = self.place_of(rect, *self.entry[1:])
        grown = QRectF(0, 0, max(place.width(), least), max(place.height(), least))
        grown.moveCenter(place.center())
        painter.drawRect(grown)

    def _paint_matrix_head(self, painter: QPainter, rect: QRectF, cells: QRectF) -> None:
        px, (rows, columns) = self.theme.px, self.matrix().shape
        ends = ((self.theme.negative, -self._limit), (self.theme.neutral, 0.0), (self.theme.positive, self._limit))
        legend = tuple((colour, scientific(value)) for colour, value in ends)
        name = self.entry[0].name
        head = PanelSpec(0, 1, caption=f"∂L/∂{name}   {rows} × {columns}", legend=legend)
        place = QRectF(cells.left(), cells.top() - px(14), rect.right() - px(14) - cells.left(), cells.height())
        self._paint_head(painter, Panel(head, place, 0.0, 1.0, place))
        painter.setFont(ui_font(self.theme.words(10)))
        painter.setPen(QColor(self.theme.muted))
        first = self.place_of(rect, 0, 0)
        if first.height() >= px(10):
            for row in range(rows):
                at = self.place_of(rect, row, 0)
                beside = QRectF(rect.left(), at.top(), at.left() - px(6) - rect.left(), at.height())
                painter.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{row + 1}")
        if first.width() >= px(20):
            for column in range(columns):
                above = self.place_of(rect, 0, column).translated(0, -px(14))
                above.setHeight(px(13))
                painter.drawText(above, Qt.AlignmentFlag.AlignCenter, f"{column + 1}")

    def _write_numbers(self, painter: QPainter, rect: QRectF) -> None:
        """Write the entries into their cells, where all of them fit."""
        px, matrix, first = self.theme.px, self.matrix(), self.place_of(rect, 0, 0)
        if matrix.size > _WRITTEN_CELLS:
            return
        words = [[scientific(value) for value in row] for row in matrix.tolist()]
        metrics = QFontMetricsF(ui_font(px(11)))
        widest = max(metrics.horizontalAdvance(text) for row in words for text in row)
        size = min(px(11), 0.66 * first.height(), px(11) * (first.width() - px(6)) / widest)
        if size < self.theme.words(7.5):
            return
        painter.setFont(ui_font(size))
        for row, column in np.ndindex(*matrix.shape):
            value = float(matrix[row, column])
            ground = signed_colour(self.theme, value, self._limit) if np.isfinite(value) else QColor(self.theme.card)
            painter.setPen(readable_on(ground))
            painter.drawText(self.place_of(rect, row, column), Qt.AlignmentFlag.AlignCenter, words[row][column])

    # The pointer

    def describe(self, position: QPointF, rect: QRectF) -> str:
        if not self.other_part(rect).contains(position):
            return super().describe(position, rect)
        entry = self.entry_at(position, rect)
        if entry is None:
            return self.spec.meaning
        place, row, column = entry
        value = scientific(float(self.matrix()[row, column]), 6)
        return f"∂L/∂{place.name}[{row + 1}, {column + 1}] = {value}\n\n{self.spec.meaning}"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        entry = None if self.frame is None else self.entry_at(event.position(), QRectF(self.rect()))
        if entry is not None and event.button() == Qt.MouseButton.LeftButton:
            self.selection_requested.emit(replace(self.selection, entry=entry))
        else:
            super().mousePressEvent(event)


def _limit(values: Array) -> float:
    """Return a round number not below any |value|; 1 where all are 0."""
    extent = finite_extent(values)
    return min(rounded_limit(extent if extent > _SMALLEST else 0.0), _LARGEST)


PLOT = WeightGradientsPlot
