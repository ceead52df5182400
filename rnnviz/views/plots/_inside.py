"""The inside of a gated unit at one step, as a diagram: gates, and the conveyor that carries its state along."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF

from rnnviz.document.frame import Frame
from rnnviz.document.links import Role
from rnnviz.session.session import Selection
from rnnviz.views.fonts import number, scientific
from rnnviz.views.formula import Equation, Symbol, equation_width, write_equation
from rnnviz.views.lights import outline
from rnnviz.views.plots._arrows import draw_arrow
from rnnviz.views.plots._equations import BEFORE, stage_at
from rnnviz.views.plots._gradient_edges import gradient_ink, norm_text
from rnnviz.views.text import Writer, ui_face
from rnnviz.views.theme import Theme

INSIDE_HEIGHT, INSIDE_WIDTH = 168.0, 430.0
"""The least room for the diagram, in pixels of the design."""

_GATES: dict[str, dict[str, float]] = {
    "lstm": {"f": 0.21, "i": 0.37, "g": 0.55, "o": 0.70},
    "gru": {"z": 0.24, "r": 0.44, "n": 0.77},
}
"""Where the middle of each gate is along the frame, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Inside:
    """The numbers of one gated unit at one step.

    Attributes:
        cell, title: which cell, and which unit when.
        before: the symbol of t − 1, or of the initial state where a window starts again from it.
        values: of the states (``c``, ``h`` and those before, ``c0``, ``h0``), of each gate, and of the products.
        gradients: ∂L/∂ of the states, under the same names; empty unless the gradient is shown.
    """

    cell: str
    title: str
    before: str
    values: dict[str, float]
    gradients: dict[str, float]


def inside_of(frame: Frame, selection: Selection, t: int, *, is_backward: bool) -> Inside | str:
    """Return what happens inside the selected unit in the step to t, or why nothing does."""
    sample, unit, numbers = selection.sample, selection.unit, frame.layers[selection.layer]
    layer, stage = frame.document.layers[selection.layer], stage_at(frame.document, selection.sample, t)
    if stage == "initial":
        return "At t = 0 stands the initial state: it is given, no gate has opened yet."
    if stage == "padding":
        return "Padding: the state is held, no gate opens."
    since = 0 if stage == "restart" else t - 1
    values = {block: float(gates[sample, t - 1, unit]) for block, gates in numbers.gates.items()}
    for name, states in numbers.states.items():
        values |= {name: float(states[sample, t, unit]), f"{name}0": float(states[sample, since, unit])}
    if layer.cell == "lstm":
        values |= {"fc": values["f"] * values["c0"], "ig": values["i"] * values["g"], "tanh": math.tanh(values["c"])}
    else:
        heard = float(layer.weights["W_hn"][unit] @ numbers.states["h"][sample, since] + layer.weights["b_hn"][unit])
        kept, new = values["z"] * values["h0"], (1 - values["z"]) * values["n"]
        values |= {"u": heard, "ru": values["r"] * heard, "zh": kept, "1−z": 1 - values["z"], "kn": new}
    gradients = {}
    if is_backward:
        for name, slopes in numbers.state_gradients.items():
            gradients[name] = float(slopes[sample, t, unit])
            if stage != "restart":
                gradients[f"{name}0"] = float(slopes[sample, t - 1, unit])
    title = f"inside unit {unit + 1} at t = {t}"
    return Inside(layer.cell, title, BEFORE[stage], values, gradients)


class Places:
    """Where the gates of the diagram are in a rectangle.

    Attributes:
        rect: the frame. left, right: where its lines end. row: the height of the gates. gate_size: their size.
    """

    def __init__(self, theme: Theme, rect: QRectF) -> None:
        self._theme, px = theme, theme.px
        self.rect = rect.adjusted(px(1), px(7), -px(1), -px(1))
        self.left, self.right = self.rect.left() + px(14), self.rect.right() - px(14)
        self.row = self.rect.bottom() - max(px(46), 0.3 * self.rect.height())
        self.gate_size = min(px(84), 0.132 * self.rect.width()), px(38)

    def x(self, part: float) -> float:
        """Return a place along the frame, from 0 to 1."""
        return self.left + part * (self.right - self.left)

    def box(self, x: float) -> QRectF:
        """Return the box of the gate whose middle is at x."""
        width, height = self.gate_size
        return QRectF(x - width / 2, self.row - height / 2, width, height)

    def gate_at(self, position: QPointF, cell: str) -> str | None:
        """Return which gate is at a position, None beside all of them."""
        return next((block for block, part in _GATES[cell].items() if self.box(self.x(part)).contains(position)), None)

    def light(self, painter: QPainter, cell: str, roles: Mapping[str, Role]) -> None:
        """Light up gates, around their boxes."""
        around = self._theme.px(2.5)
        for block, role in roles.items():
            box = self.box(self.x(_GATES[cell][block])).adjusted(-around, -around, around, around)
            outline(painter, self._theme, box, role, self._theme.px(6))


class InsidePainter:
    """Paints the inside of a unit into a rectangle.

    ``pointer`` is the x of the step in the network above, to which a notch in the frame points.
    """

    def __init__(self, writer: Writer, theme: Theme, rect: QRectF, pointer: float) -> None:
        self._writer, self._painter, self._theme, self._pointer = writer, writer.painter, theme, pointer
        px, places = theme.px, Places(theme, rect)
        self._rect, self._row, self._gate_size, self._box = places.rect, places.row, places.gate_size, places.box
        self._left, self._right, self._x = places.left, places.right, places.x
        self._conveyor = self._rect.top() + max(px(44), 0.3 * self._rect.height())
        self._bus = self._rect.bottom() - px(13)
        self._products = (self._conveyor + self._row - px(20)) / 2 + px(2)

    def paint(self, inside: Inside | str) -> None:
        """Paint the diagram with its numbers, or the words that stand for it."""
        self._paint_frame()
        px, theme = self._theme.px, self._theme
        self._painter.setPen(QColor(theme.muted))
        if isinstance(inside, str):
            self._writer.write_about(self._rect.center().x(), self._rect.center().y(), inside, ui_face(px(11.5)))
            return
        face = ui_face(self._theme.words(10.5), QFont.Weight.DemiBold)
        self._writer.write(self._left, self._rect.top() + px(15), inside.title, face)
        if inside.cell == "lstm":
            self._paint_lstm(inside)
        else:
            self._paint_gru(inside)

    def _paint_frame(self) -> None:
        px, rect = self._theme.px, self._rect
        self._painter.setPen(QPen(QColor(self._theme.accent), px(1.4)))
        self._painter.setBrush(
            Qt.BrushStyle.NoBrush
        )  # it stands on the card: to fill it takes longer than all the rest
        self._painter.drawRoundedRect(rect, px(8), px(8))
        x = min(max(self._pointer, rect.left() + px(20)), rect.right() - px(20))
        notch = QPolygonF(
            [QPointF(x - px(7), rect.top()), QPointF(x, rect.top() - px(7)), QPointF(x + px(7), rect.top())]
        )
        self._painter.drawPolyline(notch)
        self._painter.setPen(QPen(QColor(self._theme.card), px(2.4)))
        self._painter.drawLine(QPointF(x - px(5.6), rect.top()), QPointF(x + px(5.6), rect.top()))

    # The cells

    def _paint_lstm(self, inside: Inside) -> None:
        px, values = self._theme.px, inside.values
        gates = {block: self._x(part) for block, part in _GATES["lstm"].items()}
        forget, put, gate_of_out = gates["f"], (gates["i"], gates["g"]), gates["o"]
        add, out = self._x(0.46), self._x(0.84)
        self._paint_bus(inside, [forget, *put, gate_of_out])
        self._paint_conveyor("c", inside)
        self._up(forget, self._row - px(20), self._conveyor)
        for x in put:
            self._line(QPointF(x, self._row - px(20)), QPointF(x, self._products))
            self._edge(QPointF(x, self._products), QPointF(add + math.copysign(px(8), x - add), self._products))
        self._up(add, self._products, self._conveyor)
        self._edge(QPointF(out, self._conveyor), QPointF(out, self._row - px(9)))
        self._edge(QPointF(gate_of_out + self._gate_size[0] / 2, self._row), QPointF(out - px(9), self._row))
        self._paint_end("h", inside, out)
        self._pill(QPointF(out, self._products), "tanh", values["tanh"])
        self._node(QPointF(forget, self._conveyor), "×", values["fc"])
        self._node(QPointF(add, self._conveyor), "+", None)
        self._node(QPointF(add, self._products), "×", values["ig"], below=True)
        self._node(QPointF(out, self._row), "×", None)
        for block, x in gates.items():
            self._gate(x, block, values[block], is_signed=block == "g")

    def _paint_gru(self, inside: Inside) -> None:
        px, values = self._theme.px, inside.values
        gates = {block: self._x(part) for block, part in _GATES["gru"].items()}
        update, reset, heard, new = gates["z"], gates["r"], self._x(0.59), gates["n"]
        self._paint_bus(inside, [update, reset, new])
        self._up(heard, self._bus, self._row)
        self._paint_conveyor("h", inside)
        self._up(update, self._row - px(20), self._conveyor)
        self._edge(QPointF(update, self._products), QPointF(new - px(8), self._products))
        self._up(new, self._row - px(20), self._products)
        self._up(new, self._products, self._conveyor)
        half = self._gate_size[0] / 2
        self._edge(QPointF(reset + half, self._row), QPointF(heard - px(8), self._row))
        self._edge(QPointF(heard, self._row), QPointF(new - half, self._row))
        keep = ("1", "−", Symbol("z"))
        self._say(QPointF((update + new) / 2, self._products - px(5)), keep, values["1−z"])
        self._node(QPointF(update, self._conveyor), "×", values["zh"])
        self._node(QPointF(new, self._conveyor), "+", None)
        self._node(QPointF(new, self._products), "×", values["kn"])
        self._node(QPointF(heard, self._row), "×", values["ru"])
        for block, x in gates.items():
            self._gate(x, block, values[block], is_signed=block == "n")

    # Lines

    def _paint_conveyor(self, name: str, inside: Inside) -> None:
        """Paint the line along which the state goes on, with the state at both its ends."""
        px, theme, y = self._theme.px, self._theme, self._conveyor
        start, end = QPointF(self._left, y), QPointF(self._right, y)
        draw_arrow(self._painter, start, end, QColor(theme.text), px(2.6) * theme.line_px, px(8))
        self._paint_state(start, Symbol(name, inside.before), f"{name}0", inside)
        self._paint_state(end, Symbol(name, "t"), name, inside)

    def _paint_end(self, name: str, inside: Inside, start: float) -> None:
        """Paint the way out to the right of the gates, with the state that leaves there."""
        y = self._row
        self._edge(QPointF(start, y), QPointF(self._right, y))
        self._paint_state(QPointF(self._right, y), Symbol(name, "t"), name, inside)

    def _paint_state(self, at: QPointF, label: Symbol, name: str, inside: Inside) -> None:
        """Write a state's name and value above the end of its line, and its gradient below."""
        px, theme, size = self._theme.px, self._theme, self._theme.px(13)
        face, words = ui_face(px(11), QFont.Weight.DemiBold), _figure(inside.values[name])
        width = equation_width((label,), size) + px(5) + face.width(words)
        x = at.x() if at.x() < self._rect.center().x() else at.x() - width
        self._painter.setPen(QColor(theme.text))
        x += write_equation(self._writer, x, at.y() - px(8), (label,), size) + px(5)
        self._painter.setPen(QColor(theme.accent_text if name in ("h", "c") else theme.text))
        self._writer.write(x, at.y() - px(8), words, face)
        if name in inside.gradients:
            self._paint_gradient(at, label, inside.gradients[name])

    def _paint_gradient(self, at: QPointF, label: Symbol, value: float) -> None:
        px, face, size = self._theme.px, ui_face(self._theme.words(10)), self._theme.px(11.5)
        name: Equation = (Symbol(f"∂L/∂{label.base}", label.subscript),)
        words = f"{'−' if value < 0 else '+'}{norm_text(abs(value))}" if value else "0"
        width = equation_width(name, size) + px(5) + face.width(words)
        x = at.x() if at.x() < self._rect.center().x() else at.x() - width
        self._painter.setPen(gradient_ink(self._theme))
        x += write_equation(self._writer, x, at.y() + px(16), name, size) + px(5)
        self._writer.write(x, at.y() + px(16), words, face)

    def _paint_bus(self, inside: Inside, ends: list[float]) -> None:
        """Paint the line that hands the state before and the input to every gate."""
        px, theme, y = self._theme.px, self._theme, self._bus
        self._painter.setPen(QColor(theme.muted))
        names: Equation = (Symbol("h", inside.before), ",", Symbol("x", "t"))
        width = write_equation(self._writer, self._left, y + px(4), names, px(12))
        self._line(QPointF(self._left + width + px(6), y), QPointF(max(ends), y))
        for x in ends:
            self._edge(QPointF(x, y), QPointF(x, self._row + px(19)))

    def _up(self, x: float, start: float, end: float) -> None:
        self._edge(QPointF(x, start), QPointF(x, end + self._theme.px(8)))

    def _edge(self, start: QPointF, end: QPointF) -> None:
        px = self._theme.px
        draw_arrow(self._painter, start, end, QColor(self._theme.muted), px(1.2) * self._theme.line_px, px(5))

    def _line(self, start: QPointF, end: QPointF) -> None:
        self._painter.setPen(QPen(QColor(self._theme.muted), self._theme.px(1.2) * self._theme.line_px))
        self._painter.drawLine(start, end)

    # Nodes

    def _node(self, at: QPointF, sign: str, value: float | None, *, below: bool = False) -> None:
        """Paint a product or a sum, and to the right of it what it gives."""
        px, theme = self._theme.px, self._theme
        self._painter.setPen(QPen(QColor(theme.text), px(1.2)))
        self._painter.setBrush(QColor(theme.card))
        self._painter.drawEllipse(at, px(8), px(8))
        self._painter.setPen(QColor(theme.text))
        self._writer.write_about(at.x(), at.y() + px(4.2), sign, ui_face(px(12)))
        if value is None:
            return
        face, words = ui_face(self._theme.words(10.5)), _figure(value)
        if below:
            self._writer.write_about(at.x(), at.y() + px(20), words, face)
        else:
            self._writer.write(at.x() + px(10), at.y() - px(6), words, face)

    def _pill(self, at: QPointF, words: str, value: float) -> None:
        px, theme = self._theme.px, self._theme
        place = QRectF(at.x() - px(19), at.y() - px(9), px(38), px(18))
        self._painter.setPen(QPen(QColor(theme.text), px(1.2)))
        self._painter.setBrush(QColor(theme.card))
        self._painter.drawRoundedRect(place, px(9), px(9))
        self._painter.setPen(QColor(theme.text))
        self._writer.write_about(at.x(), at.y() + px(3.8), words, ui_face(self._theme.words(10.5)))
        self._writer.write(place.right() + px(4), at.y() + px(3.8), _figure(value), ui_face(self._theme.words(10.5)))

    def _say(self, middle: QPointF, label: Equation, value: float) -> None:
        """Write what goes along an edge, above its middle."""
        px, face, words = self._theme.px, ui_face(self._theme.words(10.5)), _figure(value)
        width = equation_width(label, px(11)) + px(5) + face.width(words)
        self._painter.setPen(QColor(self._theme.text))
        x = middle.x() - width / 2
        x += write_equation(self._writer, x, middle.y(), label, px(11)) + px(5)
        self._writer.write(x, middle.y(), words, face)

    def _gate(self, x: float, block: str, value: float, *, is_signed: bool) -> None:
        """Paint a gate: its name, its value, and a bar from 0 to 1, or of a candidate from −1 to 1."""
        px, theme, painter = self._theme.px, self._theme, self._painter
        box = self._box(x)
        painter.setPen(QPen(QColor(theme.muted), px(1.2)))
        painter.setBrush(QColor(theme.card))
        painter.drawRoundedRect(box, px(5), px(5))
        painter.setPen(QColor(theme.text))
        name: Equation = (Symbol(block, "t"),)
        write_equation(self._writer, box.left() + px(5), box.top() + px(14), name, px(12))
        self._writer.write_to(box.right() - px(5), box.top() + px(14), _figure(value), ui_face(self._theme.words(10.5)))
        track = QRectF(box.left() + px(5), box.bottom() - px(12), box.width() - px(10), px(6))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.faint))
        painter.drawRoundedRect(track, px(2), px(2))
        if math.isfinite(value):
            zero = track.center().x() if is_signed else track.left()
            reach = (track.width() / 2 if is_signed else track.width()) * min(max(value, -1.0), 1.0)
            bar = QRectF(min(zero, zero + reach), track.top(), abs(reach), track.height())
            painter.fillRect(bar, QColor(theme.positive if value > 0 else theme.negative))


def describe_inside(inside: Inside | str) -> str:
    """Return the numbers of the diagram, one below the other."""
    if isinstance(inside, str):
        return inside
    names = {"c0": f"c at {inside.before}", "h0": f"h at {inside.before}", "fc": "f × c before", "ig": "i × g"}
    names |= {"tanh": "tanh c", "u": "W_hn h + b_hn", "ru": "r × that", "zh": "z × h before", "kn": "(1 − z) × n"}
    lines = [f"{names.get(name, name)} = {scientific(value, 6)}" for name, value in inside.values.items()]
    return "\n".join([inside.title, *lines])


def _figure(value: float) -> str:
    if not math.isfinite(value):
        return "overflow"
    return number(value, 3, sign=True) if abs(value) < 1e4 else scientific(value)
