"""The hidden state of every unit over time, as curves and as a heat map."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from rnnviz.core.activations import Array
from rnnviz.document.links import Focus, Spot, Step, Unit
from rnnviz.views.axes import finite_extent
from rnnviz.views.colours import signed_colours
from rnnviz.views.fonts import number, subscript, ui_font
from rnnviz.views.marks import curve_lines, draw_curves
from rnnviz.views.plots._base import Ghost, PlotSpec
from rnnviz.views.plots._ghosts import draw_ghost_lines, widened
from rnnviz.views.plots._lit import curve_at, light_curves, light_rows, row_at
from rnnviz.views.plots._time import Panel, PanelSpec, TimePlot
from rnnviz.views.plots._units import LABELLED_ROWS, paint_unit_map, unit_rows
from rnnviz.views.steps import rounded_limit

_BOUNDED = {"tanh": (-1.0, 1.0), "sigmoid": (0.0, 1.0)}
MOST_CURVES = 16  # with more units there is the map alone
MOST_GHOST_CURVES = 8
SATURATED = 0.95  # |h| of a tanh unit that hardly answers: its slope is below 0.1
_ROOM_FOR_DOTS = 6  # px of a cell of the map


class HiddenPlot(TimePlot):
    """h_t of the selected layer and sequence, t = 0…T."""

    spec = PlotSpec(
        key="hidden",
        title="Hidden state h",
        look_at="what the network remembers at each step",
        meaning="The hidden state h_t of every unit, from the initial state h_0 to h_T. Above as curves, below as a "
        "heat map: orange is positive, blue negative, and the neutral colour is exactly 0. Of more than sixteen units "
        "there is the map alone. A dot marks a tanh unit that is saturated, |h| > 0.95: its slope 1 − h² is below 0.1, "
        "so that it hardly answers, and hardly any gradient passes through it.",
        area="middle",
        order=20,
        height=5,
    )

    def values(self) -> Array:
        """Return what is drawn: (T + 1, units)."""
        assert self.frame is not None
        states: Array = self.frame.layers[self.selection.layer].states["h"][self.selection.sample]
        return states

    def frame_shown(self) -> None:
        assert self.frame is not None
        activation = self.frame.document.layers[self.selection.layer].activation
        self._low, self._high = _BOUNDED.get(activation, (0.0, 0.0))
        if self._low == self._high:
            limit = rounded_limit(finite_extent(self.values()))
            self._low, self._high = (0.0 if activation == "relu" else -limit), limit
        limit = max(-self._low, self._high)
        for _, values in self.shown_ghosts:
            limit = widened(limit, finite_extent(values[: self.last_t + 1]))
        is_positive = self._low == 0 and not any((values < 0).any() for _, values in self.shown_ghosts)
        self._bottom, self._top = self.scale("h", 0.0 if is_positive else -limit, limit)

    @property
    def shows_curves(self) -> bool:
        """Whether there are few enough units for a curve each."""
        return int(self.values().shape[1]) <= MOST_CURVES

    def saturated(self) -> NDArray[np.bool_] | None:
        """Return where the state of a tanh unit is near ±1, (T + 1, units), without padding; None of other units."""
        assert self.frame is not None
        layer = self.frame.document.layers[self.selection.layer]
        if layer.cell != "rnn" or layer.activation != "tanh":
            return None
        with np.errstate(invalid="ignore"):
            return np.abs(self.values()[: self.length + 1]) > SATURATED

    def ghost_values(self, ghost: Ghost) -> Array | None:
        layer = ghost.layer(self.selection)
        if layer is None or not self.shows_curves:
            return None
        h: Array = layer.states["h"][self.selection.sample, : ghost.length(self.selection) + 1]
        return h

    def remark(self) -> str:
        units = self.values().shape[1]
        low, high = (number(end, 0 if end == round(end) else 2) for end in (self._low, self._high))
        words, saturated = f"{units} unit{'s' if units > 1 else ''}, {low} … {high}", self.saturated()
        if saturated is None or not saturated[1:].any():
            return words
        return f"{words} — {_percent(float(saturated[1:].mean()))} saturated (•  |h| > {SATURATED:g})"

    def panel_specs(self) -> tuple[PanelSpec, ...]:
        units = self.values().shape[1]
        pad = 0.04 * (self._top - self._bottom)
        heat = PanelSpec(0, units, "rows", unit_rows(self.theme, "h", units), height=min(0.72, 0.12 * units))
        if not self.shows_curves:
            return (heat,)
        caption = f"dashed: h{subscript(self.selection.unit + 1)} alone" if self._shows_one_unit else ""
        return PanelSpec(self._bottom - pad, self._top + pad, caption=caption), heat

    @property
    def _shows_one_unit(self) -> bool:
        """Whether all units of all ghosts would be too many curves."""
        return sum(int(values.shape[1]) for _, values in self.shown_ghosts) > MOST_GHOST_CURVES

    def paint_panel(self, painter: QPainter, panel: Panel, number: int) -> None:
        values = self.values()
        if self._is_curves(number):
            width = self.theme.px(1.7) * self.theme.line_px
            draw_curves(painter, panel.x(np.arange(len(values))), panel.y(values.T), self._colours(), width)
        else:
            limit = max(abs(self._low), abs(self._high))
            paint_unit_map(painter, self.theme, panel, values, partial(signed_colours, self.theme, limit=limit))
            self._mark_saturation(painter, panel)

    def _is_curves(self, number: int) -> bool:
        return number == 0 and self.shows_curves

    def _mark_saturation(self, painter: QPainter, panel: Panel) -> None:
        """Set a small dot into each saturated cell of the map, where there is room."""
        saturated, height = self.saturated(), panel.rect.height() / self.values().shape[1]
        room = min(panel.step, height)
        if saturated is None or room < self.theme.px(_ROOM_FOR_DOTS):
            return
        first, stop = self.visible.first, self.visible.last + 1
        steps, units = np.nonzero(saturated[first:stop])
        steps += first
        ys = panel.rect.top() + (units + 0.5) * height
        colour = QColor(self.theme.card)
        colour.setAlphaF(0.75)
        pen = QPen(colour, min(self.theme.px(2.6), 0.4 * room))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        painter.drawPoints([QPointF(x, y) for x, y in zip(panel.x(steps).tolist(), ys.tolist(), strict=True)])

    def _colours(self) -> list[QColor]:
        return [self.theme.unit_colour(unit) for unit in range(self.values().shape[1])]

    def lit_things(self) -> tuple[Spot, ...]:
        return () if self.links is None else self.links.units(self.selection.layer)

    def paint_lit_panel(self, painter: QPainter, panel: Panel, number: int, spots: tuple[Spot, ...]) -> None:
        if self._is_curves(number):
            light_curves(painter, self.theme, panel, spots, (self.values().T, self._colours(), 0))
        else:
            light_rows(painter, self.theme, panel, spots, self.values().shape[1])

    def focus_at(self, position: QPointF, rect: QRectF) -> Focus | None:
        """Return the unit whose curve or row is at a position, or the step."""
        found = self.panel_at(position, rect)
        if found is None:
            return None
        number, panel, t = found
        if self._is_curves(number):
            unit = curve_at(panel, self.theme, position, self.values()[t])
        else:
            unit = row_at(panel, position, self.values().shape[1])
        return Step(t) if unit is None else Unit(self.selection.layer, unit, t)

    def paint_ghost(self, painter: QPainter, panel: Panel, number: int, ghost: Ghost, values: Array) -> None:
        """Draw each unit's curve; of many, the selected unit's alone."""
        if number != 0:
            return
        units = range(values.shape[1])
        if self._shows_one_unit:
            units = units[self.selection.unit : self.selection.unit + 1]
        x = panel.x(np.arange(len(values)))
        for unit in units:
            lines = curve_lines(x, panel.y(values[:, unit]))
            draw_ghost_lines(painter, self.theme, ghost.number, lines, self.theme.unit_colour(unit))

    def paint_cursor(self, painter: QPainter, rect: QRectF) -> None:
        super().paint_cursor(painter, rect)
        x = self.cursor_x(rect)
        if x is None:
            return
        px, font = self.theme.px, ui_font(self.theme.words(11), QFont.Weight.DemiBold)
        painter.setFont(font)
        words = f"t = {self.cursor_t}"
        width = QFontMetricsF(font).horizontalAdvance(words) + px(12)
        label = QRectF(min(max(x - width / 2, rect.left()), rect.right() - width), rect.top(), width, px(17))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.accent))
        painter.drawRoundedRect(label, px(4), px(4))
        painter.setPen(QColor("#ffffff"))
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, words)

    def cursor_region(self, rect: QRectF) -> list:  # type: ignore[type-arg]
        x = self.cursor_x(rect)
        if x is None:
            return []
        half = self.theme.px(34)
        left = min(max(x - half, rect.left()), rect.right() - 2 * half)
        label = QRectF(left, rect.top(), 2 * half, self.theme.px(19)).toAlignedRect()
        return [*super().cursor_region(rect), label]

    def panels(self, rect: QRectF) -> tuple[Panel, ...]:
        return super().panels(rect.adjusted(0, self.theme.px(14), 0, 0))

    def describe_step(self, t: int) -> str:
        values = self.values()
        if values.shape[1] > LABELLED_ROWS:
            return self.spec.meaning
        saturated = self.saturated()
        lines = [f"t = {t}"]
        for unit, value in enumerate(values[t]):
            note = "  saturated" if saturated is not None and saturated[t, unit] else ""
            lines.append(f"h{unit + 1} = {number(value, 4, sign=True)}{note}")
        return "\n".join(lines)


def _percent(share: float) -> str:
    return f"{number(100 * share, 0)} %" if share >= 0.005 else "<1 %"


PLOT = HiddenPlot
