"""The worked step: the arithmetic behind one unit at one time, forward and back, in real numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from rnnviz.core.activations import ACTIVATIONS, Array
from rnnviz.core.cells import CELLS
from rnnviz.document.document import Layer
from rnnviz.document.frame import Frame, LayerFrame
from rnnviz.session.session import Selection
from rnnviz.views.fonts import number, ui_font
from rnnviz.views.formula import (
    TRANSPOSE,
    Equation,
    Symbol,
    draw_equation,
    equation_width,
    load_typesetting,
    paint_equation,
    typesetting_is_loaded,
)
from rnnviz.views.plots._base import Plot, PlotSpec
from rnnviz.views.theme import Theme

OVERFLOW, SUM = "overflow", "sum"
SPLIT_INPUTS = 4
"""The input part is split into products for at most so many inputs."""

_FUNCTIONS = {"tanh": "tanh", "sigmoid": "σ", "relu": "relu", "linear": "linear"}
_TANH_BLOCKS = frozenset("gn")  # the candidates of LSTM and GRU; all other blocks of theirs are gates
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_ONE_FORM = str.maketrans("123456789+", "000000000−")
_LOAD_AFTER_MS = 400


# How numbers are written


@dataclass(frozen=True, slots=True)
class Figures:
    """How the numbers of one column are written: with so many decimals, or as 1.06e−7 when None."""

    decimals: int | None

    def text(self, value: float, *, sign: bool = True) -> str:
        """Return what is shown of a value."""
        if not math.isfinite(value):
            return OVERFLOW
        if self.decimals is not None or value == 0:
            return number(value, self.decimals or 0, sign=sign)
        mantissa, exponent = f"{value:+.2e}".split("e")
        mantissa = mantissa if sign else mantissa.removeprefix("+")
        return f"{mantissa}e{int(exponent)}".replace("-", "−")

    def shown(self, value: float) -> float:
        """Return the number that a reader types into a calculator."""
        return round(value, self.decimals) if self.decimals is not None else float(f"{value:.2e}")

    def grain(self, value: float) -> float:
        """Return one unit of the last digit shown."""
        if self.decimals is not None:
            return 10.0**-self.decimals
        return float(f"1e{int(f'{value:.2e}'.split('e')[1]) - 2}") if value else 0.0


def figures_for(values: Sequence[float], *, short: bool = False) -> Figures:
    """Return how to write numbers that stand below each other.

    Three decimals where the largest is between 0.01 and 100: results are then compared at a glance, and
    nothing changes width while the cursor moves. Fewer for larger numbers, more for smaller ones, and a power
    of ten outside 0.0001 … 100,000. ``short`` asks for two decimals if they tell the whole truth, as they do
    of weights that were typed in: a product of the shown factors is then off by at most half a unit of the
    state's last digit times the weight, which keeps it within the last digit of the shown product up to
    |weight| = 1. Where it is not, the line says ≈, and so does a sum whose shown terms do not add up to it
    within its last digit: every number is rounded correctly, none is adjusted to make a sum come out.
    """
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    if largest == 0:
        return Figures(2 if short else 3)
    exponent = math.floor(math.log10(largest))
    if not -4 <= exponent < 5:  # noqa: PLR2004  # see the docstring
        return Figures(None)
    decimals = 2 - exponent if exponent < -2 else min(3, max(1, 4 - exponent))  # noqa: PLR2004
    if short and decimals > 2 and all(abs(value - round(value, 2)) < 1e-9 for value in values):  # noqa: PLR2004
        return Figures(2)
    return Figures(decimals)


def agrees(calculated: float, figures: Figures, value: float) -> bool:
    """Return whether a result calculated from shown numbers is the shown value, within its last digit."""
    shown = figures.shown(value) if math.isfinite(value) else value
    if not (math.isfinite(shown) and math.isfinite(calculated)):
        return True  # there is nothing to compare: the line says overflow
    return abs(calculated - shown) <= figures.grain(value) * (1 + 1e-9) + 1e-12 * abs(shown)


# The lines


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the calculation: what is on the left makes the value on the right.

    Attributes:
        label: what it is about, in symbols.
        factors: two shown numbers that are multiplied; or none.
        words: what is on the left instead of factors.
        value, text: the result, and what is shown of it.
        exact: the shown left side gives the shown result within its last digit.
        kind: how it is drawn; a rule is a hairline and nothing else.
        hint: the tooltip.
    """

    label: Equation = ()
    factors: tuple[str, str] | None = None
    words: str = ""
    value: float = 0.0
    text: str = ""
    exact: bool = True
    kind: Literal["product", "gate", "part", "sum", "result", "gradient", "rule"] = "part"
    hint: str = ""

    @property
    def sign(self) -> str:
        """The sign between the left side and the value; nothing where there is nothing to calculate."""
        if not self.factors and self.kind in ("product", "part", "rule"):
            return ""
        return "=" if self.exact else "≈"


RULE = Line(kind="rule")


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of the calculation is shown.

    Attributes:
        equation: the equation of the cell, above.
        products: lines for products with h_{t−1}, including the one that sums up the rest.
        split: the products with the input one by one, rather than as one number.
        total: the sum as a line of its own, besides its place in the result.
        backward: the gradient of the same unit; "line" without, "equation" with its equation.
    """

    equation: bool = True
    products: int = 1_000_000
    split: bool = True
    total: bool = True
    backward: Literal["none", "line", "equation"] = "equation"


EVERYTHING = Plan()


@dataclass(frozen=True, slots=True)
class _Moment:
    """One unit at one time, and what it needs from the frame."""

    layer: Layer
    numbers: LayerFrame
    inputs: Array  # (N,), of step t
    number: int
    stacked: bool
    sample: int
    unit: int
    t: int
    before_t: int  # where the state before t stands: t − 1, or 0 where a window starts afresh

    @classmethod
    def of(cls, frame: Frame, selection: Selection, t: int) -> _Moment:
        number, sample = selection.layer, selection.sample
        if number == 0:
            inputs = frame.x[sample, max(t - 1, 0)]
        else:
            inputs = frame.layers[number - 1].states["h"][sample, t]
        window, before_t = frame.document.window, t - 1
        if window is not None and not window.stateful and t > 0 and before_t % window.length == 0:
            before_t = 0
        layer, stacked = frame.document.layers[number], len(frame.layers) > 1
        numbers = frame.layers[number]
        return cls(layer, numbers, inputs, number, stacked, sample, selection.unit, t, before_t)

    def state(self, name: str, t: int) -> float:
        return float(self.numbers.states[name][self.sample, t, self.unit])

    def gate(self, block: str) -> float:
        return float(self.numbers.gates[block][self.sample, self.t - 1, self.unit])

    def pre_activation(self, block: str) -> float:
        return float(self.numbers.pre_activations[block][self.sample, self.t - 1, self.unit])

    def input_symbol(self, subscript: str) -> Symbol:
        return Symbol("x", subscript) if self.number == 0 else Symbol("h", subscript, f"({self.number})")


def worked_lines(frame: Frame, selection: Selection, t: int, plan: Plan = EVERYTHING) -> tuple[Line, ...]:
    """Return the calculation of one unit's state at time t and of its gradient, in the frame's numbers."""
    moment = _Moment.of(frame, selection, t)
    if t == 0:
        lines = _initial_lines(moment)
    elif moment.layer.cell == "rnn":
        lines = _rnn_lines(moment, plan)
    else:
        lines = _gated_lines(moment)
    return (*lines, *(() if plan.backward == "none" and t else (RULE, _gradient_line(moment))))


def _initial_lines(moment: _Moment) -> tuple[Line, ...]:
    values = {name: moment.state(name, 0) for name in moment.numbers.states}
    figures = figures_for(list(values.values()))
    return tuple(
        Line(
            (Symbol(name, "0"),),
            words="the initial state",
            value=value,
            text=figures.text(value),
            kind="result",
            hint=f"{name}{moment.unit + 1} at t = 0: given, not computed",
        )
        for name, value in values.items()
    )


def _rnn_lines(moment: _Moment, plan: Plan) -> tuple[Line, ...]:
    unit, weights = moment.unit, moment.layer.weights
    recurrent = weights["W_hh"][unit]
    before = moment.numbers.states["h"][moment.sample, moment.before_t]
    input_weights, bias = weights["W_xh"][unit], float(weights["b_h"][unit])
    with np.errstate(all="ignore"):
        products = (recurrent * before).tolist()
        of_input = (input_weights * moment.inputs).tolist()
    total, state = moment.pre_activation("h"), moment.state("h", moment.t)
    parts = [*of_input, bias] if plan.split else [sum(of_input) + bias]
    figures = figures_for([*products, *parts, total, state])
    lines = _product_lines(
        recurrent.tolist(),
        before.tolist(),
        products,
        figures,
        lambda j: (
            (Symbol("h", str(j + 1)),),
            f"W_hh[{unit + 1}, {j + 1}] × h{j + 1} at t = {moment.before_t}",
        ),
        plan.products,
    )
    lines.append(RULE)
    if plan.split:
        lines += _product_lines(
            input_weights.tolist(),
            moment.inputs.tolist(),
            of_input,
            figures,
            lambda j: (
                (moment.input_symbol(str(j + 1)),),
                f"W_xh[{unit + 1}, {j + 1}] × {_plain(moment.input_symbol(str(j + 1)))} at t = {moment.t}",
            ),
        )
        bias_symbol = (Symbol("b", "h"),)
        lines.append(Line(bias_symbol, value=bias, text=figures.text(bias), kind="product", hint="the bias"))
    else:
        label = (Symbol("W", "xh"), moment.input_symbol("t"), "+", Symbol("b", "h"))
        value, hint = parts[0], f"what the input at t = {moment.t} and the bias add"
        lines.append(Line(label, value=value, text=figures.text(value), hint=hint))
    exact = agrees(sum(figures.shown(v) for v in _values(lines)), figures, total)
    if plan.total:
        lines.append(_sum_line((Symbol("a", "t"),), total, figures, exact=exact))
    return (*lines, _result_line(moment, total, state, figures, exact=exact or plan.total))


def _values(lines: Sequence[Line]) -> list[float]:
    return [line.value if math.isfinite(line.value) else math.inf for line in lines if line.kind != "rule"]


def _product_lines(
    left: list[float],
    right: list[float],
    products: list[float],
    figures: Figures,
    name: Callable[[int], tuple[Equation, str]],
    room: int = EVERYTHING.products,
) -> list[Line]:
    """Return a line for each product; without room for all, the largest, and one that sums up the rest.

    ``name`` gives the label and the hint of the j-th.
    """
    of_left, of_right, order = figures_for(left, short=True), figures_for(right), range(len(products))
    shown = (
        list(order) if len(products) <= room else sorted(order, key=lambda j: _size(products[j]))[: room - 1]
    )
    lines = []
    for j in shown:
        label, hint = name(j)
        factors = of_left.text(left[j]), of_right.text(right[j])
        exact = OVERFLOW in factors or agrees(
            of_left.shown(left[j]) * of_right.shown(right[j]), figures, products[j]
        )
        lines.append(Line(label, factors, "", products[j], figures.text(products[j]), exact, "product", hint))
    if len(shown) < len(products):
        value = sum(products[j] for j in set(order) - set(shown))
        rest = len(products) - len(shown)
        words = f"… and {rest} more" if shown else f"{rest} products"
        hint = "the other products with the state before, added up"
        lines.append(Line((), None, words, value, figures.text(value), kind="product", hint=hint))
    return lines


def _size(product: float) -> float:
    """Return what puts the largest product first, and nan before it: what overflowed is looked for."""
    return -math.inf if math.isnan(product) else -abs(product)


def _sum_line(label: Equation, total: float, figures: Figures, *, exact: bool) -> Line:
    return Line(label, None, SUM, total, figures.text(total), exact, "sum", "everything above, added up")


def _result_line(moment: _Moment, total: float, state: float, figures: Figures, *, exact: bool) -> Line:
    name = _FUNCTIONS[moment.layer.activation]
    exact = exact and agrees(_applied(moment.layer.activation, figures.shown(total)), figures, state)
    words = f"{name}({figures.text(total, sign=False)})"
    hint = f"h{moment.unit + 1} at t = {moment.t}: {words} = {figures.text(state)}"
    return Line((), None, words, state, figures.text(state), exact, "result", hint)


def _applied(activation: str, value: float) -> float:
    result = np.array([value])
    ACTIVATIONS[activation].apply(result, result)
    return float(result[0])


# Gated cells


def _gated_lines(moment: _Moment) -> tuple[Line, ...]:
    """Return each block's activation, then the update of the state."""
    lines = []
    blocks = CELLS[moment.layer.cell].blocks
    figures = figures_for([1.0, *(moment.pre_activation(block) for block in blocks)])
    for block in blocks:
        activation = "tanh" if block in _TANH_BLOCKS else "sigmoid"
        a, value = moment.pre_activation(block), moment.gate(block)
        exact = agrees(_applied(activation, figures.shown(a)), figures, value) if math.isfinite(a) else True
        words = f"{_FUNCTIONS[activation]}({figures.text(a, sign=False)})"
        hint = f"{activation}(W_x{block} x_t + W_h{block} h_t−1 + b_{block}) of block {block}"
        text = figures.text(value)
        lines.append(Line((Symbol(block, "t"),), None, words, value, text, exact, "gate", hint))
    return (*lines, RULE, *_UPDATES[moment.layer.cell](moment))


def _lstm_update(moment: _Moment) -> tuple[Line, ...]:
    c, h = (moment.state(name, moment.t) for name in "ch")
    pairs = {
        ("f", "c"): (moment.gate("f"), moment.state("c", moment.before_t)),
        ("i", "g"): (moment.gate("i"), moment.gate("g")),
    }
    lines, figures = _update_products(pairs, [c, h, 1.0])
    exact = agrees(sum(figures.shown(value) for value in _values(lines)), figures, c)
    lines.append(_sum_line((Symbol("c", "t"),), c, figures, exact=exact))
    o = moment.gate("o")
    words = f"{figures.text(o, sign=False)} × tanh({figures.text(c, sign=False)})"
    exact = agrees(figures.shown(o) * math.tanh(figures.shown(c)), figures, h) if math.isfinite(c) else True
    hint = f"h{moment.unit + 1} at t = {moment.t}: the output gate times tanh of the cell state"
    return (*lines, Line((), None, words, h, figures.text(h), exact, "result", hint))


def _gru_update(moment: _Moment) -> tuple[Line, ...]:
    z, h = moment.gate("z"), moment.state("h", moment.t)
    pairs = {
        ("1−z", "n"): (1.0 - z, moment.gate("n")),
        ("z", "h"): (z, moment.state("h", moment.before_t)),
    }
    lines, figures = _update_products(pairs, [h, 1.0])
    exact = agrees(sum(figures.shown(value) for value in _values(lines)), figures, h)
    hint = f"h{moment.unit + 1} at t = {moment.t}: between the candidate and the state before"
    label = (Symbol("h", "t"),)
    return (*lines, Line(label, None, SUM, h, figures.text(h), exact, "result", hint))


_UPDATES: dict[str, Callable[[_Moment], tuple[Line, ...]]] = {"lstm": _lstm_update, "gru": _gru_update}


def _update_products(
    pairs: dict[tuple[str, str], tuple[float, float]], results: list[float]
) -> tuple[list[Line], Figures]:
    """Return a line for each product of a gate and what it lets through, and the figures of the results."""
    products = [a * b for a, b in pairs.values()]
    figures = figures_for([*products, *results])
    labels = [_gate_product(gate, content) for gate, content in pairs]
    lines = _product_lines(
        [a for a, _ in pairs.values()],
        [b for _, b in pairs.values()],
        products,
        figures,
        lambda j: (labels[j], "a gate times what it lets through"),
    )
    return lines, figures


def _gate_product(gate: str, content: str) -> Equation:
    symbols: Equation = (Symbol(gate),) if len(gate) == 1 else ("(", "1", Symbol("−"), Symbol(gate[-1]), ")")
    return (*symbols, Symbol(content, "t−1" if content in "ch" else ""))


# The gradient


def _gradient_line(moment: _Moment) -> Line:
    """Return the same unit's gradient: δ_t = φ′ × (direct + carried), for gated cells ∂L/∂h_t."""
    place = moment.sample, moment.t, moment.unit
    total, direct = float(moment.numbers.state_gradients["h"][place]), float(moment.numbers.direct[place])
    carried = total - direct
    if moment.t == 0:
        return Line((), None, "carried back", total, figures_for([total]).text(total), kind="gradient",
                    hint="what the loss wants of the initial state")  # fmt: skip
    inner = figures_for([direct, carried])
    plus = inner.text(carried)
    brackets = f"{inner.text(direct, sign=False)} {plus[0]} {plus[1:]}" if plus[0] in "+−" else OVERFLOW
    shown = inner.shown(direct) + inner.shown(carried) if math.isfinite(total) else math.nan
    if moment.layer.cell != "rnn":
        result, hint = (
            figures_for([total]),
            "∂L/∂h: the direct part and what is carried back from the next step",
        )
        exact = agrees(shown, result, total)
        return Line((), None, brackets, total, result.text(total), exact, "gradient", hint)
    delta = float(moment.numbers.pre_activation_gradients["h"][moment.sample, moment.t - 1, moment.unit])
    slope = float(ACTIVATIONS[moment.layer.activation].slope(np.array(moment.state("h", moment.t))))
    result, outer = figures_for([delta]), figures_for([slope])
    exact = agrees(outer.shown(slope) * shown, result, delta) if math.isfinite(slope) else True
    hint = "δ: the slope of the activation times the direct part and what is carried back from the next step"
    words = f"{outer.text(slope, sign=False)} × ({brackets})"
    return Line((), None, words, delta, result.text(delta), exact, "gradient", hint)


# The equations


def forward_equation(layer: Layer, number: int, *, stacked: bool) -> Equation:
    """Return the equation of a layer's cell; in a stack, layers are told apart by superscripts."""
    above = f"({number + 1})" if stacked else ""
    h, before = Symbol("h", "t", above), Symbol("h", "t−1", above)
    if layer.cell == "lstm":
        cell = (Symbol("c", "t"), "=", Symbol("f", "t"), "⊙", Symbol("c", "t−1"), "+", Symbol("i", "t"), "⊙")
        return (*cell, Symbol("g", "t"), ",", h, "=", Symbol("o", "t"), "⊙", "tanh", Symbol("c", "t"))
    if layer.cell == "gru":
        z = Symbol("z", "t")
        return (h, "=", "(", "1", "−", z, ")", "⊙", Symbol("n", "t"), "+", z, "⊙", before)
    x = Symbol("x", "t") if number == 0 else Symbol("h", "t", f"({number})")
    inside = (Symbol("W", "hh"), before, "+", Symbol("W", "xh"), x, "+", Symbol("b", "h"))
    if layer.activation == "linear":
        return (h, "=", *inside)
    return (h, "=", _FUNCTIONS[layer.activation], "(", *inside, ")")


def backward_equation(layer: Layer, t: int) -> Equation:
    """Return what the line about the gradient calculates."""
    if layer.cell != "rnn":
        return (_gradient_of("t" if t else "0"), "=", "direct", "+", "carried")
    if t == 0:
        return (_gradient_of("0"), "=", Symbol("W", "hh", TRANSPOSE), Symbol("δ", "1"))
    name = "φ′" if layer.activation == "linear" else f"{_FUNCTIONS[layer.activation]}′"
    return (Symbol("δ", "t"), "=", name, "(", Symbol("a", "t"), ")", "(", "direct", "+", "carried", ")")


def _gradient_of(t: str) -> Symbol:
    return Symbol("∂L/∂h", t)


def _plain(symbol: Symbol) -> str:
    return f"{symbol.base}{symbol.subscript}{symbol.superscript}"


# Painting


@dataclass(frozen=True, slots=True)
class _Inks:
    """A theme's colours as Qt wants them."""

    text: QColor
    muted: QColor
    result: QColor
    gradient: QColor
    negative: QColor
    positive: QColor
    warning: QColor
    rule: QPen
    zero: QPen


@lru_cache(maxsize=8)
def _inks(theme: Theme) -> _Inks:
    return _Inks(
        QColor(theme.text),
        QColor(theme.muted),
        QColor(theme.accent_text),
        QColor(legible(theme, theme.gradient)),
        QColor(theme.negative),
        QColor(theme.positive),
        QColor(theme.warning),
        QPen(QColor(theme.faint if theme.name == "print" else theme.border), 1.0),
        QPen(QColor(theme.target), 0.7),
    )


def legible(theme: Theme, colour: str) -> str:
    """Return the colour, mixed with the colour of words until it reads at 4.5:1 on a card."""
    start, end, card = QColor(colour), QColor(theme.text), QColor(theme.card)
    for step in range(11):
        part = step / 10
        red = (1 - part) * start.redF() + part * end.redF()
        green = (1 - part) * start.greenF() + part * end.greenF()
        blue = (1 - part) * start.blueF() + part * end.blueF()
        mixed = QColor.fromRgbF(red, green, blue)
        if _contrast(mixed, card) >= 4.5:  # noqa: PLR2004  # WCAG AA
            return mixed.name()
    return theme.text


def _contrast(one: QColor, other: QColor) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: QColor) -> float:
    """Return the relative luminance, WCAG 2.1."""
    channels = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
        for c in (colour.redF(), colour.greenF(), colour.blueF())
    )
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), channels, strict=True))


@lru_cache(maxsize=512)
def _width(text: str, px: float, weight: QFont.Weight = QFont.Weight.Normal) -> float:
    return QFontMetricsF(ui_font(px, weight)).horizontalAdvance(text)


def _typical_width(text: str, px: float) -> float:
    """Return the width of a number: the same for all of its form, figures being tabular."""
    return _width(text.translate(_ONE_FORM), px)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where things stand from left to right, and how large letters are: smaller on narrow cards.

    ``factors`` are the right ends of the two; they and the bars are left out where there is no room for them.
    """

    label: float
    words: float
    factors: tuple[float, float] | None
    bar: tuple[float, float] | None
    value: tuple[float, float]
    px: float


class StepPlot(Plot):
    """The arithmetic of one unit at the cursor."""

    spec = PlotSpec(
        key="step",
        title="Worked step",
        look_at="one unit's arithmetic at the cursor",
        meaning="How the selected unit's state at the cursor comes about: each weight times the state it "
        "listens to, the input part, their sum, and the activation of it; then its gradient. The bars show "
        "how much each line adds, all on one scale: orange pushes up, blue pulls down. ≈ marks a line whose "
        "shown numbers, being rounded, give the result only nearly. Wheel, Up and Down choose another unit.",
        area="right",
        order=20,
        height=3,
    )

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._inks = _inks(theme)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._limit = 1.0
        self._turned = 0
        self._loader = QTimer(self, singleShot=True, interval=_LOAD_AFTER_MS)
        self._loader.timeout.connect(self._typeset)

    # What is shown

    def frame_shown(self) -> None:
        """Find the scale of the bars: the same for all t, so that steps can be compared."""
        assert self.frame is not None
        layer = self.frame.document.layers[self.selection.layer]
        numbers = self.frame.layers[self.selection.layer]
        sample, unit = self.selection.sample, self.selection.unit
        with np.errstate(all="ignore"):
            if layer.cell == "rnn":
                terms = np.abs(numbers.states["h"][sample]).max(axis=0) * np.abs(layer.weights["W_hh"][unit])
                limit = max(float(terms.max()), float(np.abs(self._input_part()).max()))
            else:
                limit = max(1.0, *(float(np.abs(s[sample, :, unit]).max()) for s in numbers.states.values()))
        self._limit = limit if math.isfinite(limit) and limit > 0 else 1.0

    def _input_part(self) -> Array:
        """Return every product with the input and the joined part, over all t."""
        assert self.frame is not None
        number, sample, unit = self.selection.layer, self.selection.sample, self.selection.unit
        layer = self.frame.document.layers[number]
        x = self.frame.x[sample] if number == 0 else self.frame.layers[number - 1].states["h"][sample, 1:]
        products: Array = x * layer.weights["W_xh"][unit]
        return np.column_stack([products, products.sum(axis=1) + layer.weights["b_h"][unit]])

    def show_cursor(self, t: int) -> None:
        """Move the cursor; the line beside the title follows it."""
        super().show_cursor(t)
        if self.frame is not None:
            self.set_remark(self.remark())
        if not self.shows_cursor:
            self.repaint_ground()

    def remark(self) -> str:
        """Return which unit is looked into, and when."""
        where = f"unit h{str(self.selection.unit + 1).translate(_SUBSCRIPTS)} at t = {self.cursor_t}"
        several = self.frame is not None and len(self.frame.layers) > 1
        return f"layer {self.selection.layer + 1}, {where}" if several else where

    def _time(self) -> int:
        assert self.frame is not None
        return min(self.cursor_t, self.frame.last_step)

    def lines(self, rect: QRectF) -> tuple[Line, ...]:
        """Return the lines that are drawn into a rectangle; if it is tiny, only the last of them."""
        assert self.frame is not None
        plan = self.plan(rect)
        lines = worked_lines(self.frame, self.selection, self._time(), plan)
        room = max(1, int((rect.height() - self._fixed_height(plan)) / self.theme.px(12)))
        return lines if len(lines) <= room else lines[-room:]

    # How much fits

    def plan(self, rect: QRectF) -> Plan:
        """Return the richest plan that fits: first the result, then the products, then the way back."""
        assert self.frame is not None
        layer = self.frame.document.layers[self.selection.layer]
        lowest, height = self.theme.px(14.5), rect.height() - self.theme.px(2)
        wanted = min(layer.units, 6) if layer.cell == "rnn" else 0
        for plan in _plans(layer):
            room = int((height - self._fixed_height(plan) - lowest * _other_rows(plan, layer)) / lowest)
            if room >= (wanted if plan.backward != "none" or plan.total else min(wanted, 2)):
                return replace(plan, products=max(room, 1))
        return Plan(equation=False, products=1, split=False, total=False, backward="none")

    def _fixed_height(self, plan: Plan) -> float:
        """Return the height of what does not shrink: equations and hairlines."""
        rules = 1 if plan.backward == "none" else 2
        backward = 22 if plan.backward == "equation" else 0
        return self.theme.px((28 if plan.equation else 0) + backward + 7 * rules)

    def _row_height(self, rect: QRectF, plan: Plan, lines: Sequence[Line]) -> float:
        rows = sum(line.kind != "rule" for line in lines)
        left = rect.height() - self.theme.px(2) - self._fixed_height(plan)
        return min(self.theme.px(21), left / max(rows, 1))

    # Painting

    def apply_theme(self, theme: Theme) -> None:
        """Paint with other colours and sizes."""
        self._inks = _inks(theme)
        super().apply_theme(theme)

    def paint_ground(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the equation; without a cursor everything, for then nothing else is painted."""
        assert self.frame is not None
        if self.plan(rect).equation:
            number = self.selection.layer
            layer = self.frame.document.layers[number]
            equation = forward_equation(layer, number, stacked=len(self.frame.layers) > 1)
            self._paint_equation(
                painter, QPointF(rect.left() + 1, rect.top() + self.theme.px(18)), equation, 17, rect
            )
        if not self.shows_cursor:
            self._paint_lines(painter, rect)

    def paint_cursor(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the calculation: all of it is about the cursor's step."""
        self._paint_lines(painter, rect)

    def paint_figure(self, painter: QPainter, rect: QRectF) -> None:
        """Paint the whole plot; a file is worth waiting for typeset equations."""
        load_typesetting()
        super().paint_figure(painter, rect)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and have the equations typeset when nobody waits for it."""
        super().paintEvent(event)
        if self.frame is not None and not typesetting_is_loaded() and not self._loader.isActive():
            self._loader.start()

    @Slot()
    def _typeset(self) -> None:
        load_typesetting()
        self.repaint_ground()

    def _paint_equation(
        self, painter: QPainter, at: QPointF, equation: Equation, px: float, rect: QRectF
    ) -> None:
        width = rect.right() - at.x() - 1
        paint_equation(painter, at, equation, self.theme.px(px), self.theme.text, width)

    def _paint_lines(self, painter: QPainter, rect: QRectF) -> None:
        assert self.frame is not None
        plan = self.plan(rect)
        lines = self.lines(rect)
        row, columns = self._row_height(rect, plan, lines), self._columns(rect, lines)
        y = rect.top() + self.theme.px(28 if plan.equation else 0)
        for line in lines:
            if line.kind == "rule":
                self._paint_rule(painter, rect, y)
                y += self.theme.px(7)
                continue
            if line.kind == "gradient" and plan.backward == "equation":
                layer = self.frame.document.layers[self.selection.layer]
                at = QPointF(rect.left() + 1, y + self.theme.px(13))
                self._paint_equation(painter, at, backward_equation(layer, self._time()), 14, rect)
                y += self.theme.px(22)
            self._paint_line(painter, columns, QRectF(rect.left(), y, rect.width(), row), line)
            y += row

    def _paint_rule(self, painter: QPainter, rect: QRectF, y: float) -> None:
        painter.setPen(self._inks.rule)
        y = round(y + self.theme.px(3)) + 0.5
        painter.drawLine(QPointF(rect.left() + 1, y), QPointF(rect.right() - 1, y))

    def _columns(self, rect: QRectF, lines: Sequence[Line]) -> _Columns:
        """Return the columns, as wide as their widest number; the bars go when it becomes narrow."""
        px, size = self.theme.px, self.theme.px(12)
        table = [line for line in lines if line.kind in ("product", "gate")]
        pairs = [line.factors for line in table if line.factors is not None]
        widest = [max((_typical_width(pair[side], size) for pair in pairs), default=0.0) for side in (0, 1)]
        label = max(px(24), *(equation_width(line.label, size) + px(8) for line in table), 0.0)
        value = 1.1 * max(px(44), *(_typical_width(line.text, size) for line in lines))
        needed = label + sum(widest) + _width(" × ", size) + value + px(20)
        fitting = (rect.width() - px(10)) / needed
        scale = min(1.0, max(0.7, fitting))
        words = rect.left() + px(8) + label * scale
        left_end = words + widest[0] * scale
        right_end = left_end + (_width(" × ", size) + widest[1]) * scale
        value_end, value_start = rect.right() - px(2), rect.right() - px(2) - value * scale
        said = max((_width(line.words, size) for line in table if line.kind == "gate"), default=0.0)
        start, end = max(right_end, words + said * scale, words + px(66)) + px(20), value_start - px(10)
        bar = (max(start, end - px(150)), end) if end - start > px(40) else None
        return _Columns(
            label=rect.left() + px(8),
            words=words,
            factors=(left_end, right_end) if fitting >= 0.7 else None,  # noqa: PLR2004  # the smallest scale
            bar=bar,
            value=(value_start, value_end),
            px=size * scale,
        )

    def _paint_line(self, painter: QPainter, columns: _Columns, row: QRectF, line: Line) -> None:
        baseline = row.center().y() + 0.36 * columns.px
        ink = self._inks.text if line.kind in ("result", "gradient") else self._inks.muted
        painter.setFont(ui_font(columns.px))
        painter.setPen(ink)
        self._paint_factors(painter, columns, baseline, line)
        x = columns.label
        if line.kind == "sum" or line.words == SUM:
            painter.drawText(QPointF(x, baseline), SUM)
            x += _width(SUM, columns.px) + 0.5 * columns.px
        if line.label:
            x += draw_equation(painter, x, baseline, line.label, columns.px * 1.05, self._inks.muted)
            x += 0.5 * columns.px
        words = "" if line.words == SUM else line.words
        if not line.factors and (words or line.sign):
            x = columns.words if line.kind == "gate" else x
            self._paint_words(painter, QPointF(x, baseline), f"{words} {line.sign}".strip(), columns)
        if line.kind in ("product", "gate", "part") and columns.bar is not None:
            self._paint_bar(painter, columns.bar, row, line.value)
        self._paint_value(painter, columns, baseline, line)

    def _paint_words(self, painter: QPainter, at: QPointF, words: str, columns: _Columns) -> None:
        """Paint words, smaller if they would run into the value."""
        natural, room = _width(words, columns.px), columns.value[0] - at.x()
        painter.setFont(ui_font(columns.px))
        if natural <= room:
            painter.drawText(at, words)
            return
        painter.save()
        painter.translate(at)
        painter.scale(room / natural, room / natural)
        painter.drawText(QPointF(0, 0), words)
        painter.restore()

    def _paint_factors(self, painter: QPainter, columns: _Columns, baseline: float, line: Line) -> None:
        if line.factors is None or columns.factors is None:
            return
        painter.setFont(ui_font(columns.px))
        for text, end in zip(line.factors, columns.factors, strict=True):
            painter.drawText(QPointF(end - _width(text, columns.px), baseline), text)
        space = _width(" ", columns.px)
        painter.drawText(QPointF(columns.factors[0] + space, baseline), "×")
        painter.drawText(QPointF(columns.factors[1] + space, baseline), line.sign)

    def _paint_bar(self, painter: QPainter, ends: tuple[float, float], row: QRectF, value: float) -> None:
        """Draw a signed bar from the zero line in the middle; longer than the scale stops at its end."""
        inks, middle, half = self._inks, (ends[0] + ends[1]) / 2, (ends[1] - ends[0]) / 2
        height = min(row.height() * 0.5, self.theme.px(9))
        if math.isfinite(value):
            length = max(-half, min(half, value / self._limit * half))
            left, top = middle + min(length, 0.0), row.center().y() - height / 2
            colour = inks.positive if value > 0 else inks.negative
            painter.fillRect(QRectF(left, top, abs(length), height), colour)
        painter.setPen(inks.zero)
        painter.drawLine(QPointF(middle, row.top()), QPointF(middle, row.bottom()))

    def _paint_value(self, painter: QPainter, columns: _Columns, baseline: float, line: Line) -> None:
        inks, size, weight = self._inks, columns.px, QFont.Weight.Normal
        colour = inks.text
        if line.kind in ("result", "gradient"):
            weight, colour = QFont.Weight.DemiBold, inks.result if line.kind == "result" else inks.gradient
        painter.setFont(ui_font(size, weight))
        painter.setPen(inks.warning if line.text == OVERFLOW else colour)
        x = columns.value[1] - _width(line.text, size, weight)
        painter.drawText(QPointF(x, baseline), line.text)

    # Hands

    def describe(self, position: QPointF, rect: QRectF) -> str:
        """Return where the numbers of the line under the pointer come from."""
        plan, lines = self.plan(rect), self.lines(rect)
        row, px = self._row_height(rect, plan, lines), self.theme.px
        y = rect.top() + px(28 if plan.equation else 0)
        for line in lines:
            equation = px(22) if line.kind == "gradient" and plan.backward == "equation" else 0.0
            height = px(7) if line.kind == "rule" else row + equation
            if y <= position.y() < y + height and line.hint:
                return f"{line.hint}\n{line.value:.10g}"
            y += height
        return self.spec.meaning

    def _choose(self, steps: int) -> None:
        """Ask for the unit so many further down, as far as there is one."""
        if self.frame is None:
            return
        units = self.frame.document.layers[self.selection.layer].units
        unit = min(max(self.selection.unit + steps, 0), units - 1)
        if unit != self.selection.unit:
            self.selection_requested.emit(replace(self.selection, unit=unit))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Choose the unit before or after."""
        self._turned += event.angleDelta().y()
        notches = int(self._turned / 120)  # a notch of a wheel; touchpads send smaller pieces of it
        self._turned -= 120 * notches
        self._choose(-notches)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the unit before or after."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if steps is None:
            super().keyPressEvent(event)
        else:
            self._choose(steps)


def _plans(layer: Layer) -> list[Plan]:
    """Return plans from the richest to the poorest; how many products fit is found out later."""
    poorer = [
        Plan(),
        Plan(split=False),
        Plan(split=False, total=False),
        Plan(split=False, total=False, backward="line"),
        Plan(split=False, backward="none"),
        Plan(split=False, total=False, backward="none"),
        Plan(equation=False, split=False, total=False, backward="none"),
    ]
    return poorer if layer.inputs <= SPLIT_INPUTS else poorer[1:]


def _other_rows(plan: Plan, layer: Layer) -> int:
    """Return the number of rows besides the products with the state before."""
    if layer.cell != "rnn":
        rows = len(CELLS[layer.cell].blocks) + 2 + len(CELLS[layer.cell].states)
    else:
        rows = (layer.inputs + 1 if plan.split else 1) + plan.total + 1
    return rows + (plan.backward != "none")


PLOT = StepPlot
