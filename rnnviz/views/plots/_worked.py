"""The worked step as lines of text: one unit's arithmetic at one time, forward and back, in real numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np

from rnnviz.core.activations import ACTIVATIONS
from rnnviz.core.cells import CELLS
from rnnviz.document.document import Layer, Place
from rnnviz.document.frame import Frame
from rnnviz.document.links import Focus, Gate, Unit, Weight
from rnnviz.session.session import Selection
from rnnviz.views.formula import Equation, Symbol
from rnnviz.views.plots._digits import OVERFLOW, Digits, digits_for
from rnnviz.views.plots._equations import BEFORE, FUNCTIONS, stage_at
from rnnviz.views.plots._sequence import describe_padding

SUM = "sum"
_ALL = 1_000_000
_TYPED = 2  # decimals that tell the whole truth of a weight that was typed in
TANH_BLOCKS = frozenset("gn")  # the candidates of LSTM and GRU; all other blocks of theirs are gates
Kind = Literal["product", "term", "gate", "part", "sum", "result", "gradient", "note", "rule"]


class Line(NamedTuple):
    """One line of the calculation: what is on the left makes the value on the right.

    Attributes:
        kind: how it is drawn; a term is a part of a sum that is calculated itself, a rule is a hairline and nothing
            else, a note just words.
        label: what it is about, in symbols.
        value, text: the result, and what is shown of it.
        factors: two shown numbers that are multiplied; or none.
        words: what is on the left instead of factors.
        exact: the shown left side gives the shown result within its last digit.
        hint: the tooltip.
        thing: the weight that is multiplied, the gate or the unit that the line is about, to be pointed at.
    """

    kind: Kind
    label: Equation = ()
    value: float = 0.0
    text: str = ""
    factors: tuple[str, str] | None = None
    words: str = ""
    exact: bool = True
    hint: str = ""
    thing: Focus | None = None

    @property
    def sign(self) -> str:
        """The sign between the left side and the value; nothing where there is nothing to calculate."""
        if not self.factors and self.kind in ("product", "part", "note", "rule"):
            return ""
        return "=" if self.exact else "≈"


RULE = Line("rule")


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
    products: int = _ALL
    split: bool = True
    total: bool = True
    backward: Literal["none", "line", "equation"] = "equation"


EVERYTHING = Plan()

Name = tuple[Equation, str, Focus | None]
"""A product's label, its hint, and its weight."""


class Moment:
    """One unit at one time, and what it needs from the frame."""

    def __init__(self, frame: Frame, selection: Selection, t: int) -> None:
        self.layer: Layer = frame.document.layers[selection.layer]
        self.numbers = frame.layers[selection.layer]
        self.number, self.sample, self.unit, self.t = selection.layer, selection.sample, selection.unit, t
        self.stage = stage_at(frame.document, self.sample, t)
        self.before_t = 0 if self.stage == "restart" else t - 1  # where the state before t stands
        self.length = frame.document.input.length(self.sample)
        self.is_cut = t in frame.document.borders(self.sample)
        window = frame.document.window
        self.starts_again = window is not None and not window.stateful and bool(frame.document.borders(self.sample))
        if selection.layer == 0:
            self.input_symbol = ("x", "")
            self.inputs: list[float] = frame.x[self.sample, max(t - 1, 0)].tolist()
        else:
            self.input_symbol = ("h", f"({selection.layer})")
            self.inputs = frame.layers[selection.layer - 1].states["h"][self.sample, t].tolist()

    @property
    def thing(self) -> Unit:
        """The unit at its time, to be pointed at."""
        return Unit(self.number, self.unit, self.t)

    def weight(self, name: str, column: int = 0) -> Weight:
        """Return one of the unit's weights, to be pointed at."""
        return Weight(Place(self.number, name), self.unit, column)

    @property
    def name(self) -> str:
        """The unit and the time in words."""
        return f"h{self.unit + 1} at t = {self.t}"

    def state(self, name: str, t: int) -> float:
        """Return one of the unit's states at a state index."""
        return float(self.numbers.states[name][self.sample, t, self.unit])

    def gate(self, block: str) -> float:
        """Return the activated value of one of the unit's blocks."""
        return float(self.numbers.gates[block][self.sample, self.t - 1, self.unit])

    def pre_activation(self, block: str) -> float:
        """Return what the activation of a block is applied to."""
        return float(self.numbers.pre_activations[block][self.sample, self.t - 1, self.unit])


def worked_lines(frame: Frame, selection: Selection, t: int, plan: Plan = EVERYTHING) -> tuple[Line, ...]:
    """Return the calculation of one unit's state at time t and of its gradient, in the frame's numbers."""
    moment = Moment(frame, selection, t)
    if moment.stage == "padding":
        return tuple(padding_lines(moment))
    if t == 0:
        lines = initial_lines(moment)
    elif moment.layer.cell == "rnn":
        lines = _rnn_lines(moment, plan)
    else:
        lines = [*_gate_lines(moment), RULE, *UPDATES[moment.layer.cell](moment)]
    if plan.backward != "none" or t == 0:
        lines += [RULE, gradient_line(moment)]
    return tuple(lines)


def initial_lines(moment: Moment) -> list[Line]:
    """Return the states at t = 0."""
    lines, values = [], {name: moment.state(name, 0) for name in moment.numbers.states}
    digits = digits_for(list(values.values()))
    for name, value in values.items():
        label, hint = (Symbol(name, "0"),), f"{name}{moment.unit + 1} at t = 0: given, not computed"
        text = digits.text(value)
        lines.append(Line("result", label, value, text, words="the initial state", hint=hint))
    return lines


def padding_lines(moment: Moment) -> list[Line]:
    """Return what is left to say after the end of the sequence: h last, as everywhere."""
    hint = describe_padding(moment.t, moment.length)
    notes = (f"Step {moment.t} is padding.", "Nothing is computed, no gradient comes back.")
    lines = [*(Line("note", words=words, hint=hint) for words in notes), RULE]
    values = {name: moment.state(name, moment.t) for name in reversed(list(moment.numbers.states))}
    digits = digits_for(list(values.values()))
    for name, value in values.items():
        label = (Symbol(name, str(moment.t)), "=", Symbol(name, str(moment.length)))
        hint = f"{name}{moment.unit + 1}: held as it was at t = {moment.length}"
        lines.append(Line("result", label, value, digits.text(value), hint=hint))
    return lines


# A plain cell


def _rnn_lines(moment: Moment, plan: Plan) -> list[Line]:
    unit, weights = moment.unit, moment.layer.weights
    recurrent, input_weights = weights["W_hh"][unit].tolist(), weights["W_xh"][unit].tolist()
    before = moment.numbers.states["h"][moment.sample, moment.before_t].tolist()
    bias = float(weights["b_h"][unit])
    products, of_input = products_of(recurrent, before), products_of(input_weights, moment.inputs)
    total, state = moment.pre_activation("h"), moment.state("h", moment.t)
    parts = [*of_input, bias] if plan.split else [sum(of_input) + bias]
    digits = digits_for([*products, *parts, total, state])
    base, above = moment.input_symbol

    def from_state(j: int) -> Name:
        hint = f"W_hh[{unit + 1}, {j + 1}] × h{j + 1} at t = {moment.before_t}"
        return _label("h", j, ""), hint, moment.weight("W_hh", j)

    def from_input(j: int) -> Name:
        hint = f"W_xh[{unit + 1}, {j + 1}] × {base}{j + 1}{above} at t = {moment.t}"
        return _label(base, j, above), hint, moment.weight("W_xh", j)

    lines = [*product_lines(recurrent, before, products, digits, from_state, plan.products), RULE]
    if plan.split:
        lines += product_lines(input_weights, moment.inputs, of_input, digits, from_input)
        thing, text = moment.weight("b_h"), digits.text(bias)
        lines.append(Line("product", (Symbol("b", "h"),), bias, text, hint="the bias", thing=thing))
    else:
        label = (Symbol("W", "xh"), Symbol(base, "t", above), "+", Symbol("b", "h"))
        hint = f"what the input at t = {moment.t} and the bias add"
        lines.append(Line("part", label, parts[0], digits.text(parts[0]), hint=hint))
    exact = digits.agree(shown_sum(lines, digits), total)
    if plan.total:
        lines.append(sum_line((Symbol("a", "t"),), total, digits, exact=exact))
    name, shown = moment.layer.activation, digits.shown(total) if math.isfinite(total) else total
    words = f"{FUNCTIONS[name]}({digits.text(total, sign=False)})"
    exact = (exact or plan.total) and digits.agree(applied(name, shown), state)
    hint = f"{moment.name}: {words} = {digits.text(state)}"
    result = Line("result", (), state, digits.text(state), words=words, exact=exact, hint=hint, thing=moment.thing)
    return [*lines, result]


def products_of(left: Iterable[float], right: Iterable[float]) -> list[float]:
    """Return the product of each number with its partner."""
    return [a * b for a, b in zip(left, right, strict=True)]


@lru_cache(maxsize=1024)
def _label(base: str, j: int, above: str) -> Equation:
    return (Symbol(base, str(j + 1), above),)


def shown_sum(lines: Sequence[Line], digits: Digits) -> float:
    """Return what the shown values add up to; inf where one overflowed."""
    return sum(digits.shown(line.value) if math.isfinite(line.value) else math.inf for line in lines)


def product_lines(
    left: list[float],
    right: list[float],
    products: list[float],
    digits: Digits,
    name: Callable[[int], Name],
    room: int = _ALL,
) -> list[Line]:
    """Return a line for each product; without room for all, the largest, and one that sums up the rest.

    ``name`` gives the label and the hint of the j-th, and its weight.
    """
    of_left, of_right = digits_for(left, short=True), digits_for(right).finer()
    of_left = of_left if of_left.decimals == _TYPED else of_left.finer()
    shown = list(range(len(products)))
    if len(products) > room:
        shown = sorted(shown, key=lambda j: _size(products[j]))[: room - 1]
    lines = []
    for j in shown:
        label, hint, thing = name(j)
        a, b, product = left[j], right[j], products[j]
        factors = of_left.text(a), of_right.text(b)
        exact = OVERFLOW in factors or digits.agree(of_left.shown(a) * of_right.shown(b), product)
        lines.append(Line("product", label, product, digits.text(product), factors, "", exact, hint, thing))
    rest = len(products) - len(shown)
    if rest:
        value = sum(products[j] for j in set(range(len(products))) - set(shown))
        words = f"… {rest} more" if shown else f"{rest} products"
        hint = "the other products with the state before, added up"
        lines.append(Line("product", (), value, digits.text(value), words=words, hint=hint))
    return lines


def product_names(place: Place, row: int, base: str, above: str) -> Callable[[int], Name]:
    """Return what gives the label, the hint and the weight of the j-th product of a row of a matrix."""

    def name(j: int) -> Name:
        hint = f"{place.name}[{row + 1}, {j + 1}] × {base}{j + 1}{above}"
        return _label(base, j, above), hint, Weight(place, row, j)

    return name


def _size(product: float) -> float:
    """Return what puts the largest product first, and nan before it: what overflowed is looked for."""
    return -math.inf if math.isnan(product) else -abs(product)


def sum_line(label: Equation, total: float, digits: Digits, *, exact: bool) -> Line:
    """Return the line of a sum of everything above."""
    hint = "everything above, added up"
    return Line("sum", label, total, digits.text(total), words=SUM, exact=exact, hint=hint)


def applied(activation: str, value: float) -> float:
    """Return an activation of one number."""
    result = np.array([value])
    ACTIVATIONS[activation].apply(result, result)
    return float(result[0])


# Gated cells


def _gate_lines(moment: Moment) -> list[Line]:
    """Return each block's activation."""
    lines, blocks = [], CELLS[moment.layer.cell].blocks
    digits = digits_for([1.0, *(moment.pre_activation(block) for block in blocks)])
    for block in blocks:
        activation = "tanh" if block in TANH_BLOCKS else "sigmoid"
        a, value = moment.pre_activation(block), moment.gate(block)
        exact = not math.isfinite(a) or digits.agree(applied(activation, digits.shown(a)), value)
        words = f"{FUNCTIONS[activation]}({digits.text(a, sign=False)})"
        hint = f"{activation}(W_x{block} x_t + W_h{block} h_{BEFORE[moment.stage]} + b_{block}) of block {block}"
        label = (Symbol(block, "t"),)
        thing = Gate(moment.number, moment.unit, block, moment.t)
        line = Line("gate", label, value, digits.text(value), words=words, exact=exact, hint=hint, thing=thing)
        lines.append(line)
    return lines


def _lstm_update(moment: Moment) -> list[Line]:
    c, h, o = moment.state("c", moment.t), moment.state("h", moment.t), moment.gate("o")
    gates = [moment.gate("f"), moment.gate("i")]
    contents = [moment.state("c", moment.before_t), moment.gate("g")]
    labels: list[Equation] = [(Symbol("f"), Symbol("c", BEFORE[moment.stage])), (Symbol("i"), Symbol("g"))]
    lines, digits = _update_products(labels, gates, contents, [c, h, 1.0])
    exact = digits.agree(shown_sum(lines, digits), c)
    lines.append(sum_line((Symbol("c", "t"),), c, digits, exact=exact))
    words = f"{digits.text(o, sign=False)} × tanh({digits.text(c, sign=False)})"
    exact = not math.isfinite(c) or digits.agree(digits.shown(o) * math.tanh(digits.shown(c)), h)
    hint = f"{moment.name}: the output gate times tanh of the cell state"
    result = Line("result", (), h, digits.text(h), words=words, exact=exact, hint=hint, thing=moment.thing)
    return [*lines, result]


def _gru_update(moment: Moment) -> list[Line]:
    z, h = moment.gate("z"), moment.state("h", moment.t)
    contents = [moment.gate("n"), moment.state("h", moment.before_t)]
    kept: Equation = ("(", "1", Symbol("−"), Symbol("z"), ")", Symbol("n"))
    labels: list[Equation] = [kept, (Symbol("z"), Symbol("h", BEFORE[moment.stage]))]
    lines, digits = _update_products(labels, [1.0 - z, z], contents, [h, 1.0])
    exact = digits.agree(shown_sum(lines, digits), h)
    hint = f"{moment.name}: between the candidate and the state before"
    label = (Symbol("h", "t"),)
    result = Line("result", label, h, digits.text(h), words=SUM, exact=exact, hint=hint, thing=moment.thing)
    return [*lines, result]


UPDATES: dict[str, Callable[[Moment], list[Line]]] = {"lstm": _lstm_update, "gru": _gru_update}


def _update_products(
    labels: list[Equation], gates: list[float], contents: list[float], results: list[float]
) -> tuple[list[Line], Digits]:
    """Return a line for each product of a gate and what it lets through, and the digits of the results."""
    products = products_of(gates, contents)
    digits = digits_for([*products, *results])
    hint = "a gate times what it lets through"
    return product_lines(gates, contents, products, digits, lambda j: (labels[j], hint, None)), digits


# The gradient


def gradient_line(moment: Moment) -> Line:
    """Return the same unit's gradient: δ_t = φ′ × (direct + carried), for gated cells ∂L/∂h_t."""
    place = moment.sample, moment.t, moment.unit
    total, direct = float(moment.numbers.state_gradients["h"][place]), float(moment.numbers.direct[place])
    carried = total - direct
    if moment.t == 0:
        hint, text = "what the loss wants of the initial state", digits_for([total]).text(total)
        return Line("gradient", (), total, text, words="carried back", hint=hint)
    carried_words = "nothing carried back: a window ends here" if moment.is_cut else "what the next step carries back"
    inner = digits_for([direct, carried]).finer()
    plus = inner.text(carried)
    brackets = f"{inner.text(direct, sign=False)} {plus[0]} {plus[1:]}" if plus[0] in "+−" else OVERFLOW
    shown = inner.shown(direct) + inner.shown(carried) if math.isfinite(total) else math.nan
    if moment.layer.cell != "rnn":
        digits = digits_for([total])
        hint, exact = f"∂L/∂h: the direct part, and {carried_words}", digits.agree(shown, total)
        return Line("gradient", (), total, digits.text(total), words=brackets, exact=exact, hint=hint)
    delta = float(moment.numbers.pre_activation_gradients["h"][moment.sample, moment.t - 1, moment.unit])
    slope = float(ACTIVATIONS[moment.layer.activation].slope(np.array(moment.state("h", moment.t))))
    digits, outer = digits_for([delta]), digits_for([slope]).finer()
    exact = not math.isfinite(slope) or digits.agree(outer.shown(slope) * shown, delta)
    words = f"{outer.text(slope, sign=False)} × ({brackets})"
    hint = f"δ: the slope of the activation times the direct part and {carried_words}"
    return Line("gradient", (), delta, digits.text(delta), words=words, exact=exact, hint=hint)
