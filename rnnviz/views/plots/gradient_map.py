"""The gradient of every unit's state over time, with its sign and over ten decades."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtGui import QColor, QPainter

from rnnviz.core.activations import Array
from rnnviz.core.measures.norms import norms
from rnnviz.views.axes import decades, finite_extent
from rnnviz.views.colours import Table, signed_colour, signed_colours
from rnnviz.views.fonts import MINUS, power_of_ten, scientific
from rnnviz.views.marks import draw_curves
from rnnviz.views.plots._base import PlotSpec
from rnnviz.views.plots._time import Panel, PanelSpec, TimePlot
from rnnviz.views.plots._units import LABELLED_ROWS, paint_unit_map, unit_rows

DECADES = 10
_LEGEND = (0, 5)  # decades below the largest that the legend names, besides the last


class GradientMapPlot(TimePlot):
    """∂L/∂h_t for t = 0…T: a row for each unit, and the norm over all of them above."""

    spec = PlotSpec(
        key="gradient-map",
        title="Gradient map ∂L/∂hₜ",
        look_at="which units the gradient travels through",
        meaning="The total gradient ∂L/∂h_t of every unit, t = 0…T, and above its Euclidean norm over all units. "
        "Orange: a larger state would raise the loss; blue: it would lower it. Colours are on a logarithmic scale, "
        "sign × log₁₀|·|: full at the largest gradient of the map, paler with every power of ten, and neutral from ten "
        "powers below on. So a gradient that fades by the same factor at every step fades evenly here.",
        area="middle",
        order=32,
        height=5,
        shown=False,
        comes="backward",
    )

    def values(self) -> Array:
        """Return ∂L/∂h_t, (T + 1, units)."""
        assert self.frame is not None
        gradients: Array = self.frame.layers[self.selection.layer].state_gradients["h"][self.selection.sample]
        return gradients

    def frame_shown(self) -> None:
        real = self.values()[: self.length + 1]
        self._norms = norms(real)
        self._low, self._high = self.scale("norm", *decades(self._norms))
        extent = finite_extent(real)
        top = math.ceil(math.log10(extent) - 1e-9) if extent > 0 else 0
        self._top = round(self.scale("colours", top - DECADES, top)[1])

    def parts(self) -> Array:
        """Return how full each colour is, (T + 1, units): from −1 through 0 to 1, nan where there is overflow."""
        return self._parts_of(self.values())

    def _parts_of(self, values: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.clip(1.0 + (np.log10(np.abs(values)) - self._top) / DECADES, 0.0, 1.0)
            return np.where(np.isfinite(values), np.sign(values) * part, np.nan)

    def panel_specs(self) -> tuple[PanelSpec, ...]:
        units = self.values().shape[1]
        curve = PanelSpec(self._low, self._high, "log", caption="‖∂L/∂hₜ‖₂")
        rows = unit_rows(self.theme, "h", units)
        caption = "units" if rows else f"{units} units"
        return curve, PanelSpec(0, units, "rows", rows, 1.6, caption, self._scale())

    def _scale(self) -> tuple[tuple[str, str], ...]:
        """Return what the colours mean: powers of ten with their sign."""
        entries = [(sign, below) for sign, order in ((-1, _LEGEND), (1, _LEGEND[::-1])) for below in order]
        named = [(self._colour(sign, below), self._power(sign, below)) for sign, below in entries]
        named.insert(len(_LEGEND), (self.theme.neutral, f"within ±{power_of_ten(self._top - DECADES)}"))
        return tuple(named)

    def _colour(self, sign: int, below: int) -> str:
        return signed_colour(self.theme, sign * (1.0 - below / DECADES), 1.0).name()

    def _power(self, sign: int, below: int) -> str:
        return f"{MINUS if sign < 0 else ''}{power_of_ten(self._top - below)}"

    def paint_panel(self, painter: QPainter, panel: Panel, number: int) -> None:
        if number == 1:
            paint_unit_map(painter, self.theme, panel, self.values(), self._coloured)
            return
        t = np.arange(float(len(self._norms)))
        with np.errstate(divide="ignore"):
            exponents = np.log10(self._norms)
        width = self.theme.px(1.6) * self.theme.line_px
        draw_curves(painter, panel.x(t), panel.y(exponents[None]), [QColor(self.theme.gradient)], width)
        self.mark_overflow(painter, panel, t[~np.isfinite(self._norms)])

    def _coloured(self, values: Array) -> Table:
        return signed_colours(self.theme, self._parts_of(values), 1.0)

    def describe_step(self, t: int) -> str:
        lines = [f"t = {t}", f"‖∂L/∂hₜ‖₂ = {scientific(float(self._norms[t]), 4)}"]
        values = self.values()[t]
        units = range(len(values)) if len(values) <= LABELLED_ROWS else [self.selection.unit]
        lines += [f"∂L/∂h{unit + 1} = {scientific(float(values[unit]), 4)}" for unit in units]
        return "\n".join(lines) + f"\n\n{self.spec.meaning}"


PLOT = GradientMapPlot
