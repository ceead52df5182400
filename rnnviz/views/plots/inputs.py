"""The input over time: bars for each feature, or a map where there are many or the input is text."""

from __future__ import annotations

import math
from functools import partial
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from rnnviz.core.activations import Array
from rnnviz.document.document import Input
from rnnviz.document.links import Feature, Focus, Spot, Step
from rnnviz.document.text import symbol_label
from rnnviz.views.axes import finite_extent
from rnnviz.views.colours import signed_colours
from rnnviz.views.fonts import MINUS, scientific, subscript, ui_font
from rnnviz.views.fonts import number as shown
from rnnviz.views.marks import curve_lines, draw_bars, draw_map
from rnnviz.views.plots._base import Ghost, PlotSpec
from rnnviz.views.plots._ghosts import draw_ghost_over
from rnnviz.views.plots._lit import light_rows, row_at
from rnnviz.views.plots._symbols import HEIGHT, paint_symbols
from rnnviz.views.plots._time import Panel, PanelSpec, TimePlot
from rnnviz.views.steps import rounded_limit

MOST_BARS = 6
LABELLED_ROWS = 40
MOST_WRITTEN_ROWS = 20  # of text: with more, symbols stand above the map
Range = tuple[float, float]

_ROOM_FOR_TICKS = 90  # px of height: with less, round ticks may leave just the 0
_PLAIN = (1e-4, 1e6)  # numbers between these are written out
_SMALLEST, _LARGEST = 1e-300, 8e307  # a range is finite, and so is its reciprocal


class Bar(NamedTuple):
    """One number of the input, as a bar or as a cell of a map: a feature, from 0, at a step, from 1."""

    feature: int
    t: int


class InputsPlot(TimePlot):
    """x_t for t = 1…T."""

    spec = PlotSpec(
        key="inputs",
        title="Input x",
        look_at="what the network is told at each step",
        meaning="The input x_t that drives h_{t−1} to h_t, one panel for each feature. Text is one-hot: in every "
        "column just one symbol is 1 and all others are 0.",
        area="middle",
        order=5,
        height=3,
        shown=False,
        one_of=("sequence",),
    )

    @property
    def data(self) -> Input:
        """The input that is drawn."""
        assert self.document is not None
        return self.document.input

    def values(self) -> Array:
        """Return x of the selected sequence, (T, features)."""
        values: Array = self.data.values[self.selection.sample]
        return values

    @property
    def is_map(self) -> bool:
        """Whether features are rows of a map rather than panels of bars."""
        return self.data.text is not None or self.values().shape[1] > MOST_BARS

    def remark(self) -> str:
        batch, steps, features = self.data.values.shape
        return f"{batch} × {steps} × {features}  (batch, timesteps, features)"

    def ghost_values(self, ghost: Ghost) -> Array | None:
        if not ghost.has_sequence(self.selection):
            return None
        x: Array = ghost.frame.x[self.selection.sample, : ghost.length(self.selection)]
        return x

    @property
    def shown_ghosts(self) -> tuple[tuple[Ghost, Array], ...]:
        """The ghosts of another input: where it is the same there is nothing to compare."""
        if self.is_map:
            return ()
        shown = self.values()[: self.length]
        return tuple(each for each in self._ghost_values if not np.array_equal(each[1], shown))

    @property
    def ghosts_are_over(self) -> bool:
        return True

    def panel_specs(self) -> tuple[PanelSpec, ...]:
        if self.is_map:
            symbols = " " if self._symbols_are_above else ""  # room for them
            return (PanelSpec(0, self.values().shape[1], "rows", self.rows(), caption=symbols),)
        return tuple(
            PanelSpec(low, high, caption=f"x{subscript(k + 1)}  {name}")
            for k, (name, (low, high)) in enumerate(zip(self.data.features, self.value_ranges(), strict=True))
        )

    def value_ranges(self) -> tuple[Range, ...]:
        """Return the range of each panel's values; of a map, the one range of its colours."""
        values = self.values()[: self.length]
        if self.is_map:
            limit = _limit(values)
            return (self.scale("x", -limit, limit),)
        others = [other[: self.last_t] for _, other in self.shown_ghosts]
        fitting = (
            _value_range(np.concatenate([values[:, k], *(other[:, k] for other in others if k < other.shape[1])]))
            for k in range(values.shape[1])
        )
        return tuple(self.scale(f"x{k}", *ends) for k, ends in enumerate(fitting, start=1))

    def rows(self) -> tuple[tuple[str, str], ...]:
        """Return the label and colour of each row of a map; none where there are too many."""
        names = self.data.features
        if len(names) > LABELLED_ROWS:
            return ()
        if self.data.vocabulary is not None:
            names = tuple(symbol_label(symbol) for symbol in self.data.vocabulary)
        return tuple((name, self.theme.muted) for name in names)

    @property
    def _symbols_are_above(self) -> bool:
        """Whether the rows of text are too many, and too low, to have symbols written into them."""
        vocabulary = self.data.vocabulary
        return self.data.text is not None and vocabulary is not None and len(vocabulary) > MOST_WRITTEN_ROWS

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        super().paint_ground(painter, rect)
        if self._symbols_are_above:
            vocabulary, (panel, *_) = self.data.vocabulary or (), self.panels(rect)
            symbols = [vocabulary[int(symbol)] for symbol in self.values()[: self.length].argmax(axis=1)]
            paint_symbols(painter, self.theme, panel, symbols, panel.rect.top() - self.theme.px(HEIGHT + 1))

    def paint_panel(self, painter: QPainter, panel: Panel, number: int) -> None:
        values = self.values()
        t = np.arange(1.0, len(values) + 1)
        if self.is_map:
            self._paint_map(painter, panel, values)
            return
        width = max(panel.step * 0.72, 1.0)
        base = float(panel.y(0.0))
        painter.setPen(QPen(QColor(self.theme.muted), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(panel.seen.left(), base), QPointF(panel.seen.right(), base))
        draw_bars(painter, panel.x(t) - width / 2, width, base, panel.y(values[:, number]), [self.bar_colour(number)])

    def bar_colour(self, feature: int) -> QColor:
        """Return the colour of a feature's bars."""
        return self.theme.feature_colour(feature)

    def paint_ghost(self, painter: QPainter, panel: Panel, number: int, ghost: Ghost, values: Array) -> None:
        """Draw the tops of a feature's bars as one line with steps."""
        if number >= values.shape[1]:
            return
        t = np.repeat(np.arange(len(values) + 1) + 0.5, 2)[1:-1]
        lines = curve_lines(panel.x(t), np.repeat(panel.y(values[:, number]), 2))
        draw_ghost_over(painter, self.theme, ghost.number, lines)

    def _paint_map(self, painter: QPainter, panel: Panel, values: Array) -> None:
        if self.data.text is None:
            ((_, limit),) = self.value_ranges()
            draw_map(painter, panel.steps_rect, values.T, partial(signed_colours, self.theme, limit=limit))
            return
        height = panel.rect.height() / values.shape[1]
        steps, symbols = np.nonzero(values)
        seen = panel.shows(steps + 1)
        steps, symbols = steps[seen], symbols[seen]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.input))
        for step, symbol in zip(steps.tolist(), symbols.tolist(), strict=True):
            left = float(panel.x(step + 0.5))
            painter.drawRect(QRectF(left, panel.rect.top() + symbol * height, max(panel.step * 0.9, 1), height * 0.9))
        if self._symbols_are_above:
            return
        self._write_symbols(painter, panel, height, list(zip(steps.tolist(), symbols.tolist(), strict=True)))

    def _write_symbols(self, painter: QPainter, panel: Panel, height: float, cells: list[tuple[int, int]]) -> None:
        """Write each symbol into its cell where there is room."""
        vocabulary = self.data.vocabulary or ()
        size = min(self.theme.px(11), height * 0.8, panel.step * 1.2)
        if size < self.theme.words(6):
            return
        painter.setFont(ui_font(size, QFont.Weight.DemiBold))
        painter.setPen(QColor(self.theme.card))
        for step, symbol in cells:
            cell = QRectF(
                float(panel.x(step + 0.5)), panel.rect.top() + symbol * height, panel.step * 0.9, height * 0.9
            )
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, symbol_label(vocabulary[symbol]))

    def _paint_values(self, painter: QPainter, panel: Panel) -> None:
        """Label the ends of a low panel, and 0: round ticks would leave just the 0."""
        if panel.rect.height() > _ROOM_FOR_TICKS:
            super()._paint_values(painter, panel)
            return
        px, rect = self.theme.px, panel.rect
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(QColor(self.theme.faint))
        ticks = {panel.spec.low, 0.0, panel.spec.high}
        for y in (round(float(panel.y(value))) for value in ticks):
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
        painter.setPen(QColor(self.theme.border))
        painter.drawLine(rect.topLeft(), rect.bottomLeft())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(ui_font(self.theme.words(11)))
        painter.setPen(QColor(self.theme.muted))
        for value in ticks:
            place = QRectF(0, float(panel.y(value)) - px(9), rect.left() - px(6), px(18))
            painter.drawText(place, flags, tick_text(value))

    # What is lit up

    def lit_things(self) -> tuple[Spot, ...]:
        return () if self.links is None else self.links.features()

    def paint_lit_panel(self, painter: QPainter, panel: Panel, number: int, spots: tuple[Spot, ...]) -> None:
        if self.is_map:
            light_rows(painter, self.theme, panel, spots, self.values().shape[1])
        else:
            here = [spot._replace(number=0) for spot in spots if spot.number in (None, number)]
            light_rows(painter, self.theme, panel, here, 1)

    def focus_at(self, position: QPointF, rect: QRectF) -> Focus | None:
        """Return the feature whose bar or row is at a position, at its step."""
        found = self.panel_at(position, rect)
        if found is None:
            return None
        number, panel, t = found
        if t == 0:
            return Step(0)
        row = row_at(panel, position, self.values().shape[1]) if self.is_map else number
        return None if row is None else self.thing(Bar(row, t))

    def thing(self, bar: Bar) -> Focus:
        """Return what a bar stands for, to be pointed at."""
        return Feature(bar.feature, bar.t)

    # What is where

    def panel_of(self, bar: Bar) -> Panel:
        """Return the panel that a bar stands in."""
        return self.panels(QRectF(self.rect()))[0 if self.is_map else bar.feature]

    def rect_of(self, bar: Bar) -> QRectF:
        """Return the column that a bar stands in, over the full height of its panel; in a map, its cell."""
        panel = self.panel_of(bar)
        top, height = panel.rect.top(), panel.rect.height()
        if self.is_map:
            height /= self.values().shape[1]
            top += bar.feature * height
        return QRectF(float(panel.x(bar.t - 0.5)), top, panel.step, height)

    def bar_at(self, position: QPointF) -> Bar | None:
        """Return the bar whose column, or the cell, is at a position."""
        px, features = self.theme.px, self.values().shape[1]
        for number, panel in enumerate(self.panels(QRectF(self.rect()))):
            area = panel.rect.adjusted(0, -px(5), 0, px(3))
            area.setLeft(max(area.left(), float(panel.x(0.5))))  # there is no x at t = 0 …
            area.setRight(min(area.right(), float(panel.x(self.length + 0.5))))  # … and none to speak of in the padding
            if area.contains(position):
                row = int((position.y() - panel.rect.top()) * features / panel.rect.height())
                return Bar(min(max(row, 0), features - 1) if self.is_map else number, self.step_at(position.x()))
        return None

    def step_at(self, x: float) -> int:
        """Return the step, from 1, whose column is nearest of those that are seen; none of the padding."""
        panel, visible = self.panel_of(Bar(0, 1)), self.visible
        t = math.floor(panel.first + (x - panel.rect.left()) / panel.step + 0.5)
        return min(max(t, visible.first, 1), visible.last, self.length)

    def describe_step(self, t: int) -> str:
        t, values = max(t, 1), self.values()
        if self.data.vocabulary is not None:
            return f"t = {t}: {symbol_label(self.data.vocabulary[int(values[t - 1].argmax())])}\n\n{self.spec.meaning}"
        names = self.data.features[:MOST_BARS]
        return f"t = {t}\n" + "\n".join(f"{name}: {shown(v, 4)}" for name, v in zip(names, values[t - 1], strict=False))


def tick_text(value: float) -> str:
    """Return what a low panel's axis writes for a value."""
    plain = value == 0 or _PLAIN[0] <= abs(value) < _PLAIN[1]
    return f"{value:g}".replace("-", MINUS) if plain else scientific(value)


def _limit(values: Array) -> float:
    """Return a round number not below any |value|; 1 where all are 0."""
    extent = finite_extent(values)
    return min(rounded_limit(extent if extent > _SMALLEST else 0.0), _LARGEST)


def _value_range(values: Array) -> Range:
    """Return a range for bars that always holds 0: symmetric if there are both signs."""
    limit = _limit(values)
    if values.min() >= 0:
        return 0.0, limit
    return (-limit, 0.0) if values.max() <= 0 else (-limit, limit)


PLOT = InputsPlot
