"""How much gradient reaches each step: ‖∂L/∂h_t‖ on a log axis."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from rnnviz.core.activations import Array
from rnnviz.core.measures.norms import norms
from rnnviz.core.measures.reach import EXPLODING, VANISHING, GradientReach
from rnnviz.views.colours import mixed
from rnnviz.views.fonts import power_of_ten, scientific, ui_font
from rnnviz.views.marks import draw_bars
from rnnviz.views.plots._base import PlotSpec
from rnnviz.views.plots._time import Panel, PanelSpec, TimePlot

_MOST_DECADES = 18
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
        self._low, self._high = _decades(np.concatenate([self._total, self._direct]))

    def values(self) -> Array:
        """Return ‖∂L/∂h_t‖₂ for t = 0…T, without padding."""
        return self._total

    def reach(self) -> GradientReach:
        """Return the measured ratio of the first to the last gradient, and what it is called."""
        assert self.frame is not None
        return self.frame.reach(self.selection.layer, self.selection.sample)

    def remark(self) -> str:
        reach, steps = self.reach(), len(self._total) - 1
        if math.isnan(reach.ratio):
            return f"log scale — {reach.verdict}"
        exponent = power_of_ten(round(math.log10(reach.ratio))) if reach.ratio > 0 else "0"
        times = f"×{scientific(reach.ratio)}" if VANISHING <= reach.ratio <= EXPLODING else f"×{exponent}"
        return f"log scale — {reach.verdict}: {times} over {steps} step{'s' if steps > 1 else ''}"

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
            self._mark_floor(painter, panel, t[self._total < 10.0**self._low])
        self._mark_overflow(painter, panel, t[~np.isfinite(self._total)])

    def _shades(self, colour: str) -> list[QColor]:
        """Return paler and fuller colours: the smaller a bar the paler it is, so that a fading gradient fades."""
        return [mixed(self.theme.card, colour, 0.45 + 0.55 * step / (_SHADES - 1)) for step in range(_SHADES)]

    def _mark_floor(self, painter: QPainter, panel: Panel, steps: Array) -> None:
        """Stand a small hollow triangle on the floor where the gradient is zero or below the axis."""
        painter.setPen(QPen(QColor(self.theme.gradient), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        half, base = min(self.theme.px(3.5), panel.step * 0.45), panel.rect.bottom() - 1
        if half < 1:
            for x in np.unique(np.round(panel.x(steps))):
                painter.drawLine(QPointF(x, base), QPointF(x, base - 3))
            return
        for x in panel.x(steps):
            painter.drawPolygon([QPointF(x - half, base), QPointF(x + half, base), QPointF(x, base - 2 * half)])

    def _mark_overflow(self, painter: QPainter, panel: Panel, steps: Array) -> None:
        """Write where numbers stop being finite instead of drawing anything there."""
        if len(steps) == 0:
            return
        font = ui_font(self.theme.px(11))
        painter.setFont(font)
        painter.setPen(QColor(self.theme.warning))
        words = f"overflow at t ≤ {int(steps.max())}"
        x = min(float(panel.x(steps.min())), panel.rect.right() - QFontMetricsF(font).horizontalAdvance(words))
        painter.drawText(QPointF(x, panel.rect.top() + self.theme.px(14)), words)

    def describe_step(self, t: int) -> str:
        return (
            f"t = {t}\n‖∂L/∂hₜ‖₂ = {scientific(float(self._total[t]), 4)}\n"
            f"direct part = {scientific(float(self._direct[t]), 4)}\n\n{self.spec.meaning}"
        )


def _decades(values: Array) -> tuple[float, float]:
    """Return whole exponents that hold every positive value, at least three decades and at most eighteen."""
    with np.errstate(invalid="ignore"):
        usable = values[np.isfinite(values) & (values > 0)]
    if len(usable) == 0:
        return -3.0, 0.0
    high = math.ceil(math.log10(usable.max()) + 1e-9)
    low = math.floor(math.log10(usable.min()) - 1e-9)
    return float(max(min(low, high - 3), high - _MOST_DECADES)), float(high)


PLOT = GradientsPlot
