"""The network unrolled in time: the steps around the cursor, and what flows between them."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from rnnviz.document.document import Place
from rnnviz.document.links import Feature, Focus, Output, Step, Unit, Weight
from rnnviz.views.axes import finite_extent
from rnnviz.views.colours import Table, image_of, signed_colours, signed_table
from rnnviz.views.fonts import number, scientific
from rnnviz.views.formula import Symbol, write_symbol
from rnnviz.views.marks import draw_image
from rnnviz.views.plots._base import Plot, PlotSpec
from rnnviz.views.plots._lit_network import LitNetwork
from rnnviz.views.plots._scaffold import (
    Column,
    Edge,
    Scaffold,
    ScaffoldPainter,
    Tone,
    inks_of,
    paint_cells,
    paint_dots,
    units_in,
)
from rnnviz.views.plots._sequence import describe_border, describe_padding
from rnnviz.views.plots._unrolled import Geometry, arrange, first_step
from rnnviz.views.steps import rounded_limit
from rnnviz.views.text import Writer, ui_face
from rnnviz.views.theme import Theme

_LISTED = 12
_BOLD = QFont.Weight.DemiBold


class UnrolledPlot(Plot):
    """The steps around the cursor as boxes, one mark per unit."""

    spec = PlotSpec(
        key="unrolled",
        title="Unrolled network",
        look_at="the same weights at every step",
        meaning="The network written out over time. Each box is the hidden state h_t, one dot or cell per "
        "unit: orange is positive, blue negative. It is made from the state before (through W_hh) and the "
        "input x_t (through W_xh); the output y_t reads it (through W_hy). The weights are the same at every "
        "step. Steps after the cursor are pale. Click a step to go there.",
        area="middle",
        order=10,
        height=3,
        one_of=("sequence",),
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._limits: tuple[float, ...] = ()
        self._held: int | None = None
        self._scaffold: Scaffold | None = None

    # What is shown

    def frame_shown(self) -> None:
        """Find the scale of the colours: ±1 for bounded states, as the heat maps have it."""
        assert self.frame is not None
        limits = []
        for layer, numbers in zip(self.frame.document.layers, self.frame.layers, strict=True):
            bounded = layer.activation in ("tanh", "sigmoid")
            largest = min(finite_extent(numbers.states["h"]), 1e300)
            limits.append(1.0 if bounded else rounded_limit(largest))
        self._limits = tuple(limits)

    def remark(self) -> str:
        """Return the direction that is shown, and what to look at."""
        return f"forward ▸ {self.spec.look_at}"

    def show_cursor(self, t: int) -> None:
        """Move the cursor, and the steps with it."""
        super().show_cursor(t)
        self._follow()

    def _follow(self) -> None:
        """Repaint the numbers, and the ground only where it changes: near the ends of the sequence."""
        self.update()
        if self.frame is None:
            return
        if not self.shows_cursor or self._scaffold != self.scaffold_in(self._area()):
            self.repaint_ground()

    def _area(self) -> QRectF:
        return QRectF(self.rect())

    def geometry_in(self, rect: QRectF) -> Geometry:
        """Return where everything stands in a rectangle."""
        assert self.frame is not None
        last, sides = self.frame.last_step, rect.getRect()
        geometry = arrange(sides, len(self.frame.layers), last + 1, self.theme.px(1.0))
        t = self._t() if self._held is None else self._held + geometry.count // 2
        return replace(geometry, first=first_step(t, last, geometry.count))

    def scaffold_in(self, rect: QRectF) -> Scaffold:
        """Return what the ground of a rectangle shows."""
        assert self.frame is not None
        geometry = self.geometry_in(rect)
        steps, borders = geometry.steps, self.frame.document.borders(self.selection.sample)
        return Scaffold(
            columns=tuple(Column(self._tone(t), self._edge(t), self._has_output(t), t > self._length()) for t in steps),
            before=self._tone(steps[0] - 1) if steps[0] > 0 else None,
            after=self._tone(steps[-1] + 1) if steps[-1] < self._length() else None,
            layers=tuple((layer.cell, layer.units) for layer in self.frame.document.layers),
            window_starts=tuple(t for t in steps[1:] if t - 1 in borders),
        )

    def _t(self) -> int:
        assert self.frame is not None
        return min(self.cursor_t, self.frame.last_step)

    def _length(self) -> int:
        """Return the last step of the sequence that is not padding."""
        assert self.frame is not None
        return self.frame.document.input.length(self.selection.sample)

    def _tone(self, t: int) -> Tone:
        if not self.shows_cursor:
            return "past"
        now = self._t()
        return "now" if t == now else "past" if t < now else "future"

    def _edge(self, t: int) -> Edge:
        assert self.frame is not None
        if t == 0 or t > self._length():
            return "none"
        document = self.frame.document
        if document.window is None or t - 1 not in document.borders(self.selection.sample):
            return "before"
        return "cut" if document.window.stateful else "initial"

    def _has_output(self, t: int) -> bool:
        assert self.frame is not None
        document = self.frame.document
        if document.readout is None or t == 0 or t > self._length():
            return False
        return document.layers[-1].return_sequences or t == self._length()

    # Painting

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        """Paint everything but numbers, as it stands around the cursor; without a cursor those as well."""
        writer, geometry = Writer(painter), self.geometry_in(rect)
        self._scaffold = self.scaffold_in(rect)
        self._paint_legend(writer, rect, geometry)
        ScaffoldPainter(painter, self.theme, geometry, self._scaffold).paint(rect)
        if not self.shows_cursor:
            self._paint_numbers(writer, geometry)

    def _paint_legend(self, writer: Writer, rect: QRectF, geometry: Geometry) -> None:
        """Paint the scale of the colours at the right edge, if the network leaves room for it."""
        px, limit = self.theme.px, max(self._limits)
        words, face = scientific(limit, 1) if limit != 1 else "1", ui_face(px(9.5))
        width, height = face.width(f"−{words}") + px(12), min(px(46), 0.4 * rect.height())
        end = geometry.box(geometry.steps[-1], 0).right()
        if rect.right() - end < width + px(24) or height < px(26) or len(set(self._limits)) > 1:
            return
        middle = (geometry.tops[0] + geometry.tops[-1] + geometry.box_height) / 2
        bar = QRectF(rect.right() - px(7), middle - height / 2, px(5), height)
        table = signed_table(self.theme.negative, self.theme.neutral, self.theme.positive)
        draw_image(writer.painter, bar, image_of(table[::-8].reshape(-1, 1)))
        writer.painter.setPen(QColor(self.theme.muted))
        for text, y in ((words, bar.top()), ("0", middle), (f"−{words}", bar.bottom())):
            writer.write_to(bar.left() - px(3), y + px(3.4), text, face)

    def paint_cursor(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the states and the names: they are those of the steps around the cursor."""
        self._paint_numbers(Writer(painter), self.geometry_in(rect))

    def _paint_numbers(self, writer: Writer, geometry: Geometry) -> None:
        assert self.frame is not None
        steps = geometry.steps
        last = min(steps[-1], self._length(), self._t() if self.shows_cursor else steps[-1])
        reached = range(steps[0], max(last + 1, steps[0]))
        for layer, numbers in enumerate(self.frame.layers):
            states = numbers.states["h"][self.selection.sample, reached.start : reached.stop]
            colours = signed_colours(self.theme, states, self._limits[layer])
            colours[colours == 0] = QColor(self.theme.warning).rgba()
            self._paint_states(writer.painter, geometry, layer, colours)
        for t in steps:
            self._paint_names(writer, geometry, t)

    def _paint_states(self, painter: QPainter, geometry: Geometry, layer: int, colours: Table) -> None:
        assert self.frame is not None
        cell, px = self.frame.document.layers[layer].cell, self.theme.px
        painter.setPen(Qt.PenStyle.NoPen)
        for step, row in enumerate(colours):
            box = geometry.box(geometry.first + step, layer)
            units = units_in(box, cell, len(row), px(1.0))
            if units.are_dots:
                paint_dots(painter, units, box, row.tolist(), 0.42 * units.width - px(0.7))
            else:
                paint_cells(painter, units, box, row)

    def _paint_names(self, writer: Writer, geometry: Geometry, t: int) -> None:
        """Name a step's state, input and output, and say what can be said of them in a word."""
        inks, px, x, tone = inks_of(self.theme), self.theme.px, geometry.middle(t), self._tone(t)
        pale, index = tone == "future", str(t)
        writer.painter.setPen(inks.muted if pale else inks.text)
        is_padding = t > self._length()
        if len(geometry.tops) == 1 and not is_padding:
            left, y = x - geometry.box_width / 2 - px(1), geometry.tops[0] - px(6)
            write_symbol(writer, left, y, Symbol("h", index), px(13.5))
        if self._has_output(t):
            y = geometry.above[0] + px(12)
            end = x + px(13) + write_symbol(writer, x + px(7), y, Symbol("y", index), px(13))
            self._write_beside(writer, end, y, self._output_words(t), geometry, t)
        if t and not is_padding:
            writer.painter.setPen(inks.muted if pale else inks.input)
            y = (geometry.below[0] + geometry.below[1]) / 2 + px(2)
            end = x + px(13) + write_symbol(writer, x + px(7), y, Symbol("x", index), px(13))
            self._write_beside(writer, end, y, self._input_words(t), geometry, t)
        writer.painter.setPen(inks.accent_text if tone == "now" else inks.muted)
        face = ui_face(px(11), _BOLD) if tone == "now" else ui_face(px(11))
        writer.write_about(x, geometry.times, f"t = {t}", face)

    def _write_beside(self, writer: Writer, x: float, y: float, words: str, geometry: Geometry, t: int) -> None:
        """Write the number or the letter beside a name, if it ends before the names of the next step."""
        face = ui_face(self.theme.px(11))
        room = min(geometry.right, geometry.middle(t) + 0.72 * geometry.pitch) - x
        if words and face.width(words) <= room:
            inks = inks_of(self.theme)
            writer.painter.setPen(inks.text if self._tone(t) == "now" else inks.muted)
            writer.write(x, y, words, face)

    def _input_words(self, t: int) -> str:
        """Return what stands beside x_t: its symbol if it spells a text, at the cursor its only feature."""
        assert self.frame is not None
        vocabulary = self.frame.document.input.vocabulary
        x = self.frame.x[self.selection.sample, t - 1]
        if vocabulary is not None:
            return _quoted(vocabulary[int(x.argmax())]) if x.any() else ""
        return _figure(float(x[0])) if self._tone(t) == "now" and len(x) == 1 else ""

    def _output_words(self, t: int) -> str:
        """Return what stands beside y_t at the cursor: its only number."""
        assert self.frame is not None
        y = self.frame.y[self.selection.sample, t - 1]
        return _figure(float(y[0])) if self._tone(t) == "now" and len(y) == 1 else ""

    # What is lit up

    def paint_links(self, painter: QPainter, rect: QRectF) -> None:
        """Ring the units that are lit, or frame their boxes, and draw the edges between what is lit."""
        assert self.frame is not None
        if self.links is not None:
            layers = [(layer.cell, layer.units) for layer in self.frame.document.layers]
            edges = [self._edge(t) == "before" for t in self.geometry_in(rect).steps]
            LitNetwork(painter, self.theme, self.geometry_in(rect), self.links).paint(layers, edges, self._length())

    def links_region(self, rect: QRectF) -> list[QRect]:
        return [rect.toAlignedRect()]

    def focus_at(self, position: QPointF, rect: QRectF) -> Focus | None:
        """Return what is under the pointer: a unit, an input, an output, or the weights between two steps."""
        assert self.frame is not None
        geometry = self.geometry_in(rect)
        t = geometry.t_at(position.x())
        if t is None:
            return self._edge_at(geometry, position)
        if t > self._length():
            return None
        if position.y() < geometry.above[1]:
            return Output(None, t) if self._has_output(t) else Step(t)
        if position.y() > geometry.below[0]:
            return Feature(None, t) if t and position.y() < geometry.below[1] else Step(t)
        for layer, made in enumerate(self.frame.document.layers):
            box = geometry.box(t, layer)
            unit = units_in(box, made.cell, made.units, self.theme.px(1.0)).at(box, position, made.units)
            if unit is not None:
                return Unit(layer, unit, t)
        return Step(t)

    def _edge_at(self, geometry: Geometry, position: QPointF) -> Focus | None:
        """Return the recurrent matrix of a plain layer, between two of its boxes."""
        assert self.frame is not None
        for layer, top in enumerate(geometry.tops):
            is_beside = top <= position.y() <= top + geometry.box_height
            if is_beside and self.frame.document.layers[layer].cell == "rnn":
                return Weight(Place(layer, "W_hh"))
        return None

    # Hands

    def describe(self, position: QPointF, rect: QRectF) -> str:
        """Return what is under the pointer: a state, an input, an output, or the weights between them."""
        geometry = self.geometry_in(rect)
        t = geometry.t_at(position.x())
        if t is None:
            return self._describe_between(geometry, position.x())
        if t > self._length():
            return describe_padding(t, self._length())
        if position.y() < geometry.above[1] and self._has_output(t):
            return self._described("y", t, "W_hy, the same at every step, makes it from the state")
        if position.y() > geometry.below[0] and t:
            return self._described("x", t, "W_xh, the same at every step, feeds it to the units")
        heights = [abs(geometry.box(t, layer).center().y() - position.y()) for layer in range(len(geometry.tops))]
        return self._described("h", t, "the initial state" if t == 0 else "", heights.index(min(heights)))

    def _describe_between(self, geometry: Geometry, x: float) -> str:
        """Return what there is between two steps: weights, the border of a window, or nothing."""
        assert self.frame is not None
        document = self.frame.document
        before = geometry.first + math.floor((x - geometry.left) / geometry.pitch)
        if not geometry.first <= before < min(geometry.steps[-1], self._length()):
            return self.spec.meaning
        if document.window is not None and before in document.borders(self.selection.sample):
            return describe_border(document.window, before)
        recurrent = "W_hh" if all(layer.cell == "rnn" for layer in document.layers) else "W_h of every block"
        return f"{recurrent}: the same weights between all steps"

    def _described(self, name: str, t: int, note: str, layer: int = 0) -> str:
        assert self.frame is not None
        sample = self.selection.sample
        if name == "h":
            values = self.frame.layers[layer].states["h"][sample, t]
        else:
            values = (self.frame.y if name == "y" else self.frame.x)[sample, t - 1]
        where = f" of layer {layer + 1}" if name == "h" and len(self.frame.layers) > 1 else ""
        lines = [f"{name} at t = {t}{where}" + (f": {note}" if note else "")]
        lines += [f"{name}{row + 1} = {_figure(value, 4)}" for row, value in enumerate(values[:_LISTED].tolist())]
        if name == "h" and "c" in self.frame.layers[layer].states:
            cells = self.frame.layers[layer].states["c"][sample, t, :_LISTED].tolist()
            lines[1:] = [f"{line}   c{row + 1} = {_figure(cells[row], 4)}" for row, line in enumerate(lines[1:])]
        more = len(values) - _LISTED
        return "\n".join([*lines, f"… and {more} more"] if more > 0 else lines)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the step that is clicked; until the button is released the steps stay where they are."""
        if event.button() != Qt.MouseButton.LeftButton or self.frame is None:
            super().mousePressEvent(event)
            return
        self._held = self.geometry_in(self._area()).first
        self._request(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go to each step that is dragged over."""
        if self._held is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._request(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the steps follow the cursor again."""
        if self._held is not None and event.button() == Qt.MouseButton.LeftButton:
            self._held = None
            self._follow()

    def _request(self, position: QPointF) -> None:
        t = self.geometry_in(self._area()).t_at(position.x())
        if t is not None and t != self.cursor_t:
            self.cursor_requested.emit(t)


def _figure(value: float, decimals: int = 2) -> str:
    if not math.isfinite(value):
        return "overflow"
    return number(value, decimals, sign=True) if abs(value) < 1e4 else scientific(value)


def _quoted(letter: str) -> str:
    return f"“{letter}”" if letter.strip() else "“␣”"


PLOT = UnrolledPlot
