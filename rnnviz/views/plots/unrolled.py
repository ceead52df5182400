"""The network unrolled in time: the steps around the cursor, and what flows between them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from rnnviz.views.axes import finite_extent
from rnnviz.views.colours import Table, image_of, signed_colours, signed_table
from rnnviz.views.fonts import number, scientific, ui_font
from rnnviz.views.formula import symbol, symbol_width
from rnnviz.views.marks import draw_image
from rnnviz.views.plots._base import Plot, PlotSpec
from rnnviz.views.steps import rounded_limit
from rnnviz.views.theme import Theme

DOTS = 36
"""Up to so many units are dots; more are a heat map."""

RINGED = 16
"""Up to so many dots have a ring."""

_LISTED = 12
_MOST_STEPS = 9
_Tone = Literal["now", "past", "future"]
_Ends = tuple[QPointF, QPointF]


@dataclass(frozen=True, slots=True)
class Geometry:
    """Where everything stands, in pixels.

    Attributes:
        first, count: the steps that are shown.
        left, pitch: the middle of the first step's boxes, and the distance to the next.
        box_width, box_height: of every box.
        tops: of each layer's boxes, layer 1 first.
        above, below: the bands for the outputs and for the inputs.
        times: the baseline of the line that names the steps.
        right: where words have to end.
    """

    first: int
    count: int
    left: float
    pitch: float
    box_width: float
    box_height: float
    tops: tuple[float, ...]
    above: tuple[float, float]
    below: tuple[float, float]
    times: float
    right: float

    @property
    def steps(self) -> range:
        """The shown steps."""
        return range(self.first, self.first + self.count)

    def middle(self, t: int) -> float:
        """Return the x of a step."""
        return self.left + (t - self.first) * self.pitch

    def box(self, t: int, layer: int) -> QRectF:
        """Return the box of a layer's state."""
        return QRectF(self.middle(t) - self.box_width / 2, self.tops[layer], self.box_width, self.box_height)

    def t_at(self, x: float) -> int | None:
        """Return the step whose column is under x, or None between two columns."""
        t = self.first + round((x - self.left) / self.pitch)
        return t if t in self.steps and abs(x - self.middle(t)) <= 0.6 * self.box_width else None


def first_step(t: int, last: int, count: int) -> int:
    """Return the first of ``count`` shown steps: t in the middle, except near the ends of the sequence."""
    return max(0, min(t - count // 2, last + 1 - count))


@dataclass(frozen=True, slots=True)
class _Inks:
    """A theme's colours as Qt wants them."""

    card: QColor
    text: QColor
    muted: QColor
    faint: QColor
    accent_text: QColor
    input: QColor
    frame: QColor
    accent: QColor
    blank: QColor
    warning: QColor


@lru_cache(maxsize=8)
def _inks(theme: Theme) -> _Inks:
    return _Inks(
        card=QColor(theme.card),
        text=QColor(theme.text),
        muted=QColor(theme.muted),
        faint=_mixed(theme.card, theme.muted, 0.2),
        accent_text=QColor(theme.accent_text),
        input=QColor(theme.input),
        frame=_mixed(theme.card, theme.muted, 0.4),
        accent=QColor(theme.accent),
        blank=_mixed(theme.card, theme.faint, 0.7),
        warning=QColor(theme.warning),
    )


def _mixed(start: str, end: str, part: float) -> QColor:
    pairs = zip(QColor(start).getRgb()[:3], QColor(end).getRgb()[:3], strict=True)  # type: ignore[index]  # stubs
    return QColor(*(round((1 - part) * a + part * b) for a, b in pairs))


@lru_cache(maxsize=512)
def _width(text: str, px: float, weight: QFont.Weight = QFont.Weight.Normal) -> float:
    return QFontMetricsF(ui_font(px, weight)).horizontalAdvance(text)


class UnrolledPlot(Plot):
    """The steps around the cursor as boxes, one dot per unit."""

    spec = PlotSpec(
        key="unrolled",
        title="Unrolled network",
        look_at="the same weights at every step",
        meaning="The network written out over time. Each box is the hidden state h_t, one dot per unit: "
        "orange is positive, blue negative. It is made from the state before (through W_hh) and the input "
        "x_t (through W_xh); the output y_t reads it (through W_hy). The weights are the same at every step. "
        "Steps after the cursor are pale. Click a step to go there.",
        area="middle",
        order=10,
        height=3,
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._inks = _inks(theme)
        self._limits: tuple[float, ...] = ()
        self._held: int | None = None

    # What is shown

    def frame_shown(self) -> None:
        """Find the scale of the colours: ±1 for bounded states, as the heat maps have it."""
        assert self.frame is not None
        limits = []
        for layer, numbers in zip(self.frame.document.layers, self.frame.layers, strict=True):
            bounded = layer.activation in ("tanh", "sigmoid")
            limits.append(1.0 if bounded else rounded_limit(finite_extent(numbers.states["h"])))
        self._limits = tuple(limits)

    def remark(self) -> str:
        """Return the direction that is shown, and what to look at."""
        return f"forward ▸ {self.spec.look_at}"

    def show_cursor(self, t: int) -> None:
        """Move the cursor, and the steps with it."""
        super().show_cursor(t)
        if not self.shows_cursor:
            self.repaint_ground()

    def geometry_in(self, rect: QRectF) -> Geometry:
        """Return where everything stands in a rectangle."""
        assert self.frame is not None
        px, layers = self.theme.px, len(self.frame.layers)
        most = max(1, min(_MOST_STEPS, int(rect.width() / px(112))))
        count = min(most - (most + 1) % 2, self.frame.last_step + 1)
        first = first_step(self._t(), self.frame.last_step, count)
        if self._held is not None:
            first = min(self._held, self.frame.last_step + 1 - count)
        margin = px(26) if layers > 1 else 0.0
        width = rect.width() - margin - (px(30) if rect.width() >= px(420) else 0.0)
        pitch = min(width / count, px(170))
        middle = rect.left() + margin + width / 2
        left = middle - pitch * (count - 1) / 2
        times = min(px(19), 0.24 * rect.height())
        band = max(min(0.22 * rect.height(), px(40)), px(13))
        inner = max(rect.height() - times - 2 * band, px(4) * layers)
        gap = min(px(18), 0.32 * inner / layers) if layers > 1 else 0.0
        height = min((inner - (layers - 1) * gap) / layers, px(52))
        stack = layers * height + (layers - 1) * gap
        band = (rect.height() - times - stack) / 2 if stack < inner and band >= px(30) else band
        band = min(band, px(52))
        top = rect.top() + max(0.0, (rect.height() - times - stack - 2 * band) / 2)
        tops = tuple(top + band + (layers - 1 - layer) * (height + gap) for layer in range(layers))
        bottom = top + band + stack
        return Geometry(
            first=first,
            count=count,
            left=left,
            pitch=pitch,
            box_width=min(max(px(64), 1.4 * height), 0.56 * pitch),
            box_height=height,
            tops=tops,
            above=(top, top + band),
            below=(bottom, bottom + band),
            times=bottom + band + 0.72 * times,
            right=rect.right(),
        )

    def _t(self) -> int:
        assert self.frame is not None
        return min(self.cursor_t, self.frame.last_step)

    def _tone(self, t: int) -> _Tone:
        if not self.shows_cursor:
            return "past"
        now = self._t()
        return "now" if t == now else "past" if t < now else "future"

    def _restarts(self, t: int) -> bool:
        """Return whether step t starts from the initial state instead of from step t − 1."""
        assert self.frame is not None
        window = self.frame.document.window
        return window is not None and not window.stateful and t > 1 and (t - 1) % window.length == 0

    def _has_output(self, t: int) -> bool:
        assert self.frame is not None
        document = self.frame.document
        if document.readout is None or t == 0:
            return False
        return document.layers[-1].return_sequences or t == self.frame.last_step

    # Painting

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._inks = _inks(theme)
        super().apply_theme(theme)

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the legend; without a cursor everything, for then nothing else is painted."""
        geometry = self.geometry_in(rect)
        self._paint_legend(painter, rect, geometry)
        if not self.shows_cursor:
            self._paint_network(painter, rect, geometry)

    def paint_cursor(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the network: all of it is about the cursor's step."""
        self._paint_network(painter, rect, self.geometry_in(rect))

    def _paint_network(self, painter: QPainter, rect: QRectF, geometry: Geometry) -> None:
        for t in geometry.steps:
            self._paint_flows(painter, geometry, t)
        self._paint_open_ends(painter, rect, geometry)
        for layer in range(len(geometry.tops)):
            self._paint_states(painter, geometry, layer)
        for t in geometry.steps:
            self._paint_names(painter, geometry, t)
        if len(geometry.tops) > 1:
            self._name_rows(painter, geometry)

    def _flow_colour(self, t: int, colour: QColor) -> QColor:
        return self._inks.faint if self._tone(t) == "future" else colour

    def _paint_flows(self, painter: QPainter, geometry: Geometry, t: int) -> None:
        """Paint every edge that ends in step t or leaves it upwards."""
        inks, x, px = self._inks, geometry.middle(t), self.theme.px
        layers = len(geometry.tops)
        for layer in range(layers):
            self._paint_recurrence(painter, geometry, t, layer)
            if layer and t:
                below, here = geometry.box(t, layer - 1).top(), geometry.box(t, layer).bottom()
                self._arrow(painter, (QPointF(x, below), QPointF(x, here)), self._flow_colour(t, inks.text))
        if t:
            foot = geometry.below[1] - px(4)
            self._arrow(
                painter, (QPointF(x, foot), QPointF(x, geometry.below[0])), self._flow_colour(t, inks.input)
            )
        if self._has_output(t):
            ends = QPointF(x, geometry.above[1]), QPointF(x, geometry.above[0] + px(3))
            self._arrow(painter, ends, self._flow_colour(t, inks.muted))

    def _paint_recurrence(self, painter: QPainter, geometry: Geometry, t: int, layer: int) -> None:
        """Paint the edge from step t − 1, with the name of its weights."""
        inks, px, box = self._inks, self.theme.px, geometry.box(t, layer)
        if t == geometry.first:
            return
        y, before, colour = (
            box.center().y(),
            geometry.box(t - 1, layer).right(),
            self._flow_colour(t, inks.text),
        )
        size = px(12)
        if self._restarts(t):
            before = box.left() - px(14)
            if geometry.box_height >= px(14):
                width = symbol_width("h", "0", size)
                symbol(painter, before - width - px(3), y + px(4), "h", "0", size, inks.muted)
        self._arrow(painter, (QPointF(before, y), QPointF(box.left(), y)), colour)
        subscript = self._subscripts()[0]
        width = symbol_width("W", subscript, size)
        space = box.left() - before
        high_enough = layer == len(geometry.tops) - 1 or geometry.box_height >= px(22)
        if space > width + px(6) and high_enough:
            symbol(painter, (before + box.left() - width) / 2, y - px(7), "W", subscript, size, inks.muted)

    def _subscripts(self) -> tuple[str, str]:
        """Return what names the recurrent and the input matrices; those of gated cells are several."""
        assert self.frame is not None
        plain = all(layer.cell == "rnn" for layer in self.frame.document.layers)
        return ("hh", "xh") if plain else ("h", "x")

    def _arrow(self, painter: QPainter, ends: _Ends, colour: QColor) -> None:
        """Draw a straight edge with a small head at its second end."""
        start, end = ends
        length = abs(end.x() - start.x()) + abs(end.y() - start.y())
        head = min(self.theme.px(5), 0.6 * length)
        back = QPointF(
            (end.x() > start.x()) - (end.x() < start.x()), (end.y() > start.y()) - (end.y() < start.y())
        )
        neck = end - back * head
        pen = QPen(colour, self.theme.px(1.4) * self.theme.line_px)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLine(start, neck)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        side = QPointF(-back.y(), back.x()) * (0.5 * head)
        painter.drawPolygon(QPolygonF([end, neck + side, neck - side]))

    def _paint_open_ends(self, painter: QPainter, rect: QRectF, geometry: Geometry) -> None:
        """Show by dots that the sequence goes on beyond what is shown."""
        assert self.frame is not None
        inks, px, last = self._inks, self.theme.px, geometry.steps[-1]
        painter.setPen(Qt.PenStyle.NoPen)
        for t, side in ((geometry.first, -1), (last, 1)):
            if t == (0 if side < 0 else self.frame.last_step):
                continue
            painter.setBrush(self._flow_colour(t + side, inks.frame))
            for layer in range(len(geometry.tops)):
                box = geometry.box(t, layer)
                edge = box.left() if side < 0 else box.right()
                for dot in (8, 13, 18):
                    place = QPointF(edge + side * px(dot), box.center().y())
                    if rect.left() + 2 < place.x() < rect.right() - 2:
                        painter.drawEllipse(place, px(1.1), px(1.1))

    # The states

    def _paint_states(self, painter: QPainter, geometry: Geometry, layer: int) -> None:
        assert self.frame is not None
        first, limit = geometry.first, self._limits[layer]
        values = self.frame.layers[layer].states["h"][self.selection.sample, first : first + geometry.count]
        colours = signed_colours(self.theme, values, limit)
        cell = self.frame.document.layers[layer].cell
        for t, row in zip(geometry.steps, colours, strict=True):
            box, tone = geometry.box(t, layer), self._tone(t)
            self._paint_box(painter, box, tone)
            inside = box.adjusted(*(self.theme.px(d) * self._inset(box) for d in (6, 5, -6, -5)))
            if cell != "rnn" and box.height() >= self.theme.px(34):
                self._paint_header(painter, inside, cell.upper(), tone)
                inside.setTop(inside.top() + self.theme.px(11))
            self._paint_units(painter, inside, row, tone)

    def _inset(self, box: QRectF) -> float:
        return min(1.0, box.height() / self.theme.px(30))

    def _paint_box(self, painter: QPainter, box: QRectF, tone: _Tone) -> None:
        inks, px = self._inks, self.theme.px
        colour = {"now": inks.accent, "past": inks.frame, "future": inks.faint}[tone]
        painter.setPen(QPen(colour, px(2.2 if tone == "now" else 1.2)))
        painter.setBrush(inks.card)
        radius = min(px(7), 0.3 * box.height())
        painter.drawRoundedRect(box, radius, radius)

    def _paint_header(self, painter: QPainter, inside: QRectF, words: str, tone: _Tone) -> None:
        inks = self._inks
        painter.setFont(ui_font(self.theme.px(9), QFont.Weight.DemiBold))
        painter.setPen(inks.muted if tone != "future" else inks.frame)
        top = QRectF(inside.left(), inside.top() - self.theme.px(2), inside.width(), self.theme.px(11))
        painter.drawText(top, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_units(self, painter: QPainter, inside: QRectF, colours: Table, tone: _Tone) -> None:
        units = len(colours)
        one_row = inside.width() / units >= self.theme.px(8)
        columns, rows = (units, 1) if one_row else grid(units, inside.width(), inside.height())
        side = min(inside.width() / columns, inside.height() / rows, self.theme.px(15))
        if units > DOTS or side < self.theme.px(2.5):
            self._paint_heat(painter, inside, colours, tone)
            return
        left = inside.center().x() - side * columns / 2 + side / 2
        top = inside.center().y() - side * rows / 2 + side / 2
        places = [
            QPointF(left + side * (unit % columns), top + side * (unit // columns)) for unit in range(units)
        ]
        self._paint_dots(painter, places, colours, 0.42 * side, tone)

    def _paint_dots(
        self, painter: QPainter, places: list[QPointF], colours: Table, radius: float, tone: _Tone
    ) -> None:
        """Draw a dot for each unit. The ring that keeps a pale one visible is a disc: a pen costs thrice."""
        inks = self._inks
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(inks.blank if tone == "future" else inks.faint)
        for place in places if tone == "future" or len(places) <= RINGED else ():
            painter.drawEllipse(place, radius, radius)
        if tone == "future":
            return
        inner = radius - self.theme.px(0.7)
        for place, colour in zip(places, colours.tolist(), strict=True):
            painter.setBrush(QColor.fromRgba(colour) if colour else inks.warning)
            painter.drawEllipse(place, inner, inner)

    def _paint_heat(self, painter: QPainter, inside: QRectF, colours: Table, tone: _Tone) -> None:
        """Draw many units as cells, row by row from the top left."""
        if tone == "future":
            painter.fillRect(inside, self._inks.blank)
            return
        columns, rows = grid(len(colours), inside.width(), inside.height())
        cells = np.zeros(columns * rows, dtype=np.uint32)
        cells[: len(colours)] = colours
        draw_image(painter, inside, image_of(cells.reshape(rows, columns)))

    # The names

    def _paint_names(self, painter: QPainter, geometry: Geometry, t: int) -> None:
        tone = self._tone(t)
        if len(geometry.tops) == 1:
            self._name_state(painter, geometry, t, tone)
        if t:
            self._name_input(painter, geometry, t, tone)
        if self._has_output(t):
            self._name_output(painter, geometry, t, tone)
        self._name_time(painter, geometry, t, tone)

    def _name_state(self, painter: QPainter, geometry: Geometry, t: int, tone: _Tone) -> None:
        inks, px = self._inks, self.theme.px
        box = geometry.box(t, 0)
        colour = inks.muted if tone == "future" else inks.text
        symbol(painter, box.left() - px(1), box.top() - px(6), "h", str(t), px(13.5), colour)

    def _name_input(self, painter: QPainter, geometry: Geometry, t: int, tone: _Tone) -> None:
        inks, px, x = self._inks, self.theme.px, geometry.middle(t)
        y = (geometry.below[0] + geometry.below[1]) / 2 + px(2)
        colour = inks.muted if tone == "future" else inks.input
        end = x + px(7) + symbol(painter, x + px(7), y, "x", str(t), px(13), colour)
        self._paint_beside(painter, QPointF(end + px(6), y), self._input_words(t, tone), geometry, t)
        if tone == "now" and geometry.below[1] - geometry.below[0] >= px(18):
            self._name_before(painter, QPointF(x, y), self._subscripts()[1], geometry)

    def _name_output(self, painter: QPainter, geometry: Geometry, t: int, tone: _Tone) -> None:
        inks, px, x = self._inks, self.theme.px, geometry.middle(t)
        y = geometry.above[0] + px(12)
        colour = inks.muted if tone == "future" else inks.text
        end = x + px(7) + symbol(painter, x + px(7), y, "y", str(t), px(13), colour)
        self._paint_beside(painter, QPointF(end + px(6), y), self._output_words(t, tone), geometry, t)
        enough = px(32) if len(geometry.tops) == 1 else px(18)
        if tone == "now" and geometry.above[1] - geometry.above[0] >= enough:
            self._name_before(painter, QPointF(x, y), "hy", geometry)

    def _name_before(self, painter: QPainter, edge: QPointF, subscript: str, geometry: Geometry) -> None:
        """Name the weights on an edge to the left of it, if there is room."""
        px = self.theme.px
        width = symbol_width("W", subscript, px(12))
        if width + px(8) < 0.5 * geometry.pitch:
            at = edge.x() - width - px(6)
            symbol(painter, at, edge.y(), "W", subscript, px(12), self._inks.muted)

    def _name_time(self, painter: QPainter, geometry: Geometry, t: int, tone: _Tone) -> None:
        inks = self._inks
        weight = QFont.Weight.DemiBold if tone == "now" else QFont.Weight.Normal
        words, size = f"t = {t}", self.theme.px(11)
        painter.setFont(ui_font(size, weight))
        painter.setPen(inks.accent_text if tone == "now" else inks.muted)
        painter.drawText(QPointF(geometry.middle(t) - _width(words, size, weight) / 2, geometry.times), words)

    def _name_rows(self, painter: QPainter, geometry: Geometry) -> None:
        """Name the layers of a stack once, on the left."""
        px, muted = self.theme.px, self._inks.muted
        x = geometry.box(geometry.first, 0).left() - px(46)
        for layer in range(len(geometry.tops)):
            y = geometry.box(geometry.first, layer).center().y() + px(4)
            symbol(painter, max(x, px(2)), y, "h", "t", px(12), muted, f"({layer + 1})")

    def _paint_beside(self, painter: QPainter, at: QPointF, words: str, geometry: Geometry, t: int) -> None:
        """Paint the number or the letter beside a name, if it ends before the names of the next step."""
        size = self.theme.px(11)
        room = min(geometry.right, geometry.middle(t) + 0.72 * geometry.pitch) - at.x()
        if words and _width(words, size) <= room:
            painter.setFont(ui_font(size))
            painter.setPen(self._inks.text if self._tone(t) == "now" else self._inks.muted)
            painter.drawText(at, words)

    def _input_words(self, t: int, tone: _Tone) -> str:
        """Return what stands beside x_t: its symbol if it spells a text, at the cursor its only feature."""
        assert self.frame is not None
        x = self.frame.x[self.selection.sample, t - 1]
        vocabulary = self.frame.document.input.vocabulary
        if vocabulary is not None:
            return _quoted(vocabulary[int(x.argmax())]) if x.any() else ""
        return _figure(float(x[0])) if len(x) == 1 and tone == "now" else ""

    def _output_words(self, t: int, tone: _Tone) -> str:
        """Return what stands beside y_t at the cursor: its only number."""
        assert self.frame is not None
        y = self.frame.y[self.selection.sample, t - 1]
        return _figure(float(y[0])) if len(y) == 1 and tone == "now" else ""

    def _paint_legend(self, painter: QPainter, rect: QRectF, geometry: Geometry) -> None:
        """Paint the scale of the colours at the right edge, if the network leaves room for it."""
        px, limit = self.theme.px, max(self._limits)
        words = scientific(limit, 1) if limit != 1 else "1"
        size = px(9.5)
        width = _width(f"−{words}", size) + px(12)
        height = min(px(46), 0.4 * rect.height())
        end = geometry.left + geometry.pitch * (geometry.count - 1) + geometry.box_width / 2
        if rect.right() - end < width + px(24) or height < px(26) or len(set(self._limits)) > 1:
            return
        middle = (geometry.tops[0] + geometry.tops[-1] + geometry.box_height) / 2
        bar = QRectF(rect.right() - px(7), middle - height / 2, px(5), height)
        table = signed_table(self.theme.negative, self.theme.neutral, self.theme.positive)
        draw_image(painter, bar, image_of(table[::-8].reshape(-1, 1)))
        painter.setFont(ui_font(size))
        painter.setPen(self._inks.muted)
        for text, y in ((words, bar.top()), ("0", middle), (f"−{words}", bar.bottom())):
            painter.drawText(QPointF(bar.left() - px(3) - _width(text, size), y + 0.36 * size), text)

    # Hands

    def describe(self, position: QPointF, rect: QRectF) -> str:
        """Return what is under the pointer: a state, an input, an output, or the weights between them."""
        geometry = self.geometry_in(rect)
        t = geometry.t_at(position.x())
        if t is None:
            between = geometry.middle(geometry.first) < position.x() < geometry.middle(geometry.steps[-1])
            return "W_hh: the same weights between all steps" if between else self.spec.meaning
        if position.y() < geometry.above[1] and self._has_output(t):
            return self._described("y", t, "W_hy, the same at every step, makes it from the state")
        if position.y() > geometry.below[0] and t:
            return self._described("x", t, "W_xh, the same at every step, feeds it to the units")
        heights = [
            abs(geometry.box(t, layer).center().y() - position.y()) for layer in range(len(geometry.tops))
        ]
        return self._described("h", t, "the initial state" if t == 0 else "", heights.index(min(heights)))

    def _described(self, name: str, t: int, note: str, layer: int = 0) -> str:
        assert self.frame is not None
        sample = self.selection.sample
        if name == "h":
            values = self.frame.layers[layer].states["h"][sample, t]
        else:
            values = (self.frame.y if name == "y" else self.frame.x)[sample, t - 1]
        where = f" of layer {layer + 1}" if name == "h" and len(self.frame.layers) > 1 else ""
        lines = [f"{name} at t = {t}{where}" + (f": {note}" if note else "")]
        lines += [
            f"{name}{row + 1} = {_figure(value, 4)}" for row, value in enumerate(values[:_LISTED].tolist())
        ]
        more = len(values) - _LISTED
        return "\n".join([*lines, f"… and {more} more"] if more > 0 else lines)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the step that is clicked; until the button is released the steps stay where they are."""
        if event.button() != Qt.MouseButton.LeftButton or self.frame is None:
            super().mousePressEvent(event)
            return
        self._held = self.geometry_in(QRectF(self.rect())).first
        self._request(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go to each step that is dragged over."""
        if self._held is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._request(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the steps follow the cursor again."""
        if self._held is not None and event.button() == Qt.MouseButton.LeftButton:
            self._held = None
            self.update()

    def _request(self, position: QPointF) -> None:
        t = self.geometry_in(QRectF(self.rect())).t_at(position.x())
        if t is not None and t != self.cursor_t:
            self.cursor_requested.emit(t)


def grid(cells: int, width: float, height: float) -> tuple[int, int]:
    """Return the columns and rows that make so many cells large and nearly square, few places empty."""
    if height <= 0 or width <= 0:
        return cells, 1

    def quality(columns: int) -> float:
        rows = -(-cells // columns)
        return min(width / columns, height / rows) * (cells / (columns * rows)) ** 2

    best = max(range(1, cells + 1), key=quality)
    return best, -(-cells // best)


def _figure(value: float, decimals: int = 2) -> str:
    if not math.isfinite(value):
        return "overflow"
    return number(value, decimals, sign=True) if abs(value) < 1e4 else scientific(value)  # noqa: PLR2004


def _quoted(letter: str) -> str:
    return f"“{letter}”" if letter.strip() else "“␣”"


PLOT = UnrolledPlot
