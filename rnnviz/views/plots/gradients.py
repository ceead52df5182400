"""How much gradient reaches each step, on a log axis: one of five gradients, and lines to compare it with."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from rnnviz.core.activations import Array
from rnnviz.core.measures.norms import norms
from rnnviz.core.measures.reach import GradientReach, gradient_reach, half_life
from rnnviz.core.measures.spectrum import geometric_line
from rnnviz.document.document import Document
from rnnviz.document.gradient_kinds import (
    Compared,
    Comparison,
    bounded_steps,
    compare,
    gradient_norms,
    is_truncated,
    last_counted,
    state_size,
)
from rnnviz.session.background import Question
from rnnviz.session.computer import predicted_ms
from rnnviz.views.axes import decades
from rnnviz.views.colours import mixed
from rnnviz.views.fonts import number as shown
from rnnviz.views.fonts import scientific, subscript, ui_font
from rnnviz.views.marks import curve_lines, draw_bars, draw_curves, mark_floor
from rnnviz.views.plots._base import Ghost, Look, PlotSpec
from rnnviz.views.plots._ghosts import draw_ghost_over
from rnnviz.views.plots._gradient_look import KINDS, LINES, GradientLook, GradientRow
from rnnviz.views.plots._time import Panel, PanelSpec, TimePlot
from rnnviz.views.reach_words import reach_in_words
from rnnviz.views.theme import Theme

_SHADES = 12
_BEYOND = 3.0  # decades that lines may reach beyond the bars
_CUBE_MS = 1e-6  # of one decomposition, for each rows³
_MOST_ENTRIES = 4  # of a legend that has room for a caption beside it

_Asked = tuple[Document, int, int, frozenset[Comparison]]


class GradientsPlot(TimePlot):
    """‖∂L/∂h_t‖₂, the total, with its direct part, or another gradient; t = 0…T."""

    spec = PlotSpec(
        key="gradients",
        title="Gradient magnitude",
        look_at="how much of the loss's gradient reaches each step",
        meaning="The Euclidean norm of a gradient at each step, on a logarithmic axis. Total ∂L/∂h_t: everything that "
        "h_t does to the loss. Direct: only what it does through the output at its own step, W_hyᵀ ∂ℓ_t/∂y_t. Carried: "
        "what came back from step t + 1. δ_t = ∂L/∂a_t: of the pre-activations. Last loss alone, ∂ℓ_T/∂h_t: the "
        "textbook curve, to which no step on the way adds anything. A triangle on the floor marks an exact zero, or "
        "less than the axis shows. ρ^(T−t) is what the recurrent matrix alone would do; Π σ max(J) is the most that "
        "the steps' Jacobians allow the gradient of one loss in the last layer; both start where the bars do.",
        area="middle",
        order=30,
        height=5,
        comes="backward",
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._look = GradientLook()
        self._row: GradientRow | None = None
        self._asked: _Asked | None = None
        self._question: Question | None = None
        self._answered: Question | None = None
        self._compared = Compared()
        self._total: Array = np.zeros(2)
        self._direct: Array = np.zeros(2)
        self._values: Array = np.zeros(2)
        self._lines: tuple[tuple[str, str, Array], ...] = ()
        self._others: tuple[tuple[int, Array], ...] = ()
        self._low, self._high = -3.0, 0.0

    # What is chosen

    def look(self) -> Look | None:
        return self._look

    def take_look(self, look: Look) -> None:
        if isinstance(look, GradientLook):
            self._look = look

    def controls(self) -> QWidget | None:
        self._row = GradientRow(self.theme)
        self._row.changed.connect(self._take_choice)
        return self._row

    @property
    def row(self) -> GradientRow | None:
        """The controls above the plot; None in a figure."""
        return self._row

    def _take_choice(self) -> None:
        assert self._row is not None
        self._look = self._row.look
        if self.is_ready:
            self.ghosts_shown()
            self.frame_shown()
            self.set_remark(self.remark())
            self.repaint_ground()
            self.question_changed.emit()

    # What is drawn

    def values(self) -> Array:
        """Return what the bars show for t = 0…T, without padding; nan where there is none or it is not known yet."""
        return self._values

    def lines(self) -> dict[str, Array]:
        """Return what the lines show for t = 0…T, by their names."""
        return {name: values for name, _, values in self._lines} | {
            f"layer {layer + 1}": values for layer, values in self._others
        }

    def frame_shown(self) -> None:
        assert self.frame is not None
        assert self.document is not None
        if self._row is not None:
            self._row.show_look(self._look, has_layers=len(self.document.layers) > 1)
        self._ask()
        layer, sample, real = self.frame.layers[self.selection.layer], self.selection.sample, slice(self.length + 1)
        self._total = norms(layer.state_gradients["h"][sample, real])
        self._direct = norms(layer.direct[sample, real])
        self._prepare()

    def _prepare(self) -> None:
        assert self.document is not None
        self._values = self._norms(self.selection.layer)
        self._lines, self._others = tuple(self._found_lines()), ()
        if "layers" in self._look.lines and self._look.kind != "last":
            others = [layer for layer in range(len(self.document.layers)) if layer != self.selection.layer]
            self._others = tuple((layer, self._norms(layer)) for layer in others)
        bars = [self._values, *([self._direct] if self._look.kind == "total" else [])]
        bars += [values[: self.last_t + 1] for _, values in self.shown_ghosts]
        lines = [*(line[2] for line in self._lines), *(line[1] for line in self._others)]
        self._low, self._high = self.scale("gradient", *_range_of(np.concatenate(bars), lines))

    def ghost_values(self, ghost: Ghost) -> Array | None:
        if ghost.layer(self.selection) is None:
            return None
        return gradient_norms(ghost.frame, self.selection.layer, self.selection.sample, self._look.kind)

    @property
    def ghosts_are_over(self) -> bool:
        return True

    def _norms(self, layer: int) -> Array:
        """Return the chosen gradient of a layer, (T + 1,); nan where it is not known yet."""
        assert self.frame is not None
        if layer == self.selection.layer and self._look.kind == "total":
            return self._total
        found = gradient_norms(self.frame, layer, self.selection.sample, self._look.kind)
        return self._fitting(self._compared.last, np.full(self.length + 1, np.nan)) if found is None else found

    def _fitting(self, values: Array | None, otherwise: Array) -> Array:
        """Return values if they are of a sequence as long as the shown one."""
        return otherwise if values is None or len(values) != self.length + 1 else values

    def _found_lines(self) -> list[tuple[str, str, Array]]:
        """Return the name, the colour and the values of each line that is wanted and known."""
        compared, chosen, nothing = self._compared, self._look.lines, np.zeros(0)
        start, last = self._start(), self.length
        found = []
        with np.errstate(all="ignore"):
            if "radius" in chosen and compared.radius is not None and start is not None:
                line = geometric_line(compared.radius, start) * self._values[start]
                found.append((LINES["radius"][0], self.theme.muted, _until(line, last)))
            bound = self._fitting(compared.bound, nothing)
            if "bound" in chosen and len(bound) and start is not None:
                line = bound[: start + 1] / bound[start] * self._values[start]
                found.append((LINES["bound"][0], self.theme.text, _until(line, last)))
        whole = self._fitting(compared.whole, nothing)
        if self._is_truncated and self._look.kind == "total" and len(whole):
            found.append(("total, not cut", self.theme.output, whole))
        return found

    def _start(self) -> int | None:
        """Return the last t with a gradient, where lines begin; None where there is none."""
        with np.errstate(invalid="ignore"):
            felt = np.flatnonzero(np.isfinite(self._values) & (self._values > 0))
        return int(felt[-1]) if len(felt) else None

    @property
    def _is_truncated(self) -> bool:
        return self.document is not None and is_truncated(self.document, self.selection.sample)

    # What has to be computed for it

    def _ask(self) -> None:
        assert self.document is not None
        layer, sample = self.selection.layer, self.selection.sample
        wanted = self._wanted()
        asked = (self.document, layer, sample, wanted)
        if self._asked is not None and self._asked[0] is asked[0] and self._asked[1:] == asked[1:]:
            return
        self._asked = asked
        self._question = Question(compare, asked, self._cost_ms(wanted)) if wanted else None

    def _wanted(self) -> frozenset[Comparison]:
        wanted: set[Comparison] = {line for line in ("radius", "bound") if line in self._look.lines}
        if self._look.kind == "last":
            wanted.add("last")
        if self._is_truncated:
            wanted.add("whole")
        return frozenset(wanted)

    def _cost_ms(self, wanted: frozenset[Comparison]) -> float:
        assert self.document is not None
        layer, sample = self.selection.layer, self.selection.sample
        rows, run_ms = state_size(self.document, layer), 1.0 + predicted_ms(self.document)
        cost = run_ms * (1 + len(wanted & {"last", "whole"}))
        if "radius" in wanted:
            cost += 40 * rows**3 * _CUBE_MS
        if "bound" in wanted:
            cost += bounded_steps(self.document, layer, sample) * (0.03 + rows**3 * _CUBE_MS)
        return cost

    def question(self) -> Question | None:
        return None if self._question is self._answered else self._question

    def answer_shown(self, answer: object) -> None:
        assert isinstance(answer, Compared)
        self._answered, self._compared = self._question, answer
        self._prepare()

    # Words

    def reach(self) -> GradientReach:
        """Return the measured ratio of the first to the last gradient, and what it is called."""
        assert self.frame is not None
        if self._look.kind == "last":
            return gradient_reach(self._values[: last_counted(self.frame.document, self.selection.sample) + 1])
        return self.frame.reach(self.selection.layer, self.selection.sample)

    def half_life(self) -> float:
        """Return after how many steps back, from the last that has any, the drawn gradient has halved."""
        start = self._start()
        return float("nan") if start is None else half_life(self._values[: start + 1])

    def remark(self) -> str:
        if not self.is_ready:
            return self.spec.look_at
        kind = self._look.kind
        if kind not in ("total", "last"):
            return f"log scale — {KINDS[kind][0]}"
        if kind == "total" and self._is_truncated:
            return f"log scale — {self._truncation()}"
        words = self._reach_in_words()
        life = self.half_life()
        return f"{words}, halved in {shown(life, 1)}" if kind == "last" and math.isfinite(life) else words

    def _truncation(self) -> str:
        """Return how much of the gradient is left when windows cut it."""
        kept = self._compared.kept
        if kept is None or not math.isfinite(kept):
            return "windows cut the gradient"
        return f"cut by windows: ‖∂L/∂W‖ is ×{scientific(kept)} of the whole"

    def _reach_in_words(self) -> str:
        steps = len(self._total) - 1
        if self._look.kind == "last":
            assert self.document is not None
            steps = last_counted(self.document, self.selection.sample)
            if np.isnan(self._values).all():
                return "log scale — last loss alone"
        return f"log scale — {reach_in_words(self.reach(), steps)}"

    # Painting

    def panel_specs(self) -> tuple[PanelSpec, ...]:
        colour = self.theme.gradient_direct if self._look.kind == "direct" else self.theme.gradient
        legend: list[tuple[str | None, str]] = [(colour, self._name())]
        if self._look.kind == "total":
            legend.append((self.theme.gradient_direct, KINDS["direct"][0]))
        legend += [(line_colour, name) for name, line_colour, _ in self._lines]
        if self._others:
            legend.append((self._other_colour().name(), LINES["layers"][0]))
        caption = "←  backward through time" if len(legend) < _MOST_ENTRIES else ""
        return (PanelSpec(self._low, self._high, "log", caption=caption, legend=tuple(legend)),)

    def _name(self) -> str:
        if self._look.kind == "last" and self.document is not None:
            return f"‖∂ℓ{subscript(last_counted(self.document, self.selection.sample))}/∂hₜ‖₂ alone"
        return KINDS[self._look.kind][0]

    def paint_panel(self, painter: QPainter, panel: Panel, number: int) -> None:  # noqa: ARG002
        base = panel.rect.bottom()
        t = np.arange(float(len(self._values)))
        direct = [QColor(self.theme.gradient_direct)]
        bars = [(self._values, 0.76, direct if self._look.kind == "direct" else self._shades(self.theme.gradient))]
        if self._look.kind == "total":
            bars.append((self._direct, 0.30, direct))
        for values, share, colours in bars:
            width = max(min(panel.step, self.theme.px(34)) * share, 1.0)
            draw_bars(painter, panel.x(t) - width / 2, width, base, self._tops(panel, values), colours)
        self._paint_lines(painter, panel, t)
        with np.errstate(invalid="ignore"):
            mark_floor(
                painter,
                panel.x(t[self._values < 10.0**self._low]),
                panel.rect.bottom(),
                min(self.theme.px(3.5), panel.step * 0.45),
                QColor(self.theme.gradient),
            )
        self.mark_overflow(painter, panel, t[~np.isfinite(self._total)])

    def paint_ghost(self, painter: QPainter, panel: Panel, number: int, ghost: Ghost, values: Array) -> None:  # noqa: ARG002
        """Draw the same gradient; it has a gap where it is zero or below the axis."""
        lines = curve_lines(panel.x(np.arange(len(values))), self._tops(panel, values))
        draw_ghost_over(painter, self.theme, ghost.number, lines)

    def _tops(self, panel: Panel, values: Array) -> Array:
        """Return the heights of values in pixels; nan where they are below the axis."""
        with np.errstate(divide="ignore", invalid="ignore"):
            exponents = np.log10(values)
            return panel.y(np.where((exponents >= self._low) & (exponents < np.inf), exponents, np.nan))

    def _paint_lines(self, painter: QPainter, panel: Panel, t: Array) -> None:
        width = self.theme.px(1.3) * self.theme.line_px
        for _, colour, values in self._lines:
            draw_curves(painter, panel.x(t), self._tops(panel, values)[None], [QColor(colour)], width)
        taken: list[float] = []
        for layer, values in self._others:
            heights = self._tops(panel, values)
            draw_curves(painter, panel.x(t), heights[None], [self._other_colour()], width)
            self._name_line(painter, panel, f"layer {layer + 1}", heights, taken)

    def _name_line(self, painter: QPainter, panel: Panel, words: str, heights: Array, taken: list[float]) -> None:
        """Write what a line is above its left end, unless another name is there."""
        px = self.theme.px
        known = np.flatnonzero(np.isfinite(heights) & panel.shows(np.arange(float(len(heights)))))
        if len(known) == 0 or any(abs(heights[known[0]] - other) < px(13) for other in taken):
            return
        y = max(float(heights[known[0]]), panel.rect.top() + px(16))
        taken.append(float(heights[known[0]]))
        font = ui_font(self.theme.words(10))
        plate = QFontMetricsF(font).boundingRect(words).adjusted(-px(2), 0, px(2), 0)
        place = QPointF(max(float(panel.x(float(known[0]))), panel.seen.left()) + px(3), y - px(5))
        painter.fillRect(plate.translated(place), QColor(self.theme.card))
        painter.setFont(font)
        painter.setPen(QColor(self.theme.text))
        painter.drawText(place, words)

    def _other_colour(self) -> QColor:
        return mixed(self.theme.gradient, self.theme.text, 0.55)

    def _shades(self, colour: str) -> list[QColor]:
        """Return paler and fuller colours: the smaller a bar the paler it is, so that a fading gradient fades."""
        return [mixed(self.theme.card, colour, 0.45 + 0.55 * step / (_SHADES - 1)) for step in range(_SHADES)]

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        if self._row is not None:
            self._row.apply_theme(theme)
        if self.is_ready:
            self._prepare()

    def describe_step(self, t: int) -> str:
        lines = [f"t = {t}"]
        if self._look.kind != "total" and math.isfinite(self._values[t]):
            lines.append(f"{self._name()} = {scientific(float(self._values[t]), 4)}")
        lines.append(f"‖∂L/∂hₜ‖₂ = {scientific(float(self._total[t]), 4)}")
        lines.append(f"direct part = {scientific(float(self._direct[t]), 4)}")
        lines += [f"{name}: {scientific(float(line[t]), 4)}" for name, line in self.lines().items()]
        return "\n".join(lines) + "\n\n" + "\n\n".join([*self._notes(), self.spec.meaning])

    def _notes(self) -> list[str]:
        """Return what is measured of the whole curve: its half-life, and what is left of it where it is cut."""
        notes, life = [], self.half_life()
        if math.isinf(life):
            notes.append("Going back from its last step, it never falls to half.")
        elif math.isfinite(life):
            notes.append(f"Going back from its last step, it has fallen to half after {shown(life, 1)} steps.")
        if self._is_truncated and self._compared.kept is not None and math.isfinite(self._compared.kept):
            notes.append(
                "Windows cut the gradient (truncated BPTT). The norm of the layer's weight gradient ∂L/∂W, over that "
                f"of the one that is not cut: {scientific(self._compared.kept, 4)}."
            )
        return notes


def _until(line: Array, last: int) -> Array:
    """Return a line that ends before t = last, with nan for the rest."""
    return np.concatenate([line, np.full(last + 1 - len(line), np.nan)])


def _range_of(bars: Array, lines: list[Array]) -> tuple[float, float]:
    """Return whole exponents that hold the bars, and the lines as far as they are near them."""
    low, high = decades(bars)
    near = [line[(line > 10.0 ** (low - _BEYOND)) & (line < 10.0 ** (high + _BEYOND))] for line in lines]
    return decades(np.concatenate([bars, *near]))


PLOT = GradientsPlot
