"""The state that the cell carries, and how the selected unit's comes about at the cursor."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from rnnviz.core.activations import Array
from rnnviz.core.cells import CELLS
from rnnviz.document.links import Focus, Gate, Role, Spot, Step, Unit
from rnnviz.views.axes import finite_extent, paint_grid, paint_left_axis
from rnnviz.views.colours import mixed, signed_colours
from rnnviz.views.fonts import number as shown
from rnnviz.views.fonts import scientific, ui_font
from rnnviz.views.formula import draw_equation, equation_width
from rnnviz.views.lights import outline
from rnnviz.views.marks import curve_lines, draw_curves
from rnnviz.views.plots._base import Ghost, PlotSpec
from rnnviz.views.plots._ghosts import draw_ghost_lines, widened
from rnnviz.views.plots._lit import curve_at, light_curves, light_rows, row_at
from rnnviz.views.plots._sequence import describe_padding
from rnnviz.views.plots._split import SplitPlot
from rnnviz.views.plots._time import Panel, PanelSpec
from rnnviz.views.plots._units import LABELLED_ROWS, paint_unit_map, unit_rows
from rnnviz.views.plots._update import Bar, Kind, update_bars
from rnnviz.views.steps import rounded_limit

_WIDEST_BAR = 46  # px
_ROOM_FOR_WORDS = 62  # px of a column: with less, bars have no numbers
_GREYS: dict[Kind, float] = {"state": 0.85, "scaled": 0.4}
_EQUATIONS = {
    "rnn": "aₜ = W_hh hₜ₋₁ + W_xh xₜ + b_h,  hₜ = φ(aₜ)",
    "lstm": "cₜ = f ⊙ cₜ₋₁ + i ⊙ g,  hₜ = o ⊙ tanh(cₜ)",
    "gru": "hₜ = z ⊙ hₜ₋₁ + (1 − z) ⊙ n",
}


class CellPlot(SplitPlot):
    """c_t of an LSTM, h_t of other cells, over time; and the update of one unit as a waterfall."""

    spec = PlotSpec(
        key="cell",
        title="Cell update",
        look_at="how the state at the cursor is made",
        meaning="Above, what the cell carries from step to step: the cell state c_t of an LSTM (curves, and a heat map "
        "in which orange is positive, blue negative and the neutral colour exactly 0), h_t of other cells. Below, how "
        "the selected unit gets from t − 1 to t, bar by bar. LSTM: c_t = f c_{t−1} + i g, h_t = o tanh c_t. "
        "GRU: h_t = z h_{t−1} + (1 − z) n. Plain: a_t = W_hh h_{t−1} + W_xh x_t + b, h_t = φ(a_t). An orange bar "
        "adds, a blue one takes away. Up and Down choose another unit.",
        area="middle",
        order=24,
        height=5,
        shown=False,
    )
    time_share = 0.52
    time_first = True

    @property
    def state_name(self) -> str:
        """The state that travels along the direct path: c of an LSTM, else h."""
        assert self.frame is not None
        return "c" if "c" in self.frame.layers[self.selection.layer].states else "h"

    def values(self) -> Array:
        """Return the state that is drawn over time, (T + 1, units)."""
        assert self.frame is not None
        states: Array = self.frame.layers[self.selection.layer].states[self.state_name][self.selection.sample]
        return states

    def bars(self) -> tuple[Bar, ...]:
        """Return the bars of the waterfall, at all steps."""
        return self._bars

    def frame_shown(self) -> None:
        assert self.frame is not None
        real = slice(self.length)
        self._bars = update_bars(self.frame, self.selection)
        ends = np.concatenate([array[real] for bar in self._bars for array in (bar.starts, bar.ends)])
        with np.errstate(invalid="ignore"):
            above, below = finite_extent(ends[ends > 0]), finite_extent(ends[ends < 0])
        high = min(rounded_limit(above), 1e300) if above or not below else 0.0
        low = -min(rounded_limit(below), 1e300) if below else 0.0
        self._low, self._high = self.scale("update", low, high)
        limit = min(rounded_limit(finite_extent(self.values()[: self.length + 1])), 1e300)
        _, self._limit = self.scale("colours", -limit, limit)
        reach = limit
        for _, values in self.shown_ghosts:
            reach = widened(reach, finite_extent(values))
        _, self._reach = self.scale("state", -reach, reach)

    def ghost_values(self, ghost: Ghost) -> Array | None:
        """Return the state of the selected unit, (T + 1,); None of a cell that carries another one."""
        numbers, unit, name = ghost.layer(self.selection), self.selection.unit, self.state_name
        made = None if numbers is None else ghost.frame.document.layers[self.selection.layer]
        if numbers is None or made is None or unit >= made.units or ("c" in numbers.states) != (name == "c"):
            return None
        state: Array = numbers.states[name][self.selection.sample, : ghost.length(self.selection) + 1, unit]
        return state

    def paint_ghost(self, painter: QPainter, panel: Panel, number: int, ghost: Ghost, values: Array) -> None:
        if number == 0:
            lines = curve_lines(panel.x(np.arange(len(values))), panel.y(values))
            draw_ghost_lines(painter, self.theme, ghost.number, lines, self.theme.unit_colour(self.selection.unit))

    def remark(self) -> str:
        assert self.frame is not None
        return _EQUATIONS[self.frame.document.layers[self.selection.layer].cell]

    # Over time

    def panel_specs(self) -> tuple[PanelSpec, ...]:
        name, units = self.state_name, self.values().shape[1]
        caption = "cell state c" if name == "c" else "hidden state h"
        if self.shown_ghosts:
            caption += f", dashed: {name}{self.selection.unit + 1} alone"
        curves = PanelSpec(-1.06 * self._reach, 1.06 * self._reach, caption=caption, legend=self._units(units))
        if name == "h":
            return (curves,)
        return curves, PanelSpec(0, units, "rows", unit_rows(self.theme, "c", units), height=min(0.72, 0.12 * units))

    def _units(self, units: int) -> tuple[tuple[str, str], ...]:
        """Return what the colours of curves mean, where no row of the map says so."""
        if self.state_name == "c" or units > len(self.theme.units):
            return ()
        return tuple((self.theme.unit_colour(unit).name(), f"h{unit + 1}") for unit in range(units))

    def paint_panel(self, painter: QPainter, panel: Panel, number: int) -> None:
        values = self.values()
        if number == 0:
            width = self.theme.px(1.6) * self.theme.line_px
            draw_curves(painter, panel.x(np.arange(len(values))), panel.y(values.T), self._colours(), width)
        else:
            coloured = partial(signed_colours, self.theme, limit=self._limit)
            paint_unit_map(painter, self.theme, panel, values, coloured)

    def _colours(self) -> list[QColor]:
        return [self.theme.unit_colour(unit) for unit in range(self.values().shape[1])]

    # The waterfall

    def _chart(self, rect: QRectF) -> QRectF:
        """Return where the bars are: below the caption and what is written above bars, above the labels."""
        px, part = self.theme.px, self.other_part(rect)
        head = px(20 if not any(bar.factors for bar in self._bars) else 36)
        return part.adjusted(self.left_margin(), head, -px(14), -px(22))

    def _baseline(self, rect: QRectF) -> float:
        """Return where the caption and the legend are written."""
        return self.other_part(rect).top() + self.theme.px(12)

    def _columns(self, chart: QRectF) -> list[QRectF]:
        width = chart.width() / len(self._bars)
        return [QRectF(chart.left() + k * width, chart.top(), width, chart.height()) for k in range(len(self._bars))]

    def _y(self, chart: QRectF, value: float) -> float:
        """Return the height of a value; numbers have room beyond the longest bars."""
        room = min(self.theme.px(15), 0.2 * chart.height())
        top, bottom = chart.top() + (room if self._high > 0 else 0.0), chart.bottom() - (room if self._low < 0 else 0.0)
        return bottom - (value - self._low) / (self._high - self._low) * (bottom - top)

    def _has_waterfall(self, rect: QRectF) -> bool:
        return self._chart(rect).height() >= self.theme.px(20) and self._chart(rect).width() >= self.theme.px(60)

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        super().paint_ground(painter, rect)
        if not self._has_waterfall(rect):
            return
        chart, px = self._chart(rect), self.theme.px
        scale = QRectF(chart.left(), self._y(chart, self._high), chart.width(), 0.0)
        scale.setBottom(self._y(chart, self._low))
        beside = QRectF(rect.left(), scale.top(), chart.left() - rect.left(), scale.height())
        paint_left_axis(painter, self.theme, beside, "linear", self._low, self._high)
        paint_grid(painter, self.theme, scale, "linear", self._low, self._high)
        self._paint_legend(painter, chart, self._baseline(rect))
        for bar, column in zip(self._bars, self._columns(chart), strict=True):
            size = px(13) * min(1.0, column.width() / max(equation_width(bar.label, px(13)), 1.0))
            x = column.center().x() - equation_width(bar.label, size) / 2
            draw_equation(painter, x, chart.bottom() + px(17), bar.label, size, QColor(self.theme.text))
        if not self.shows_cursor:
            self._paint_waterfall(painter, rect)

    def _paint_legend(self, painter: QPainter, chart: QRectF, y: float) -> None:
        """Say at the upper right what the colours of the bars mean, as far as there is room."""
        px, font = self.theme.px, ui_font(self.theme.px(11))
        metrics, x = QFontMetricsF(font), chart.right()
        words = [("takes away", self.theme.negative), ("adds", self.theme.positive)]
        words += [("on the way", self._inks()["scaled"].name()), ("state", self._inks()["state"].name())]
        painter.setFont(font)
        for text, colour in words:
            x -= metrics.horizontalAdvance(text) + px(28)
            if x < chart.left() + px(130):
                return
            painter.fillRect(QRectF(x + px(12), y - px(7), px(12), px(7)), QColor(colour))
            painter.setPen(QColor(self.theme.muted))
            painter.drawText(QPointF(x + px(28), y), text)

    def _inks(self) -> dict[Kind, QColor]:
        """Return greys for what is not a change: no colour of a unit could be told from those of the signs."""
        return {kind: mixed(self.theme.card, self.theme.muted, part) for kind, part in _GREYS.items()}

    def _paint_waterfall(self, painter: QPainter, rect: QRectF) -> None:
        px, chart, t = self.theme.px, self._chart(rect), self.cursor_t
        painter.setFont(ui_font(px(11), QFont.Weight.DemiBold))
        painter.setPen(QColor(self.theme.text))
        painter.drawText(QPointF(chart.left(), self._baseline(rect)), f"unit {self.selection.unit + 1} at t = {t}")
        if not 1 <= t <= self.length:
            words = "no step leads to t = 0: its state is given" if t == 0 else "padding: the state is held"
            painter.setFont(ui_font(px(11)))
            painter.setPen(QColor(self.theme.muted))
            painter.drawText(chart, Qt.AlignmentFlag.AlignCenter, words)
            return
        columns = self._columns(chart)
        for bar, column in zip(self._bars, columns, strict=True):
            self._paint_bar(painter, chart, bar, column)
        for k, bar in enumerate(self._bars[1:], start=1):
            self._paint_connection(painter, chart, columns[k - 1 : k + 1], (self._bars[k - 1], bar))

    def _bar_width(self, column: QRectF) -> float:
        return min(self.theme.px(_WIDEST_BAR), 0.6 * column.width())

    def _paint_bar(self, painter: QPainter, chart: QRectF, bar: Bar, column: QRectF) -> None:
        px, row = self.theme.px, self.cursor_t - 1
        start, end, value = float(bar.starts[row]), float(bar.ends[row]), bar.value(row)
        is_known = math.isfinite(start) and math.isfinite(end)
        if is_known:
            top, bottom = sorted((self._y(chart, start), self._y(chart, end)))
            width = self._bar_width(column)
            place = QRectF(column.center().x() - width / 2, top, width, max(bottom - top, px(1.5)))
            painter.fillRect(place, self._ink(bar.kind, value))
        if column.width() < px(_ROOM_FOR_WORDS):
            return
        painter.setFont(ui_font(px(11), QFont.Weight.DemiBold))
        painter.setPen(QColor(self.theme.text if is_known else self.theme.warning))
        words = _text(value, sign=bar.kind == "change") if is_known else "overflow"
        y = chart.center().y()
        if is_known:
            y = min(max(top - px(4), chart.top() + px(10)), chart.bottom())
            if value < 0:
                y = min(bottom + px(12), chart.bottom() - px(1))
        painter.drawText(QRectF(column.left(), y - px(12), column.width(), px(16)), Qt.AlignmentFlag.AlignCenter, words)
        self._paint_factors(painter, chart, bar, column)

    def _ink(self, kind: Kind, value: float) -> QColor:
        if kind == "change" and value != 0:
            return QColor(self.theme.positive if value > 0 else self.theme.negative)
        return self._inks().get(kind, QColor(self.theme.muted))

    def _paint_factors(self, painter: QPainter, chart: QRectF, bar: Bar, column: QRectF) -> None:
        """Write above a bar what it is made with, as large as there is room."""
        px, row = self.theme.px, self.cursor_t - 1
        words = " × ".join(_text(float(values[row])) for _, values in bar.factors)
        if len(bar.factors) == 1:
            words = f"{bar.factors[0][0]} = {words}"
        width = QFontMetricsF(ui_font(px(11))).horizontalAdvance(words)
        size = min(px(11), px(11) * (column.width() - px(4)) / max(width, 1.0))
        if not words or size < self.theme.words(7):
            return
        painter.setFont(ui_font(size))
        painter.setPen(QColor(self.theme.muted))
        place = QRectF(column.left(), chart.top() - px(18), column.width(), px(16))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_connection(self, painter: QPainter, chart: QRectF, columns: list[QRectF], bars: tuple[Bar, Bar]) -> None:
        """Draw a dotted line from the end of a bar to the next one where that goes on from it."""
        row, (before, bar) = self.cursor_t - 1, bars
        level = float(before.ends[row])
        if not math.isfinite(level) or level not in (float(bar.starts[row]), float(bar.ends[row])):
            return
        painter.setPen(QPen(QColor(self.theme.muted), self.theme.px(1), Qt.PenStyle.DotLine))
        left, right = (column.center().x() for column in columns)
        y = self._y(chart, level)
        half = self._bar_width(columns[0]) / 2
        painter.drawLine(QPointF(left + half, y), QPointF(right - half, y))

    # What is lit up

    def lit_things(self) -> tuple[Spot, ...]:
        return () if self.links is None else self.links.units(self.selection.layer)

    def paint_lit_panel(self, painter: QPainter, panel: Panel, number: int, spots: tuple[Spot, ...]) -> None:
        if number == 0:
            light_curves(painter, self.theme, panel, spots, (self.values().T, self._colours(), 0))
        else:
            light_rows(painter, self.theme, panel, spots, self.values().shape[1])

    def lit_bars(self) -> dict[int, Role]:
        """Return which bars of the waterfall are made with a gate that is lit, and how."""
        assert self.document is not None
        unit, t, lit = self.selection.unit, self.cursor_t, {}
        for number, bar in enumerate(self._bars if self.links is not None else ()):
            for block in self._gates_of(bar):
                for spot in self.links.gates(self.selection.layer, block) if self.links else ():
                    if spot.number in (None, unit) and spot.t in (None, t):
                        lit[number] = spot.role
        return lit

    def _gates_of(self, bar: Bar) -> tuple[str, ...]:
        """Return the gates that a bar is made with; z is in 1 − z."""
        assert self.document is not None
        cell = CELLS[self.document.layers[self.selection.layer].cell]
        names = [name.removeprefix("1 − ") for name, _ in bar.factors]
        return () if cell.gate_is_state else tuple(name for name in names if name in cell.blocks)

    def paint_links(self, painter: QPainter, rect: QRectF) -> None:
        super().paint_links(painter, rect)
        if not self._has_waterfall(rect) or not 1 <= self.cursor_t <= self.length:
            return
        columns, px = self._columns(self._chart(rect)), self.theme.px
        for number, role in self.lit_bars().items():
            outline(painter, self.theme, columns[number].adjusted(px(3), -px(17), -px(3), 0), role, px(5))

    def links_region(self, rect: QRectF) -> list[QRect]:
        waterfall = [self.other_part(rect).toAlignedRect()] if self.lit_bars() else []
        return [*super().links_region(rect), *waterfall]

    def focus_at(self, position: QPointF, rect: QRectF) -> Focus | None:
        """Return the unit whose curve or row is at a position, the gate of a bar, or the step."""
        if self.other_part(rect).contains(position):
            return self._gate_at(position, rect)
        found = self.panel_at(position, rect)
        if found is None:
            return None
        number, panel, t = found
        if number == 0:
            unit = curve_at(panel, self.theme, position, self.values()[t])
        else:
            unit = row_at(panel, position, self.values().shape[1])
        return Step(t) if unit is None else Unit(self.selection.layer, unit, t)

    def _gate_at(self, position: QPointF, rect: QRectF) -> Focus | None:
        """Return the gate that the bar at a position is made with: of two, the one on whose side it is."""
        t = self.cursor_t
        if not self._has_waterfall(rect) or not 1 <= t <= self.length:
            return None
        layer, unit = self.selection.layer, self.selection.unit
        for bar, column in zip(self._bars, self._columns(self._chart(rect)), strict=True):
            if column.left() <= position.x() < column.right():
                gates = self._gates_of(bar)
                half = int((position.x() - column.left()) / column.width() * max(len(gates), 1))
                return Gate(layer, unit, gates[half], t) if gates else Unit(layer, unit, t)
        return None

    # The cursor and the hands

    def paint_cursor(self, painter: QPainter, rect: QRectF) -> None:
        super().paint_cursor(painter, rect)
        if self._has_waterfall(rect):
            self._paint_waterfall(painter, rect)

    def cursor_region(self, rect: QRectF) -> list[QRect]:
        region = super().cursor_region(rect)
        if self.is_ready and self._has_waterfall(rect):
            region.append(self.other_part(rect).toAlignedRect())
        return region

    def describe(self, position: QPointF, rect: QRectF) -> str:
        if not self.other_part(rect).contains(position):
            return super().describe(position, rect)
        t = self.cursor_t
        if not 1 <= t <= self.length:
            return describe_padding(t, self.length) if t else self.spec.meaning
        columns = self._columns(self._chart(rect))
        number = sum(position.x() >= column.right() for column in columns[:-1])
        bar, row = self._bars[number], t - 1
        lines = [f"unit {self.selection.unit + 1} at t = {t}: {scientific(bar.value(row), 6)}"]
        lines += [f"{name} = {scientific(float(values[row]), 6)}" for name, values in bar.factors]
        return "\n".join(lines) + f"\n\n{self.spec.meaning}"

    def describe_step(self, t: int) -> str:
        values, name = self.values(), self.state_name
        if values.shape[1] > LABELLED_ROWS:
            return self.spec.meaning
        lines = [f"{name}{unit + 1} = {shown(value, 4, sign=True)}" for unit, value in enumerate(values[t])]
        return f"t = {t}\n" + "\n".join(lines)


def _text(value: float, *, sign: bool = False) -> str:
    """Return a number as it stands at a bar."""
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return shown(value, 3, sign=sign)
    return f"{'+' if sign and value > 0 else ''}{scientific(value)}"


PLOT = CellPlot
