"""One weight over a range: how the gradient and a unit would run at every value of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from rnnviz.core.activations import Array
from rnnviz.document.changing import entry_name
from rnnviz.document.document import READOUT, Document, Place
from rnnviz.document.edits import set_entry
from rnnviz.document.links import Focus, Weight, exists
from rnnviz.document.sweep import SweepRow, Swept, sweep, values_within, without_weight
from rnnviz.document.weight_names import first_weight, full_weight_name
from rnnviz.session.background import Question
from rnnviz.session.computer import predicted_ms
from rnnviz.views.colours import magnitude_colours, magnitude_table, signed_colours, signed_table
from rnnviz.views.editors.knob import FINE, Knob
from rnnviz.views.fonts import MINUS, number, power_of_ten, scientific, subscript, ui_font
from rnnviz.views.marks import draw_map
from rnnviz.views.plots._base import Ghost, Look, PlotSpec
from rnnviz.views.plots._ghosts import draw_ghost_over
from rnnviz.views.plots._swept import LARGEST, SweepMap, narrower, sweep_map, usual_limit, wider
from rnnviz.views.plots._table import DataTable, listed
from rnnviz.views.plots._time import Panel, PanelSpec, Ramp, TimePlot
from rnnviz.views.steps import round_step
from rnnviz.views.theme import Theme

_ALL_MS, _OVERHEAD_MS = 4000.0, 0.7  # what a sweep may take; what any document takes besides its steps
_REACH = 6  # px from the line in which it is taken hold of
_STRIP, _GAP = 58, 12  # px
_ROOM_FOR_STRIP = 900  # px: in a column of cards the time axes of all plots stand below each other instead
_LOG_FROM = 1000.0  # largest over smallest loss from which its axis is logarithmic
_NUDGES = 80  # steps of a key over the whole range


@dataclass(frozen=True, slots=True)
class SweepLook:
    """Which weight is swept, and how far; ``layer`` is the shown one."""

    place: Place
    index: tuple[int, ...]
    low: float
    high: float
    layer: int = 0

    def words(self) -> list[str]:
        """Return the options of `rnnviz export` that choose it."""
        name = full_weight_name(self.place, self.index, self.layer)
        return ["--weight", name, "--range", f"{self.low!r}", f"{self.high!r}"]


class SweepPlot(TimePlot):
    """‖∂L/∂h_t‖ and h_t of the selected unit, over t and the value of one weight."""

    spec = PlotSpec(
        key="sweep",
        title="Sweep of a weight",
        look_at="what one weight does to gradient and state",
        meaning="One weight w is given every value of a range while all others stay; each row is a run of the whole "
        "network. Above log₁₀ ‖∂L/∂h_t‖₂, darker for more; below h_t of the selected unit, orange positive, blue "
        "negative. What is beyond a scale has its end colour. The line is the weight as it is: drag it up or down "
        "(Shift is finer), or press anywhere with Ctrl, or use the keys Up and Down. Wheel, + and − change the range. "
        "The weight is the one touched last. A dashed line is its value in a pinned state. At the right, where there "
        "is room, the loss L and h_T over the weight.",
        area="middle",
        order=50,
        height=7,
        shown=False,
        comes="whole",
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._taken: SweepLook | None = None
        self._place, self._value = Place(0, ""), 0.0
        self._index: tuple[int, ...] = (0,)
        self._low, self._high = -1.0, 1.0
        self._range_of: tuple[object, ...] = ()
        self._base: Document | None = None
        self._swept: Swept | None = None
        self._question: Question | None = None
        self._answered: Question | None = None
        self._fitting: SweepMap | None = None  # with scales that fit
        self._map: SweepMap | None = None
        self._drag: Knob | None = None
        self._hold: object = None  # the merge key of the key that is held down
        self._asked_for = 0.0  # the value of the last edit: the frame may be on its way
        self.setMouseTracking(True)

    # What is shown

    def look(self) -> Look | None:
        if not self.is_ready:
            return None
        return SweepLook(self._place, self._index, self._low, self._high, self.selection.layer)

    def take_look(self, look: Look) -> None:
        if isinstance(look, SweepLook):
            self._taken = look

    @property
    def range(self) -> tuple[float, float]:
        """The values between which the weight is swept."""
        return self._low, self._high

    @property
    def map(self) -> SweepMap | None:
        """What is drawn; None until it has been computed."""
        return self._map

    def frame_shown(self) -> None:
        assert self.frame is not None
        document = self.frame.document
        swept = self._weight(document)
        if swept != (self._place, self._index):
            self._place, self._index = swept
            self.ghosts_shown()
        self._value = float(document.weight(self._place)[self._index])
        self._fit_range(document)
        self._ask(document)
        self._scale_colours()

    def _weight(self, document: Document) -> tuple[Place, tuple[int, ...]]:
        """Return the weight that was touched last, or the first of the recurrent matrix."""
        taken = self._taken
        if taken is not None and exists(document, Weight(taken.place, *(*taken.index, 0)[:2])):
            return taken.place, taken.index
        if self.selection.entry is None:
            return first_weight(document, self.selection.layer)
        place, row, column = self.selection.entry
        return place, (row, column)[: document.weight(place).ndim]

    def ghost_values(self, ghost: Ghost) -> Array | None:
        """Return the value that the swept weight has in a ghost, (1,); None where there is no such weight."""
        row, column = (*self._index, 0)[:2]
        if not exists(ghost.frame.document, Weight(self._place, row, column)):
            return None
        values = ghost.frame.document.weight(self._place)
        return None if values.ndim != len(self._index) else np.array([values[self._index]])

    @property
    def ghosts_are_over(self) -> bool:
        return True

    def _fit_range(self, document: Document) -> None:
        """Keep the range as long as it is of the same weight and holds it."""
        known = (self._place, self._index, document.weight(self._place).shape, document.title)
        if known != self._range_of or not self._low <= self._value <= self._high:
            limit = usual_limit(self._value)
            self._low, self._high = -limit, limit
            self._range_of = known
            if self._taken is not None:
                self._low, self._high = self._taken.low, self._taken.high

    def _ask(self, document: Document) -> None:
        """Have another question if anything but the swept weight has changed."""
        selection, each_ms = self.selection, predicted_ms(document) + _OVERHEAD_MS
        count = values_within(each_ms, _ALL_MS)
        looked_at = (selection.layer, selection.sample, selection.unit)
        swept = Swept(self._place, self._index, self._low, self._high, *looked_at, count)
        base = without_weight(document, self._place, self._index)
        if self._question is not None and swept == self._swept and base == self._base:
            return
        self._base, self._swept = base, swept
        self._question = Question(sweep, (base, swept), each_ms * count)
        if self._fitting is not None and not self._is_alike(self._fitting, document):
            self._fitting = None

    def _is_alike(self, shown: SweepMap, document: Document) -> bool:
        """Return whether a map of something else may stay until the new one is there."""
        same = (shown.swept.place, shown.swept.index, shown.swept.layer, shown.length)
        now = (self._place, self._index, self.selection.layer, self.length)
        return same == now and shown.h.shape[1] == document.timesteps + 1

    def _scale_colours(self) -> None:
        """Have the colours of the maps on the scales that fit, or that are held."""
        fitting = self._map = self._fitting
        if fitting is None:
            return
        low, high = self.scale("gradient", fitting.low, fitting.high)
        _, limit = self.scale("h", -fitting.limit, fitting.limit)
        if (low, high, limit) != (fitting.low, fitting.high, fitting.limit):
            self._map = replace(fitting, low=low, high=high, limit=limit)

    def question(self) -> Question | None:
        return None if self._question is self._answered else self._question

    def answer_shown(self, answer: object) -> None:
        assert self.frame is not None
        assert self._swept is not None
        assert isinstance(answer, list)
        rows = [row for row in answer if isinstance(row, SweepRow)]
        activation = self.frame.document.layers[self._swept.layer].activation
        self._fitting = sweep_map(self._swept, rows, self.length, activation)
        self._scale_colours()
        self._answered = self._question

    def tables(self) -> tuple[DataTable, ...]:
        """Return both maps, a line for each value of the weight and each t."""
        if self._map is None:
            return ()
        found, name = self._map, entry_name(self._place, self._index)
        with np.errstate(over="ignore"):
            gradients = 10.0**found.exponents
        rows = [
            (value, t, float(gradients[row, t]), float(found.h[row, t]))
            for row, value in enumerate(found.values.tolist())
            for t in range(found.length + 1)
        ]
        return (listed((name, "t", "‖∂L/∂h‖", f"h{self.selection.unit + 1}"), rows),)

    def remark(self) -> str:
        if not self.is_ready:
            return self.spec.look_at
        name = entry_name(self._place, self._index)
        if self._place.layer not in (self.selection.layer, READOUT):
            name += f" of layer {self._place.layer + 1}"
        return f"{name} from {_number(self._low)} to {_number(self._high)}"

    # Painting

    def panel_specs(self) -> tuple[PanelSpec, ...]:
        assert self._swept is not None
        unit = f"h{subscript(self.selection.unit + 1)}"
        half = (self._high - self._low) / (2 * (self._swept.count - 1))
        low, high = self._low - half, self._high + half
        if self._map is None:
            return PanelSpec(low, high, caption="‖∂L/∂hₜ‖₂"), PanelSpec(low, high, caption=unit)
        found, theme = self._map, self.theme
        gradients = tuple(magnitude_table(theme.card, theme.gradient, theme.text).tolist())
        states = tuple(signed_table(theme.negative, theme.neutral, theme.positive).tolist())
        less, more = ("≤ ", "≥ ") if found.is_cut else ("", "")
        ends = (f"{less}{_number(-found.limit)}", f"{more}{_number(found.limit)}")
        overflow = ((theme.warning, "overflow"),) if found.overflows else ()
        first = Ramp(gradients, power_of_ten(round(found.low)), power_of_ten(round(found.high)))
        return (
            PanelSpec(low, high, caption="‖∂L/∂hₜ‖₂", legend=overflow, ramp=first),
            PanelSpec(low, high, caption=unit, ramp=Ramp(states, *ends)),
        )

    def panels(self, rect: QRectF) -> tuple[Panel, ...]:
        return super().panels(rect.adjusted(0, 0, -self._strip_width(rect), 0))

    def _strip_width(self, rect: QRectF) -> float:
        px = self.theme.px
        return px(_STRIP + _GAP) if rect.width() >= px(_ROOM_FOR_STRIP) else 0.0

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        super().paint_ground(painter, rect)
        panels, beyond = self.panels(rect), 0.0
        if self._map is not None and self._strip_width(rect):
            self._paint_strip(painter, panels[0], self._map.losses, "loss")
            self._paint_strip(painter, panels[1], self._map.h[:, self._map.length], f"{panels[1].spec.caption} at T")
            beyond = self.theme.px(_STRIP + _GAP)
        for panel in panels if self._low <= self._value <= self._high else ():
            self._paint_line(painter, panel, beyond)

    def paint_panel(self, painter: QPainter, panel: Panel, number: int) -> None:
        if self._map is None:
            return
        half = self._map.half_step
        top, bottom = (float(panel.y(end)) for end in (self._map.values[-1] + half, self._map.values[0] - half))
        place = QRectF(panel.rect.left(), top, panel.rect.width(), bottom - top)
        if number == 0:
            parts = (self._map.exponents[::-1] - self._map.low) / (self._map.high - self._map.low)
            with np.errstate(invalid="ignore"):
                draw_map(painter, place, np.maximum(parts, 0.0), partial(magnitude_colours, self.theme))
        else:
            states = partial(signed_colours, self.theme, limit=self._map.limit)
            draw_map(painter, place, self._map.h[::-1], states)

    def paint_ghost(self, painter: QPainter, panel: Panel, number: int, ghost: Ghost, values: Array) -> None:  # noqa: ARG002
        """Draw the value that the weight has there, if it is on the axis."""
        if self._low <= values[0] <= self._high:
            y = float(panel.y(values[0]))
            line = np.array([[panel.rect.left(), y, panel.rect.right(), y]])
            draw_ghost_over(painter, self.theme, ghost.number, line)

    def _paint_strip(self, painter: QPainter, panel: Panel, values: Array, caption: str) -> None:
        """Draw what comes of the run over the weight, beside a map and on its axis."""
        assert self._map is not None
        px, theme = self.theme.px, self.theme
        strip = QRectF(panel.rect.right() + px(_GAP), panel.rect.top(), px(_STRIP), panel.rect.height())
        finite = values[np.isfinite(values)]
        painter.fillRect(strip, QColor(theme.faint))
        logarithmic = len(finite) > 0 and finite.min() > 0 and finite.max() > _LOG_FROM * finite.min()
        painter.setFont(ui_font(px(11)))
        painter.setPen(QColor(theme.muted))
        words = f"log {caption}" if logarithmic else caption
        painter.drawText(QPointF(strip.left(), strip.top() - px(8)), words)
        if len(finite) == 0:
            return
        with np.errstate(all="ignore"):
            values, finite = (np.log10(each) if logarithmic else each for each in (values, finite))
            low, high = float(finite.min()), float(finite.max())
            parts = (values - low) / (high - low) if high > low else np.full(len(values), 0.5)
        inside = strip.adjusted(px(4), 0, -px(4), 0)
        painter.save()
        painter.setClipRect(strip)
        _draw_upright(painter, inside.left() + parts * inside.width(), panel.y(self._map.values), theme)
        painter.restore()

    def _paint_line(self, painter: QPainter, panel: Panel, beyond: float) -> None:
        """Draw the weight as it is, across a map and the strip beside it, with its value at the axis."""
        px, y = self.theme.px, float(panel.y(self._value))
        left, right = QPointF(panel.rect.left(), y), QPointF(panel.rect.right() + beyond, y)
        for colour, width in ((self.theme.card, 3.6), (self.theme.text, 1.6)):
            painter.setPen(QPen(QColor(colour), px(width)))
            painter.drawLine(left, right)
        font = ui_font(px(11), QFont.Weight.DemiBold)
        words = _number(self._value, 3)
        width = min(QFontMetricsF(font).horizontalAdvance(words) + px(10), panel.rect.left())
        plate = QRectF(panel.rect.left() - width, y - px(8.5), width, px(17))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.on))
        painter.drawRoundedRect(plate, px(4), px(4))
        painter.setFont(font)
        painter.setPen(QColor(self.theme.on_text))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, words)

    # Tooltips

    def describe(self, position: QPointF, rect: QRectF) -> str:
        words, t = super().describe(position, rect), self.t_at(position)
        if self._map is None or t > self.length:
            return words
        panel = self._panel_at(position, rect)
        row = self._map.row(self._value_at(panel, position.y()))
        gradient, h = self._map.exponents[row, t], float(self._map.h[row, t])
        with np.errstate(over="ignore"):
            norm = float(10.0**gradient)
        lines = [
            f"t = {t}, {entry_name(self._place, self._index)} = {scientific(float(self._map.values[row]), 3)}",
            f"‖∂L/∂hₜ‖₂ = {scientific(norm, 3)}",
            f"h{subscript(self._map.swept.unit + 1)} = {number(h, 4) if abs(h) < _LOG_FROM else scientific(h, 3)}",
            f"loss = {scientific(float(self._map.losses[row]), 4)}",
        ]
        lines += [f"{ghost.name}: {_number(float(values[0]))}" for ghost, values in self.shown_ghosts]
        return "\n".join(lines) + f"\n\n{words}"

    def _panel_at(self, position: QPointF, rect: QRectF) -> Panel:
        return min(self.panels(rect), key=lambda panel: abs(panel.rect.center().y() - position.y()))

    def _value_at(self, panel: Panel, y: float) -> float:
        spec = panel.spec
        value = spec.low + (panel.rect.bottom() - y) / panel.rect.height() * (spec.high - spec.low)
        return min(max(value, self._low), self._high)

    # The hand

    def line_y(self, panel_number: int) -> float:
        """Return the height of the line in one of the panels on the screen."""
        return float(self.panels(QRectF(self.rect()))[panel_number].y(self._value))

    def _is_at_line(self, position: QPointF) -> bool:
        near = self.theme.px(_REACH)
        panels = self.panels(QRectF(self.rect()))
        return any(abs(position.y() - float(panel.y(self._value))) <= near for panel in panels)

    def _weight_as_thing(self) -> Weight:
        row, column = (*self._index, 0)[:2]
        return Weight(self._place, row, column)

    def focus_at(self, position: QPointF, rect: QRectF) -> Focus | None:
        """Return the weight on its line, elsewhere the step."""
        return self._weight_as_thing() if self._is_at_line(position) else super().focus_at(position, rect)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        position, at_once = event.position(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.button() != Qt.MouseButton.LeftButton or not self.is_ready:
            super().mousePressEvent(event)
        elif at_once or self._is_at_line(position):
            panel = self._panel_at(position, QRectF(self.rect()))
            start = self._value_at(panel, position.y()) if at_once else self._value
            step = (self._high - self._low) / panel.rect.height()
            self._drag = Knob(start, position.y(), step, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            if at_once:
                self._drag.is_turning = True
                self._set(start, step, self._drag)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            value = self._drag.turn(event.position().y(), fine=fine)
            if value is not None:
                self._set(value, self._drag.step * (FINE if fine else 1.0), self._drag)
            return
        if self.is_ready and not event.buttons():
            shape = Qt.CursorShape.SizeVerCursor if self._is_at_line(event.position()) else None
            self.setCursor(shape or Qt.CursorShape.PointingHandCursor)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is not None and drag.is_turning:
            self.gesture_ended.emit()
        elif drag is not None:  # only a click: on a step, like anywhere else
            self.cursor_requested.emit(self.t_at(event.position()))
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Change the weight with Up and Down (Shift is finer), the range with + and −."""
        key, fine = Qt.Key(event.key()), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        ways = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        zooms = {Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1, Qt.Key.Key_Minus: -1}
        if not self.is_ready or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        elif key in ways:
            if self._hold is None:
                self._hold, self._asked_for = object(), self._value
            step = round_step((self._high - self._low) / _NUDGES) * (FINE if fine else 1.0)
            self._set(self._asked_for + ways[key] * step, step, self._hold)
            self.focus_requested.emit(self._weight_as_thing())
        elif key in zooms:
            self._zoom(zooms[key])
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if self._hold is not None and not event.isAutoRepeat():
            self._hold = None
            self.gesture_ended.emit()
        super().keyReleaseEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change the range."""
        if self.is_ready and event.angleDelta().y():
            self._zoom(1 if event.angleDelta().y() > 0 else -1)
        else:
            super().wheelEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        if self._drag is not None or self._hold is not None:
            self._drag = self._hold = None
            self.gesture_ended.emit()
        super().hideEvent(event)

    def minimumSizeHint(self) -> QSize:
        return QSize(round(self.theme.px(200)), round(self.theme.px(190)))

    def _set(self, value: float, step: float, merge_key: object) -> None:
        """Ask for another value of the weight, within the range, with the decimals that a step of the hand has."""
        decimals = max(0, 1 - math.floor(math.log10(step)))
        self._asked_for = min(max(round(value, min(decimals, 300)), self._low), self._high) + 0.0
        self.edit_requested.emit(set_entry(self._place, self._index, self._asked_for, merge_key))

    def _zoom(self, way: int) -> None:
        """Make the range narrower (1) or wider (−1): symmetric, round, and around the weight."""
        limit = max(abs(self._low), abs(self._high))
        limit = narrower(limit) if way > 0 else wider(limit)
        if self.frame is None or not abs(self._value) <= limit <= LARGEST:
            return
        self._low, self._high = -limit, limit
        self._ask(self.frame.document)
        self.set_remark(self.remark())
        self.repaint_ground()
        self.question_changed.emit()


def _draw_upright(painter: QPainter, xs: Array, ys: Array, theme: Theme) -> None:
    """Draw a curve that runs upwards, interrupted where it is not finite."""
    pen = QPen(QColor(theme.muted), theme.px(1.5) * theme.line_px)
    painter.setPen(pen)
    finite = np.isfinite(xs)
    for i in range(len(xs) - 1):
        if finite[i] and finite[i + 1]:
            painter.drawLine(QPointF(xs[i], ys[i]), QPointF(xs[i + 1], ys[i + 1]))


def _number(value: float, digits: int = 6) -> str:
    """Return a number without needless zeros."""
    plain = value == 0 or 1e-4 <= abs(value) < 10.0 ** min(digits, 5)
    return f"{value:.{digits}g}".replace("-", MINUS) if plain else scientific(value)


PLOT = SweepPlot
