"""How much each step, and all steps from t to T together, stretch a small change of the state."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPen

from rnnviz.core.activations import Array
from rnnviz.document.document import Document
from rnnviz.document.stretching import Stretching, most_steps, stretching, stretching_ms
from rnnviz.session.background import Question
from rnnviz.session.session import Selection
from rnnviz.views.axes import finite_extent
from rnnviz.views.fonts import scientific
from rnnviz.views.marks import draw_curves, mark_floor
from rnnviz.views.plots._base import PlotSpec
from rnnviz.views.plots._time import Panel, PanelSpec, TimePlot
from rnnviz.views.steps import rounded_limit

_MOST_DECADES = 18.0  # on each side of 1, unless the product itself is larger
_LEAST_HIGH = 1.2  # of the axis of single steps: the line at 1 is always there
_DIRECT = {"lstm": "direct path Π f", "gru": "direct path Π z"}
_Curve = tuple[str, Array, str]  # what it is called, its values, its colour


class JacobiansPlot(TimePlot):
    """σ_max, ρ and mean slope of J_t; and the norm of the product of all J after t, beside what bounds it."""

    spec = PlotSpec(
        key="jacobians",
        title="Jacobians Jₜ",
        look_at="what the steps do to a small change",
        meaning="J_t is the derivative of the state after step t with respect to the state before it: diag(φ′(a_t)) "
        "W_hh of a plain cell; over h and c of an LSTM. Above, for single steps: σ max, the most that J_t can stretch "
        "a change; ρ = max |λ(J_t)|; and the mean of φ′(a_t) over the units of a plain cell. Below 1 a step shrinks. "
        "Below, for all steps from t to T: the norm of J_T … J_{t+1}, by which a change at t, or a gradient on its "
        "way back, is multiplied at most, and its bound Π σ max, which the product seldom reaches. The direct path "
        "is the product of the gates that keep the state: f of an LSTM, z of a GRU; the unit that keeps most. Where a "
        "window ends the product is cut.",
        area="middle",
        order=38,
        height=6,
        shown=False,
        comes="whole",
    )

    _answer: Stretching | None = None
    _of: tuple[Document, Selection] | None = None

    # What is shown

    def frame_shown(self) -> None:
        assert self.frame is not None
        if self._of is not None and _axes(*self._of) != _axes(self.frame.document, self.selection):
            self._answer = self._of = None  # other axes or another layer: there is nothing to keep
        if self._is_answered():
            self.is_waiting = False

    def question(self) -> Question | None:
        if self.frame is None or self._is_answered():
            return None
        document, layer, sample = self.frame.document, self.selection.layer, self.selection.sample
        most = most_steps(document, layer, sample)
        cost = stretching_ms(document, layer, sample, most)
        return Question(stretching, (document, layer, sample, most), cost)

    def answer_shown(self, answer: object) -> None:
        assert isinstance(answer, Stretching)
        assert self.frame is not None
        self._answer, self._of = answer, (self.frame.document, self.selection)

    def _is_answered(self) -> bool:
        assert self.frame is not None
        if self._of is None:
            return False
        document, selection = self._of
        same = selection.layer == self.selection.layer and selection.sample == self.selection.sample
        return same and document is self.frame.document

    def values(self) -> Stretching | None:
        """Return what is drawn; None before it has been computed."""
        return self._answer

    def remark(self) -> str:
        if self._answer is None:
            return self.spec.look_at
        if self.borders:
            return "windows cut the product of the steps"
        first, norm = int(self._answer.ends[0]), scientific(float(self._answer.products[0]))
        words = f"from t = {first} to {self.length} a change is multiplied by at most {norm}"
        stride = self.stride
        return words if stride == 1 else f"{words}; above, every {stride} steps"

    @property
    def stride(self) -> int:
        """How far apart the looked-at single steps are."""
        if self._answer is None or len(self._answer.steps) == 1:
            return 1
        return int(self._answer.steps[1] - self._answer.steps[0])

    def _single(self) -> tuple[_Curve, ...]:
        """Return the curves of the upper panel."""
        assert self._answer is not None
        theme = self.theme
        curves = (("σ max", self._answer.stretches, theme.units[0]), ("ρ", self._answer.radii, theme.units[1]))
        slopes = ("mean φ′", self._answer.slopes, theme.units[2])
        return (*curves, slopes) if len(self._answer.slopes) else curves

    def _in_a_row(self) -> tuple[_Curve, ...]:
        """Return the curves of the lower panel."""
        assert self._answer is not None
        assert self.frame is not None
        theme, cell = self.theme, self.frame.document.layers[self.selection.layer].cell
        curves: tuple[_Curve, ...] = (
            ("bound Π σ max", self._answer.bounds, theme.units[0]),
            ("norm of the product", self._answer.products, theme.gradient),
        )
        return (*curves, (_DIRECT[cell], self._answer.direct, theme.units[2])) if len(self._answer.direct) else curves

    # Painting

    def panel_specs(self) -> tuple[PanelSpec, ...]:
        names = "single steps J at t", f"all steps from t to {self.length}"
        if self._answer is None:
            return PanelSpec(0.0, _LEAST_HIGH, caption=names[0]), PanelSpec(-3.0, 0.0, "log", caption=names[1])
        single, in_a_row = self._single(), self._in_a_row()
        extent = finite_extent(np.concatenate([values for _, values, _ in single]))
        _, high = self.scale("steps", 0.0, min(rounded_limit(extent) * 1.04 if extent > 1.0 else _LEAST_HIGH, 1e300))
        low_end, high_end = self.scale("products", *_decades(self._answer))
        return (
            PanelSpec(0.0, high, caption=names[0], legend=_legend(single)),
            PanelSpec(low_end, high_end, "log", height=1.2, caption=names[1], legend=_legend(in_a_row)),
        )

    def paint_panel(self, painter: QPainter, panel: Panel, number: int) -> None:
        if self._answer is None:
            return
        one = float(panel.y(1.0 if number == 0 else 0.0))
        painter.setPen(QPen(QColor(self.theme.muted), self.theme.px(1.2)))
        painter.drawLine(QPointF(panel.seen.left(), one), QPointF(panel.seen.right(), one))
        curves, t = (self._in_a_row(), self._answer.ends) if number else (self._single(), self._answer.steps)
        width = self.theme.px(1.7) * self.theme.line_px
        for _, values, colour in curves:
            with np.errstate(divide="ignore"):
                shown = np.log10(values) if number else values
            shown = np.where(np.isfinite(shown), shown, np.nan)
            draw_curves(painter, panel.x(t), panel.y(shown)[None], [QColor(colour)], width)
        if number:
            with np.errstate(invalid="ignore"):
                gone = panel.x(t[self._answer.products < 10.0**panel.spec.low])
            half = min(self.theme.px(3.5), panel.step * 0.45)
            mark_floor(painter, gone, panel.rect.bottom(), half, QColor(self.theme.gradient))
            self.mark_overflow(painter, panel, t[~np.isfinite(self._answer.products)].astype(np.float64))

    def describe_step(self, t: int) -> str:
        if self._answer is None:
            return self.spec.meaning
        lines = [f"t = {t}"]
        for curves, steps in ((self._single(), self._answer.steps), (self._in_a_row(), self._answer.ends)):
            places = np.flatnonzero(steps == t)
            lines += [
                f"{name} = {scientific(float(values[place]), 4)}" for name, values, _ in curves for place in places
            ]
        return "\n".join(lines) + f"\n\n{self.spec.meaning}"


def _decades(answer: Stretching) -> tuple[float, float]:
    """Return whole exponents that hold 1, the products down to 10⁻¹⁸, and the bounds up to 10¹⁸."""
    low, high = -2.0, 1.0
    with np.errstate(divide="ignore"):
        exponents = [np.log10(each[np.isfinite(each) & (each > 0)]) for each in (answer.products, answer.direct)]
        bounds = np.log10(answer.bounds[np.isfinite(answer.bounds) & (answer.bounds > 0)])
    for each in exponents:
        low, high = min(low, np.floor(each.min(initial=0.0))), max(high, np.ceil(each.max(initial=0.0)))
    return max(low, -_MOST_DECADES), max(high, min(np.ceil(bounds.max(initial=0.0)), _MOST_DECADES))


def _axes(document: Document, selection: Selection) -> tuple[object, ...]:
    """Return what decides which steps are looked at, and of which layer."""
    layer = document.layers[selection.layer]
    length = document.input.length(selection.sample)
    return selection.layer, layer.cell, layer.units, document.timesteps, length, document.window


def _legend(curves: tuple[_Curve, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((colour, name) for name, _, colour in curves)


PLOT = JacobiansPlot
