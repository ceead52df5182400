"""What the unrolled network looks like but for its numbers: boxes, edges, and the names of the weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPen

from rnnviz.views.colours import Table, image_of, mixed
from rnnviz.views.formula import TRANSPOSE, Symbol, symbol_width, write_symbol
from rnnviz.views.marks import draw_image
from rnnviz.views.plots._arrows import draw_arrow, draw_loop
from rnnviz.views.plots._sequence import PADDING, border_pen
from rnnviz.views.plots._unrolled import Geometry, Units, arrange_units
from rnnviz.views.text import Writer, ui_face
from rnnviz.views.theme import Theme

Tone = Literal["now", "past", "future"]
Edge = Literal["before", "cut", "initial", "none"]


@dataclass(frozen=True, slots=True)
class Column:
    """What a step looks like but for its numbers.

    Attributes:
        tone: where it is from the cursor; what comes after it is pale.
        edge: what its state is made from: the step before, which the gradient does not go back to where that is
            "cut", or the initial state; "none" for that itself, and for padding.
        has_output: there is a y_t.
        counts: its loss is part of L.
        is_padding: it comes after the end of the sequence, where nothing is computed.
    """

    tone: Tone
    edge: Edge
    has_output: bool
    counts: bool = False
    is_padding: bool = False


@dataclass(frozen=True, slots=True)
class Scaffold:
    """All shown steps; it stays the same while the cursor moves in the middle of the sequence.

    Attributes:
        columns: the steps.
        before, after: the tone of the step before the first and after the last, None without one.
        layers: the cell and the units of each.
        window_starts: the shown steps that begin a window, but for the first of all.
        is_backward: the gradient comes back: its edges are painted with its numbers, and not here.
        is_folded: the one step that is shown stands for all: an arrow leads from each state back to itself.
        loss: whether the sum of the losses is known; None where it is out of sight.
    """

    columns: tuple[Column, ...]
    before: Tone | None
    after: Tone | None
    layers: tuple[tuple[str, int], ...]
    window_starts: tuple[int, ...] = ()
    is_backward: bool = False
    is_folded: bool = False
    loss: Literal["waiting", "known"] | None = None


@dataclass(frozen=True, slots=True)
class Inks:
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
    gradient: QColor
    weights: QColor
    pale_weights: QColor


@lru_cache(maxsize=8)
def inks_of(theme: Theme) -> Inks:
    """Return the colours of a theme."""
    return Inks(
        card=QColor(theme.card),
        text=QColor(theme.text),
        muted=QColor(theme.muted),
        faint=mixed(theme.card, theme.muted, 0.2),
        accent_text=QColor(theme.accent_text),
        input=QColor(theme.input),
        frame=mixed(theme.card, theme.muted, 0.4),
        accent=QColor(theme.accent),
        blank=mixed(theme.card, theme.faint, 0.7),
        gradient=QColor(theme.gradient),
        weights=QColor(theme.weights),
        pale_weights=mixed(theme.card, theme.weights, 0.35),
    )


def loss_place(geometry: Geometry, px: float) -> QPointF:
    """Return the middle of the node for the loss, at the right of the last shown output."""
    right = geometry.box(geometry.steps[-1], 0).right()
    return QPointF(min(right + 52 * px, geometry.right - 11 * px), geometry.above[0] + loss_radius(geometry, px) + px)


def loss_radius(geometry: Geometry, px: float) -> float:
    """Return the radius of that node."""
    return min(10 * px, 0.5 * (geometry.above[1] - geometry.above[0]) - px)


class ScaffoldPainter:
    """Paints a scaffold where a geometry says."""

    def __init__(self, painter: QPainter, theme: Theme, geometry: Geometry, scaffold: Scaffold) -> None:
        self._painter, self._writer, self._inks = painter, Writer(painter), inks_of(theme)
        self._theme, self._geometry, self._scaffold = theme, geometry, scaffold
        plain = all(cell == "rnn" for cell, _ in scaffold.layers)
        # a gated cell has several matrices
        self._recurrent, self._input = ("hh", "xh") if plain else ("h", "x")

    def paint(self, rect: QRectF) -> None:
        """Paint everything, nothing of it outside the rectangle."""
        geometry, columns = self._geometry, self._scaffold.columns
        self._paint_borders()
        self._paint_loss()
        for t, column in zip(geometry.steps, columns, strict=True):
            for layer in range(len(geometry.tops)) if not column.is_padding else ():
                self._paint_edges(t, layer, column)
            if not column.is_padding:
                self._paint_input_and_output(t, column)
        self._paint_dots_beyond(rect, geometry.first, -1, self._scaffold.before)
        self._paint_dots_beyond(rect, geometry.steps[-1], 1, self._scaffold.after)
        for layer, (cell, count) in enumerate(self._scaffold.layers):
            for t, column in zip(geometry.steps, columns, strict=True):
                if column.is_padding:
                    self._paint_padding(geometry.box(t, layer), column.tone)
                else:
                    self._paint_box(geometry.box(t, layer), cell, count, column.tone)
        self._paint_loops()
        self._name_rows()

    # Edges

    def _paint_borders(self) -> None:
        """Draw a dashed line in front of each step that begins a window, as the plots over time have it."""
        geometry, beyond = self._geometry, self._theme.px(12)  # shorter than the columns: numbers stand beside y_t
        top, bottom = geometry.above[1] - beyond, geometry.below[0] + beyond
        self._painter.setPen(border_pen(self._theme))
        for t in self._scaffold.window_starts:
            x = geometry.middle(t) - geometry.pitch / 2
            self._painter.drawLine(QPointF(x, top), QPointF(x, bottom))

    def _paint_input_and_output(self, t: int, column: Column) -> None:
        inks, px, geometry = self._inks, self._theme.px, self._geometry
        x, above, below = geometry.middle(t), geometry.above, geometry.below
        if t > 0:
            self._arrow(QPointF(x, below[1] - px(4)), QPointF(x, below[0]), column, inks.input)
        if t > 0 and below[1] - below[0] >= px(18):
            self._name_before(x, (below[0] + below[1]) / 2 + px(2), self._input, column)
        if column.has_output and not self._scaffold.is_backward:
            self._arrow(QPointF(x, above[1]), QPointF(x, above[0] + px(3)), column, inks.muted)
        enough = px(32) if len(geometry.tops) == 1 else px(18)
        if column.has_output and above[1] - above[0] >= enough:
            self._name_before(x, above[0] + px(12), "hy", column)

    def _paint_edges(self, t: int, layer: int, column: Column) -> None:
        """Paint the edges to a state from the step before and from the layer below."""
        geometry, text, x = self._geometry, self._inks.text, self._geometry.middle(t)
        if t > geometry.first:
            self._paint_recurrence(t, layer, column)
        if layer and t > 0 and not self._scaffold.is_backward:
            foot, head = geometry.tops[layer - 1], geometry.tops[layer] + geometry.box_height
            self._arrow(QPointF(x, foot), QPointF(x, head), column, text)

    def _paint_recurrence(self, t: int, layer: int, column: Column) -> None:
        geometry, px, size = self._geometry, self._theme.px, self._theme.px(12)
        box = geometry.box(t, layer)
        y, end, before = box.center().y(), box.left(), geometry.box(t - 1, layer).right()
        if column.edge == "initial":
            before = end - px(14)
        if not self._scaffold.is_backward or column.edge == "initial":
            self._arrow(QPointF(before, y), QPointF(end, y), column, self._inks.text)
        if column.edge == "cut" and geometry.box_height >= px(22):
            self._paint_cut(QPointF(end, y + px(9)), (end - before) / 2)
        self._painter.setPen(self._inks.muted)
        if column.edge == "initial" and geometry.box_height >= px(14):
            width = symbol_width("h", "0", size)
            write_symbol(self._writer, before - width - px(3), y + px(4), Symbol("h", "0"), size)
        name = self._recurrent_name()
        width = symbol_width(name.base, name.subscript, size, name.superscript)
        high_enough = layer == len(geometry.tops) - 1 or geometry.box_height >= px(22)
        if end - before > width + px(6) and high_enough:
            x = (before + end - width) / 2
            if column.edge == "cut":
                self._painter.fillRect(QRectF(x - px(3), y - px(19), width + px(6), px(16)), self._inks.card)
            self._painter.setPen(self._weight_ink(column))
            write_symbol(self._writer, x, y - px(10 if self._scaffold.is_backward else 7), name, size)

    def _recurrent_name(self) -> Symbol:
        """Return the name of the recurrent weights: on its way back the gradient meets them transposed."""
        is_transposed = self._scaffold.is_backward and self._recurrent == "hh"
        return Symbol("W", self._recurrent, TRANSPOSE if is_transposed else "")

    def _weight_ink(self, column: Column) -> QColor:
        """Return the one colour of all weights, which are the same at every step."""
        return self._inks.pale_weights if column.tone == "future" else self._inks.weights

    def _paint_loops(self) -> None:
        column = self._scaffold.columns[0]
        if self._scaffold.is_folded and column.edge != "none":
            for layer in range(len(self._geometry.tops)):
                self._paint_loop(layer, column)

    def _paint_loop(self, layer: int, column: Column) -> None:
        """Draw the arrow from a box back to itself, and name its weights: the network before it is unrolled."""
        geometry, px, size = self._geometry, self._theme.px, self._theme.px(13)
        box = geometry.box(geometry.first, layer)
        upper, lower = (QPointF(box.right(), box.top() + part * box.height()) for part in (0.25, 0.75))
        reach = min(px(46), max(0.9 * box.height(), px(16)))
        if not self._scaffold.is_backward:
            draw_loop(self._painter, lower, upper, reach, (self._inks.text, px(1.4) * self._theme.line_px, px(6)))
        self._painter.setPen(self._weight_ink(column))
        write_symbol(
            self._writer, box.right() + 0.8 * reach + px(5), box.center().y() + px(4), self._recurrent_name(), size
        )

    def _paint_loss(self) -> None:
        """Draw the line that gathers the losses which count, and at the end of the sequence the node they lead to."""
        geometry, px, inks = self._geometry, self._theme.px, self._inks
        counting = [t for t, column in zip(geometry.steps, self._scaffold.columns, strict=True) if column.counts]
        if not counting or geometry.above[1] - geometry.above[0] < px(16):
            return
        known, node = self._scaffold.loss == "known", loss_place(geometry, px(1.0))
        colour = inks.frame if not known else inks.gradient if self._scaffold.is_backward else inks.accent
        y, has_node = geometry.above[0] + px(1), self._scaffold.loss is not None and self._has_room_for_loss(node)
        end = node.x() if has_node else geometry.middle(geometry.steps[-1]) + 0.45 * geometry.pitch
        self._painter.setPen(QPen(colour, px(1.2) * self._theme.line_px))
        self._painter.drawLine(QPointF(geometry.middle(counting[0]), y), QPointF(end, y))
        if has_node:
            self._painter.setBrush(colour if known else inks.card)
            radius = loss_radius(geometry, px(1.0)) - px(1)
            self._painter.drawEllipse(node, radius, radius)
            self._painter.setPen(inks.card if known else inks.muted)
            size = min(px(12), 1.5 * radius)
            width = symbol_width("L", "", size)
            write_symbol(self._writer, node.x() - width / 2, node.y() + 0.33 * size, Symbol("L"), size)

    def _has_room_for_loss(self, node: QPointF) -> bool:
        return node.x() - self._geometry.box(self._geometry.steps[-1], 0).right() >= self._theme.px(11)

    def _paint_cut(self, start: QPointF, reach: float) -> None:
        """Draw the way back from a state, and a bar that ends it short of the border between two windows."""
        px = self._theme.px
        stop = QPointF(start.x() - reach + min(px(5), 0.3 * reach), start.y())
        pen = QPen(self._inks.gradient, px(1.4) * self._theme.line_px)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        self._painter.setPen(pen)
        self._painter.drawLine(start, stop)
        self._painter.drawLine(stop - QPointF(0, px(4)), stop + QPointF(0, px(4)))

    def _name_before(self, x: float, y: float, subscript: str, column: Column) -> None:
        """Name the weights on an edge to the left of it, if there is room."""
        px = self._theme.px
        width = symbol_width("W", subscript, px(12))
        if width + px(8) < 0.5 * self._geometry.pitch:
            self._painter.setPen(self._weight_ink(column))
            write_symbol(self._writer, x - width - px(6), y, Symbol("W", subscript), px(12))

    def _arrow(self, start: QPointF, end: QPointF, column: Column, colour: QColor) -> None:
        """Draw an edge with a small head at its second end; those of the current step are lit: the pulse."""
        px, is_lit = self._theme.px, column.tone == "now" and not self._scaffold.is_backward
        colour = self._inks.faint if column.tone == "future" else colour
        if is_lit and colour == self._inks.text:
            colour = self._inks.accent
        width = px(2.6 if is_lit else 1.4) * self._theme.line_px
        draw_arrow(self._painter, start, end, colour, width, px(7 if is_lit else 5))

    def _paint_dots_beyond(self, rect: QRectF, t: int, side: int, tone: Tone | None) -> None:
        """Show that the sequence goes on, to the left (−1) or to the right (1) of a step."""
        px, geometry, painter = self._theme.px, self._geometry, self._painter
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._inks.faint if tone == "future" else self._inks.frame)
        for dot in () if tone is None else (8, 13, 18):
            x = geometry.middle(t) + side * (geometry.box_width / 2 + px(dot))
            for top in geometry.tops if rect.left() + 2 < x < rect.right() - 2 else ():
                painter.drawEllipse(QPointF(x, top + geometry.box_height / 2), px(1.1), px(1.1))

    # Boxes

    def _paint_box(self, box: QRectF, cell: str, count: int, tone: Tone) -> None:
        """Paint a box, its headline, and under each unit what keeps a pale one visible."""
        inks, px, painter = self._inks, self._theme.px, self._painter
        colour = {"now": inks.accent, "past": inks.frame, "future": inks.faint}[tone]
        painter.setPen(QPen(colour, px(2.2 if tone == "now" else 1.2)))
        painter.setBrush(inks.card)
        radius = min(px(7), 0.3 * box.height())
        painter.drawRoundedRect(box, radius, radius)
        if headline(cell, box.height(), px(1.0)):
            painter.setPen(inks.muted if tone != "future" else inks.frame)
            face = ui_face(self._theme.words(9), QFont.Weight.DemiBold)
            self._writer.write_about(box.center().x(), box.top() + px(11.8), cell.upper(), face)
        units = units_in(box, cell, count, px(1.0))
        under = inks.blank if tone == "future" else inks.faint
        if units.are_dots:
            painter.setPen(Qt.PenStyle.NoPen)
            paint_dots(painter, units, box, [under.rgba()] * count, 0.42 * units.width)
        elif tone == "future":
            paint_cells(painter, units, box, np.full(count, under.rgba(), np.uint32))
        elif units.gap:
            painter.fillRect(units.rect(box).adjusted(-1, -1, 0, 0), under)

    def _paint_padding(self, box: QRectF, tone: Tone) -> None:
        """Paint an empty dashed box that says what it is."""
        inks, px, face = self._inks, self._theme.px, ui_face(self._theme.words(10))
        pen = QPen(inks.accent if tone == "now" else inks.frame, px(1.6 if tone == "now" else 1.0))
        pen.setDashPattern([3.0, 3.0])
        self._painter.setPen(pen)
        self._painter.setBrush(inks.card)
        radius = min(px(7), 0.3 * box.height())
        self._painter.drawRoundedRect(box, radius, radius)
        if face.width(PADDING) <= box.width() - px(4) and box.height() >= px(13):
            self._painter.setPen(inks.muted)
            self._writer.write_about(box.center().x(), box.center().y() + px(3.5), PADDING, face)

    def _name_rows(self) -> None:
        """Name the layers of a stack once, on the left."""
        geometry, px = self._geometry, self._theme.px
        if len(geometry.tops) == 1 or geometry.tops[0] - geometry.tops[1] < px(12):
            return  # there is nothing to tell apart, or they would stand in each other
        self._painter.setPen(self._inks.muted)
        x = max(geometry.left - geometry.box_width / 2 - px(46), px(2))
        for layer, top in enumerate(geometry.tops):
            name, y = Symbol("h", "t", f"({layer + 1})"), top + geometry.box_height / 2 + px(4)
            write_symbol(self._writer, x, y, name, px(12))


def units_in(box: QRectF, cell: str, count: int, px: float) -> Units:
    """Return the grid of a box's units."""
    return arrange_units(count, box.width(), box.height(), px, headline(cell, box.height(), px))


def headline(cell: str, height: float, px: float) -> float:
    """Return the height of the line that names a gated cell in its box, 0 without one."""
    return 11 * px if cell != "rnn" and height >= 34 * px else 0.0


def paint_dots(painter: QPainter, units: Units, box: QRectF, colours: list[int], radius: float) -> None:
    """Draw a dot for each colour (ARGB32)."""
    left, top = box.left() + units.left, box.top() + units.top
    for (x, y), colour in zip(units.middles(len(colours)), colours, strict=True):
        painter.setBrush(_brush(colour))
        painter.drawEllipse(QPointF(left + x, top + y), radius, radius)


def paint_beside(
    painter: QPainter, theme: Theme, dots: tuple[Units, QRectF], colours: list[int], share: tuple[int, int]
) -> None:
    """Draw what belongs beside each dot, in a colour (ARGB32) of its own, as one of several such things.

    It is a smaller dot below; where units stand in several rows, or the box is low, a slice of the dot's middle.
    ``dots`` are the units and their box, ``share`` the number of the thing, from 0, and how many there are.
    """
    (units, box), (number, count) = dots, share
    left, top, apart = box.left() + units.left, box.top() + units.top, min(0.62 * units.width, theme.px(6.5))
    is_below = units.rows == 1 and units.top + units.height + apart * count <= box.height() - theme.px(2)
    down, radius = (units.height / 2 + apart * (number + 0.5), 0.4 * apart) if is_below else (0.0, 0.23 * units.width)
    painter.setPen(Qt.PenStyle.NoPen if is_below else QPen(QColor(theme.card), theme.px(1.0)))
    for (x, y), colour in zip(units.middles(len(colours)), colours, strict=True):
        place = QRectF(left + x - radius, top + y + down - radius, 2 * radius, 2 * radius)
        painter.setBrush(_brush(colour))
        if is_below or count == 1:
            painter.drawEllipse(place)
        else:
            painter.drawPie(place, round(16 * (90 - 360 * number / count)), round(-16 * 360 / count))
    painter.setPen(Qt.PenStyle.NoPen)


@lru_cache(maxsize=1024)
def _brush(colour: int) -> QBrush:
    return QBrush(QColor.fromRgba(colour))


def paint_cells(painter: QPainter, units: Units, box: QRectF, colours: Table) -> None:
    """Draw a cell for each colour, all of them as one picture: that costs no more than two dots."""
    cells = np.zeros(units.columns * units.rows, dtype=np.uint32)
    cells[: len(colours)] = colours
    picture: Table = cells.reshape(units.rows, units.columns)
    if units.gap:
        side = int(units.width)
        large = np.zeros((units.rows, side, units.columns, side), dtype=np.uint32)
        large[:, : -units.gap, :, : -units.gap] = picture[:, None, :, None]
        picture = large.reshape(units.rows * side, units.columns * side)
    draw_image(painter, units.rect(box), image_of(picture))
