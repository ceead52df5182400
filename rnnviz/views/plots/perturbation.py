"""Two trajectories that part: one number is nudged, and the distance to the run without it is drawn over t."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from rnnviz.core.activations import Array
from rnnviz.document.document import Document
from rnnviz.document.nudging import Nudge, Parting, What, part
from rnnviz.session.background import Question
from rnnviz.session.computer import predicted_ms
from rnnviz.views.axes import decades, finite_extent
from rnnviz.views.fonts import scientific, subscript, ui_font
from rnnviz.views.marks import curve_lines, draw_curves, mark_floor
from rnnviz.views.plots._base import Look, PlotSpec
from rnnviz.views.plots._ghosts import draw_ghost_over
from rnnviz.views.plots._nudge_row import NudgeRow
from rnnviz.views.plots._time import Panel, PanelSpec, TimePlot
from rnnviz.views.steps import rounded_limit
from rnnviz.views.theme import Theme

_STEP_MS, _OVERHEAD_MS = 0.03, 1.5  # of the Jacobians, and of any document
_TRAJECTORIES = 0  # the number of their panel
_REACH = 6  # px from the mark of k in which it is taken hold of
_HEAD = 18  # px of the mark
USUAL_SIZE = 1e-3
_FORGOTTEN = 1e-3  # of what it first did, from where on a nudge is forgotten
_KEPT = 0.9  # and its inverse: between them it neither grows nor shrinks
_BEYOND = 2.0  # decades that the first order may reach beyond what is measured
_UNKNOWN = (-3.0, 0.0)  # the exponents that are shown until something is measured


@dataclass(frozen=True, slots=True)
class NudgeLook:
    """What is nudged, when and how far; which feature or unit follows the selected unit."""

    what: What
    k: int
    size: float

    def words(self) -> list[str]:
        """Return the options of `rnnviz export` that choose it."""
        return ["--nudge", self.what, "--nudge-at", str(self.k), "--nudge-size", f"{self.size:g}"]


class PerturbationPlot(TimePlot):
    """h of one unit along both trajectories, and ‖s′_t − s_t‖ on a log axis, from the nudge on."""

    spec = PlotSpec(
        key="perturbation",
        title="Nudge",
        look_at="how two trajectories part",
        meaning="The network runs twice, once with one number moved by ε: feature j of x_k, or unit i of h_k. Above is "
        "h of the selected unit in both runs, dashed with the nudge; they are seen to part where ε is large enough. "
        "Below is ‖s′_t − s_t‖₂ on a logarithmic axis, where s is the state of the layer: h and, for an LSTM, c. "
        "A line that rises means that small differences grow, as in chaos; one that falls, that they are forgotten. "
        "The thin line is the same to first order, ‖J_t … J_{k+1} δ_k‖, the product of the Jacobians of the steps: it "
        "holds while the nudge is small. A triangle on the floor marks an exact zero. Near 10⁻¹⁶ only rounding is "
        "seen. Drag the mark of k, double-click on a step, or press K for the cursor's.",
        area="middle",
        order=60,
        height=4,
        shown=False,
        comes="whole",
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._what: What = "x"
        self._k, self._size = 1, USUAL_SIZE
        self._row: NudgeRow | None = None
        self._asked: tuple[Document, Nudge] | None = None
        self._question: Question | None = None
        self._answered: Question | None = None
        self._parting: Parting | None = None
        self._parted: Nudge | None = None  # the nudge that the shown distances are of
        self._press: QPointF | None = None  # on the mark of k
        self._is_dragging = False
        self._extent = 1.0  # of the trajectories
        self.setMouseTracking(True)

    # What is nudged

    def look(self) -> Look | None:
        return None if not self.is_ready else NudgeLook(self.nudge.what, self.nudge.k, self.nudge.size)

    def take_look(self, look: Look) -> None:
        if isinstance(look, NudgeLook):
            self._what, self._k, self._size = look.what, look.k, look.size

    def controls(self) -> QWidget | None:
        self._row = NudgeRow(self.theme)
        self._row.changed.connect(self._take_choice)
        self._row.here_requested.connect(self._nudge_here)
        self._row.ghost_requested.connect(self._pin)
        return self._row

    @property
    def row(self) -> NudgeRow | None:
        """The controls above the plot; None in a figure."""
        return self._row

    @property
    def nudge(self) -> Nudge:
        """What is nudged: what was chosen, as far as the shown document has it."""
        assert self.document is not None
        selection, what = self.selection, self._what
        layer = self.document.layers[selection.layer]
        if what == "c" and "c" not in layer.initial_state:
            what = "h"
        first = 1 if what == "x" else 0
        number = selection.unit
        if what == "x":
            number = min(number, self.document.input.values.shape[2] - 1)
        k = min(max(self._k, first), self.length)
        return Nudge(what, number, k, self._size, selection.layer, selection.sample)

    @property
    def parting(self) -> Parting | None:
        """What is drawn; None until it has been computed."""
        return self._parting

    def set_nudge(self, what: What, k: int, size: float) -> None:
        """Nudge something else."""
        if (what, k, size) == (self._what, self._k, self._size):
            return
        self._what, self._k, self._size = what, k, size
        if self.is_ready:
            self.frame_shown()
            self.set_remark(self.remark())
            self.repaint_ground()
            self.question_changed.emit()

    def _take_choice(self) -> None:
        assert self._row is not None
        what: What = self._row.what_row.choice  # type: ignore[assignment]  # its keys are what can be nudged
        self.set_nudge(what, self._k, self._row.epsilon)

    def _nudge_here(self) -> None:
        self.set_nudge(self._what, min(self.cursor_t, self.length), self._size)

    def _pin(self) -> None:
        if self.is_ready:
            self.pin_requested.emit(self.nudge)

    # What becomes of it

    def frame_shown(self) -> None:
        assert self.document is not None
        nudge = self.nudge
        if self._row is not None:
            has_c = "c" in self.document.layers[self.selection.layer].initial_state
            is_run = nudge.what == "x" or nudge.k == 0
            self._row.show_choice(nudge.what, nudge.size, has_c=has_c, is_run=is_run)
        if self._asked is not None and nudge == self._asked[1] and self.document == self._asked[0]:
            self._fit_trajectories()  # another unit may be selected
            return
        self._asked = self.document, nudge
        cost_ms = 2 * predicted_ms(self.document) + _STEP_MS * self.document.timesteps + _OVERHEAD_MS
        self._question = Question(part, (self.document, nudge), cost_ms)
        if self._parting is not None and len(self._parting.distances) != self.length + 1:
            self._parting = None

    def question(self) -> Question | None:
        return None if self._question is self._answered else self._question

    def answer_shown(self, answer: object) -> None:
        assert isinstance(answer, Parting)
        assert self._asked is not None
        self._answered, self._parting, self._parted = self._question, answer, self._asked[1]
        self._fit_trajectories()

    def _fit_trajectories(self) -> None:
        if self._parting is not None:
            self._extent = min(rounded_limit(max(map(finite_extent, self._trajectories()))), 1e300)

    def remark(self) -> str:
        if not self.is_ready:
            return self.spec.look_at
        nudge = self.nudge
        name = f"{nudge.what}{subscript(nudge.number + 1)} + {scientific(nudge.size)} at t = {nudge.k}"
        if self._parting is None or self._parted is None:
            return name
        return f"{name}: {fate(self._parting.distances, self._parted.k)}"

    # Painting

    def trajectories(self) -> tuple[Array, Array] | None:
        """Return h of the selected unit without the nudge and with it, each (T + 1,); None until it is known."""
        return None if self._parting is None else self._trajectories()

    def _trajectories(self) -> tuple[Array, Array]:
        assert self._parting is not None
        unit = min(self.selection.unit, self._parting.before.shape[1] - 1)
        return self._parting.before[:, unit], self._parting.after[:, unit]

    def panel_specs(self) -> tuple[PanelSpec, ...]:
        return self._trajectory_spec(), self._distance_spec()

    def _trajectory_spec(self) -> PanelSpec:
        unit = self.selection.unit
        extent = 1.06 * self.scale("h", -self._extent, self._extent)[1]
        legend = ((self.theme.unit_colour(unit).name(), "as it is"),)
        return PanelSpec(-extent, extent, caption=f"h{subscript(unit + 1)}", legend=legend, height=0.7)

    def bordered_specs(self) -> tuple[PanelSpec, ...]:
        """Return the panels; the first names the nudged run as ghosts are named."""
        first, *others = super().bordered_specs()
        return replace(first, ghosts=((0, "nudged"),)), *others

    def _distance_spec(self) -> PanelSpec:
        gated = self.document is not None and "c" in self.document.layers[self.selection.layer].initial_state
        legend: list[tuple[str | None, str]] = [(self._colour().name(), "measured")]
        if self._parting is not None and self._parting.linear is not None:
            legend.append((self.theme.muted, "first order"))
        caption = "‖s′ₜ − sₜ‖₂, s = (h, c)" if gated else "‖h′ₜ − hₜ‖₂"
        low, high = self.scale("distance", *(_UNKNOWN if self._parting is None else _range_of(self._parting)))
        return PanelSpec(low, high, "log", caption=caption, legend=tuple(legend))

    def panels(self, rect: QRectF) -> tuple[Panel, ...]:
        return super().panels(rect.adjusted(0, self.theme.px(_HEAD), 0, 0))

    def _colour(self) -> QColor:
        nudge = self.nudge
        return self.theme.feature_colour(nudge.number) if nudge.what == "x" else self.theme.unit_colour(nudge.number)

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        super().paint_ground(painter, rect)
        self._paint_mark(painter, rect)

    def paint_panel(self, painter: QPainter, panel: Panel, number: int) -> None:
        if number == _TRAJECTORIES:
            self._paint_trajectories(painter, panel)
        else:
            self._paint_distances(painter, panel)

    def _paint_trajectories(self, painter: QPainter, panel: Panel) -> None:
        """Draw the unit's curve, and over it, from the nudge on, that of the nudged run."""
        if self._parting is None or self._parted is None:
            return
        before, after = self._trajectories()
        xs, colour = panel.x(np.arange(float(len(before)))), self.theme.unit_colour(self.selection.unit)
        draw_curves(painter, xs, panel.y(before)[None], [colour], self.theme.px(1.7) * self.theme.line_px)
        since = slice(max(self._parted.k - 1, 0), None)
        draw_ghost_over(painter, self.theme, 0, curve_lines(xs[since], panel.y(after[since])))

    def _paint_distances(self, painter: QPainter, panel: Panel) -> None:
        if self._parting is None or self._parted is None:
            return
        t, px = np.arange(float(len(self._parting.distances))), self.theme.px
        since = t >= self._parted.k
        ys = np.where(since, panel.y(_exponents(self._parting.distances, panel.spec.low)), np.nan)
        draw_curves(painter, panel.x(t), ys[None], [self._colour()], px(2.6) * self.theme.line_px)
        if self._parting.linear is not None:
            ys = panel.y(_exponents(self._parting.linear, panel.spec.low))
            draw_curves(painter, panel.x(t), ys[None], [QColor(self.theme.muted)], px(1.0) * self.theme.line_px)
        with np.errstate(invalid="ignore"):
            gone = since & (self._parting.distances < 10.0**panel.spec.low)
        half = min(px(3.5), panel.step * 0.45)
        mark_floor(painter, panel.x(t[gone]), panel.rect.bottom(), half, self._colour())
        if not np.isfinite(self._parting.distances).all():
            painter.setFont(ui_font(px(11)))
            painter.setPen(QColor(self.theme.warning))
            painter.drawText(panel.seen.topLeft() + QPointF(px(6), px(14)), "overflow")

    def _paint_mark(self, painter: QPainter, rect: QRectF) -> None:
        """Mark k with a dotted line and a plate above it."""
        if not self.visible.holds(self.nudge.k):
            return
        px, panels, plate = self.theme.px, self.panels(rect), self._plate(rect)
        x = float(panels[0].x(self.nudge.k))
        painter.setPen(QPen(QColor(self.theme.text), px(1.2), Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(x, panels[0].rect.top()), QPointF(x, panels[-1].rect.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.on))
        painter.drawRoundedRect(plate, px(4), px(4))
        painter.setFont(self._plate_font())
        painter.setPen(QColor(self.theme.on_text))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, self._plate_words())

    def _plate_font(self) -> QFont:
        return ui_font(self.theme.px(11), QFont.Weight.DemiBold)

    def _plate_words(self) -> str:
        return f"k = {self.nudge.k}"

    def _plate(self, rect: QRectF) -> QRectF:
        px = self.theme.px
        width = QFontMetricsF(self._plate_font()).horizontalAdvance(self._plate_words()) + px(12)
        x = float(self.panels(rect)[0].x(self.nudge.k))
        return QRectF(max(min(x - width / 2, rect.right() - width), rect.left()), rect.top() + px(1), width, px(16))

    # The hand

    def _is_at_mark(self, position: QPointF) -> bool:
        rect = QRectF(self.rect())
        panels = self.panels(rect)
        if not panels or not self.visible.holds(self.nudge.k):
            return False
        near = abs(position.x() - float(panels[0].x(self.nudge.k))) <= self.theme.px(_REACH)
        return near or self._plate(rect).contains(position)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.is_ready and self._is_at_mark(event.position()):
            self._press = event.position()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press is not None:
            moved = abs(event.position().x() - self._press.x()) > self.theme.px(3)
            self._is_dragging = self._is_dragging or moved
            if self._is_dragging:
                self.set_nudge(self._what, min(self.t_at(event.position()), self.length), self._size)
            return
        if self.is_ready and not event.buttons():
            at_mark = self._is_at_mark(event.position())
            self.setCursor(Qt.CursorShape.SizeHorCursor if at_mark else Qt.CursorShape.PointingHandCursor)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._press is not None and not self._is_dragging:  # only a click: on a step, like anywhere else
            self.cursor_requested.emit(self.t_at(event.position()))
        self._press, self._is_dragging = None, False
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Nudge at the step that is pointed at."""
        if event.button() == Qt.MouseButton.LeftButton and self.is_ready:
            self.set_nudge(self._what, min(self.t_at(event.position()), self.length), self._size)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Nudge at the cursor with K."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        if Qt.Key(event.key()) == Qt.Key.Key_K and plain and self.is_ready:
            self._nudge_here()
        else:
            super().keyPressEvent(event)

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        if self._row is not None:
            self._row.apply_theme(theme)

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self.theme.px(200)), round(self.theme.px(170)))

    def describe_step(self, t: int) -> str:
        if self._parting is None or self._parted is None:
            return self.spec.meaning
        distance = float(self._parting.distances[t])
        before, after = self._trajectories()
        name = f"h{subscript(self.selection.unit + 1)}"
        lines = [f"t = {t}", f"{name} = {scientific(float(before[t]), 6)}"]
        lines += [f"nudged {scientific(float(after[t]), 6)}", f"distance = {scientific(distance, 4)}"]
        lines.append(f"{scientific(distance / self._parted.size, 4)} times ε")
        if self._parting.linear is not None:
            lines.append(f"to first order {scientific(float(self._parting.linear[t]), 4)}")
        return "\n".join(lines) + f"\n\n{self.spec.meaning}"


def fate(distances: Array, k: int) -> str:
    """Return what becomes of a nudge at k, in words: from the first distance to the last."""
    since = distances[k:]
    if not np.isfinite(since).all():
        return "overflows"
    felt = np.flatnonzero(since > 0)
    if len(felt) == 0:
        return "is not felt"
    first, steps = int(felt[0]), len(since) - 1 - int(felt[0])
    if steps == 0:
        return "is felt at the last step only"
    ratio = float(since[-1] / since[first])
    over = f"in {steps} step{'s' if steps > 1 else ''}"
    if ratio < _FORGOTTEN:
        away = int(np.flatnonzero(since >= _FORGOTTEN * since[first])[-1]) + 1 - first
        return f"forgotten after {away} step{'s' if away > 1 else ''}"
    if _KEPT <= ratio <= 1 / _KEPT:
        return f"is kept {over}"
    return f"{'grows' if ratio >= 1 else 'shrinks'} ×{scientific(ratio, 1)} {over}"


def _exponents(distances: Array, low: float) -> Array:
    """Return log10; nan where that is below the axis or not finite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        exponents = np.log10(distances)
        return np.where((exponents >= low) & (exponents < np.inf), exponents, np.nan)


def _range_of(parting: Parting) -> tuple[float, float]:
    """Return whole exponents for what was measured, and for the first order as far as it is near that."""
    low, high = decades(parting.distances)
    if parting.linear is None:
        return low, high
    with np.errstate(invalid="ignore"):
        near = parting.linear[(parting.linear > 0) & (parting.linear < 10.0 ** (high + _BEYOND))]
    return decades(np.concatenate([parting.distances, near])) if len(near) else (low, high)


PLOT = PerturbationPlot
