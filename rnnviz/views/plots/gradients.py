"""How much gradient reaches each step: ‖∂L/∂h_t‖ on a log axis."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QPainter

from rnnviz.core.activations import Array
from rnnviz.core.measures.norms import norms
from rnnviz.core.measures.reach import GradientReach
from rnnviz.views.axes import decades
from rnnviz.views.colours import mixed
from rnnviz.views.fonts import scientific
from rnnviz.views.marks import curve_lines, draw_bars, mark_floor
from rnnviz.views.plots._base import Ghost, PlotSpec
from rnnviz.views.plots._ghosts import draw_ghost_over
from rnnviz.views.plots._time import Panel, PanelSpec, TimePlot
from rnnviz.views.reach_words import reach_in_words

_SHADES = 12


class GradientsPlot(TimePlot):
    """‖∂L/∂h_t‖₂, the total, with its direct part; t = 0…T."""

    spec = PlotSpec(
        key="gradients",
        title="Gradient magnitude ‖∂L/∂hₜ‖₂",
        look_at="how much of the loss's gradient reaches each step",
        meaning="The Euclidean norm of the total gradient ∂L/∂h_t, on a logarithmic axis. Total: everything that h_t "
        "does to the loss. Direct: only what it does through the output at its own step, W_hyᵀ ∂ℓ_t/∂y_t. The rest "
        "was carried back from step t + 1. A triangle on the floor marks an exact zero, or less than the axis shows.",
        area="middle",
        order=30,
        height=5,
        comes="backward",
    )

    def frame_shown(self) -> None:
        assert self.frame is not None
        layer, sample = self.frame.layers[self.selection.layer], self.selection.sample
        real = slice(self.length + 1)
        self._total = norms(layer.state_gradients["h"][sample, real])
        self._direct = norms(layer.direct[sample, real])
        ghosts = (values[: self.last_t + 1] for _, values in self.shown_ghosts)
        self._low, self._high = decades(np.concatenate([self._total, self._direct, *ghosts]))

    def ghost_values(self, ghost: Ghost) -> Array | None:
        layer, real = ghost.layer(self.selection), slice(ghost.length(self.selection) + 1)
        return None if layer is None else norms(layer.state_gradients["h"][self.selection.sample, real])

    @property
    def ghosts_are_over(self) -> bool:
        return True

    def values(self) -> Array:
        """Return ‖∂L/∂h_t‖₂ for t = 0…T, without padding."""
        return self._total

    def reach(self) -> GradientReach:
        """Return the measured ratio of the first to the last gradient, and what it is called."""
        assert self.frame is not None
        return self.frame.reach(self.selection.layer, self.selection.sample)

    def remark(self) -> str:
        return f"log scale — {reach_in_words(self.reach(), len(self._total) - 1)}"

    def panel_specs(self) -> tuple[PanelSpec, ...]:
        legend = ((self.theme.gradient, "total"), (self.theme.gradient_direct, "direct part"))
        return (PanelSpec(self._low, self._high, "log", caption="←  backward through time", legend=legend),)

    def paint_panel(self, painter: QPainter, panel: Panel, number: int) -> None:  # noqa: ARG002
        base = panel.rect.bottom()
        t = np.arange(float(len(self._total)))
        for values, share, colours in (
            (self._total, 0.76, self._shades(self.theme.gradient)),
            (self._direct, 0.30, [QColor(self.theme.gradient_direct)]),
        ):
            with np.errstate(divide="ignore"):
                exponents = np.log10(values)
            width = max(min(panel.step, self.theme.px(34)) * share, 1.0)
            tops = panel.y(np.where(exponents >= self._low, exponents, np.nan))
            draw_bars(painter, panel.x(t) - width / 2, width, base, tops, colours)
        with np.errstate(invalid="ignore"):
            mark_floor(
                painter,
                panel.x(t[self._total < 10.0**self._low]),
                panel.rect.bottom(),
                min(self.theme.px(3.5), panel.step * 0.45),
                QColor(self.theme.gradient),
            )
        self.mark_overflow(painter, panel, t[~np.isfinite(self._total)])

    def paint_ghost(self, painter: QPainter, panel: Panel, number: int, ghost: Ghost, values: Array) -> None:  # noqa: ARG002
        """Draw the total; it has a gap where it is zero or below the axis."""
        with np.errstate(divide="ignore", invalid="ignore"):
            exponents = np.log10(values)
            exponents = np.where(exponents >= self._low, exponents, np.nan)
        lines = curve_lines(panel.x(np.arange(len(values))), panel.y(exponents))
        draw_ghost_over(painter, self.theme, ghost.number, lines)

    def _shades(self, colour: str) -> list[QColor]:
        """Return paler and fuller colours: the smaller a bar the paler it is, so that a fading gradient fades."""
        return [mixed(self.theme.card, colour, 0.45 + 0.55 * step / (_SHADES - 1)) for step in range(_SHADES)]

    def describe_step(self, t: int) -> str:
        return (
            f"t = {t}\n‖∂L/∂hₜ‖₂ = {scientific(float(self._total[t]), 4)}\n"
            f"direct part = {scientific(float(self._direct[t]), 4)}\n\n{self.spec.meaning}"
        )


PLOT = GradientsPlot
