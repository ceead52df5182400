"""The pages of a worked step: one block of a gate, a state, or the way back, product by product."""

from __future__ import annotations

import math

from rnnviz.core.cells import CELLS
from rnnviz.document.document import Place
from rnnviz.document.frame import Frame
from rnnviz.document.links import Gate, Weight
from rnnviz.session.session import Selection
from rnnviz.views.formula import Equation, Symbol
from rnnviz.views.plots._digits import Digits, digits_for
from rnnviz.views.plots._equations import FUNCTIONS
from rnnviz.views.plots._factors import Factor, factor_line
from rnnviz.views.plots._topics import CARRIED, LOSS, READOUT, STATE, Page
from rnnviz.views.plots._worked import (
    RULE,
    TANH_BLOCKS,
    UPDATES,
    Line,
    Moment,
    Name,
    applied,
    gradient_line,
    initial_lines,
    padding_lines,
    product_lines,
    product_names,
    products_of,
    shown_sum,
    sum_line,
)
from rnnviz.views.plots._worked_readout import ReadoutPage


def topic_lines(frame: Frame, selection: Selection, t: int, page: Page) -> tuple[Line, ...]:
    """Return the calculation of a page, in the frame's numbers."""
    moment = Moment(frame, selection, t)
    if moment.stage == "padding":
        return tuple(padding_lines(moment))
    if page.topic in (READOUT, LOSS):
        return tuple(ReadoutPage(frame, selection, t, page).lines())
    if page.topic == CARRIED:
        return tuple(_carried_lines(moment, page.products))
    return tuple(initial_lines(moment) if t == 0 else _forward_lines(moment, page))


def _forward_lines(moment: Moment, page: Page) -> list[Line]:
    if page.topic == STATE:
        return [
            *UPDATES[moment.layer.cell](moment),
            RULE,
            gradient_line(moment)._replace(label=(Symbol("∂L/∂h", "t"), "=")),
        ]
    if page.topic == "c":
        return _cell_state_lines(moment)
    return _block_lines(moment, page.topic, page.products)


# A block of a gate


def _block_lines(moment: Moment, block: str, room: int) -> list[Line]:
    """Return every product of a block, their sum, its activation, and what the gradient asks of it."""
    unit, weights = moment.unit, moment.layer.weights
    recurrent, of_x = weights[f"W_h{block}"][unit].tolist(), weights[f"W_x{block}"][unit].tolist()
    before = moment.numbers.states["h"][moment.sample, moment.before_t].tolist()
    bias, a, value = float(weights[f"b_{block}"][unit]), moment.pre_activation(block), moment.gate(block)
    from_state, from_input = products_of(recurrent, before), products_of(of_x, moment.inputs)
    digits = digits_for([*from_state, *from_input, bias, a, 1.0])
    base, above = moment.input_symbol
    of_state, of_input = (Place(moment.number, f"W_{side}{block}") for side in "hx")
    name = product_names(of_state, unit, "h", "")
    lines = product_lines(recurrent, before, from_state, digits, name, room)
    terms = lines
    if block in CELLS[moment.layer.cell].recurrent_biases:
        lines, terms = _reset_lines(moment, block, lines, (sum(from_state), digits))
    name = product_names(of_input, unit, base, above)
    input_lines = product_lines(of_x, moment.inputs, from_input, digits, name, room)
    input_lines.append(Line("product", (Symbol("b", block),), bias, digits.text(bias), hint="the bias"))
    exact = digits.agree(shown_sum([*terms, *input_lines], digits), a)
    activation = "tanh" if block in TANH_BLOCKS else "sigmoid"
    words = f"{FUNCTIONS[activation]}({digits.text(a, sign=False)})"
    agrees = not math.isfinite(a) or digits.agree(applied(activation, digits.shown(a)), value)
    hint = f"{activation} of the sum: block {block} of unit {unit + 1}"
    label: Equation = (Symbol(block, "t"), "=")
    thing = Gate(moment.number, unit, block, moment.t)
    result = Line("result", label, value, digits.text(value), None, words, agrees, hint, thing)
    total = sum_line((Symbol("a", block),), a, digits, exact=exact)
    return [*lines, RULE, *input_lines, total, result, RULE, *_delta_lines(moment, block)]


def _reset_lines(
    moment: Moment, block: str, lines: list[Line], heard: tuple[float, Digits]
) -> tuple[list[Line], list[Line]]:
    """Return what a GRU's reset gate lets through of the state before: all lines, and the one that is added."""
    from_state, digits = heard
    bias, r = float(moment.layer.weights[f"b_h{block}"][moment.unit]), moment.gate("r")
    u = from_state + bias
    bias_line = Line("product", (Symbol("b", f"h{block}"),), bias, digits.text(bias), hint="the recurrent bias")
    exact = digits.agree(shown_sum([*lines, bias_line], digits), u)
    total = sum_line((Symbol("u", "t"),), u, digits, exact=exact)
    label: Equation = (Symbol("r"), Symbol("u"))
    hint = "the reset gate times what the state before says"
    let_through = product_lines([r], [u], [r * u], digits, lambda _: (label, hint, None))
    return [*lines, bias_line, total, *let_through], let_through


def _delta_lines(moment: Moment, block: str) -> list[Line]:
    """Return δ of a block: the gradient of the state, times what it is multiplied with on its way to it."""
    numbers, place = moment.numbers, (moment.sample, moment.t, moment.unit)
    delta = float(numbers.pre_activation_gradients[block][moment.sample, moment.t - 1, moment.unit])
    value, dh = moment.gate(block), float(numbers.state_gradients["h"][place])
    own = Factor((Symbol(block),), value, "tanh′" if block in TANH_BLOCKS else "σ′")
    if moment.layer.cell == "lstm":
        dc = Factor((Symbol("∂L/∂c", "t"),), float(numbers.state_gradients["c"][place]))
        others = {
            "i": [dc, Factor((Symbol("g"),), moment.gate("g"))],
            "f": [dc, Factor((Symbol("c", "t−1"),), moment.state("c", moment.before_t))],
            "g": [dc, Factor((Symbol("i"),), moment.gate("i"))],
            "o": [
                Factor((Symbol("∂L/∂h", "t"),), dh),
                Factor((Symbol("c", "t"),), moment.state("c", moment.t), "tanh"),
            ],
        }[block]
    else:
        others = _gru_factors(moment, block, Factor((Symbol("∂L/∂h", "t"),), dh))
    return factor_line((Symbol("δ", block),), [*others, own], delta, f"δ = ∂L/∂a of block {block}")


def _gru_factors(moment: Moment, block: str, dh: Factor) -> list[Factor]:
    n, before = moment.gate("n"), moment.state("h", moment.before_t)
    if block == "z":
        return [dh, Factor(("(", Symbol("h", "t−1"), "−", Symbol("n"), ")"), before - n)]
    if block == "n":
        return [dh, Factor((Symbol("z"),), moment.gate("z"), "1 −")]
    delta_n = float(moment.numbers.pre_activation_gradients["n"][moment.sample, moment.t - 1, moment.unit])
    return [Factor((Symbol("δ", "n"),), delta_n), Factor((Symbol("u"),), _heard(moment))]


def _heard(moment: Moment) -> float:
    """Return u = W_hn h_{t−1} + b_hn of the unit."""
    weights = moment.layer.weights
    before = moment.numbers.states["h"][moment.sample, moment.before_t]
    return float(weights["W_hn"][moment.unit] @ before + weights["b_hn"][moment.unit])


# The states of gated cells


def _cell_state_lines(moment: Moment) -> list[Line]:
    """Return how the cell state is made, and its gradient: through h, and carried back by the next forget gate."""
    numbers, (sample, t, unit) = moment.numbers, (moment.sample, moment.t, moment.unit)
    forward = UPDATES["lstm"](moment)[:-1]
    dh, dc = (float(numbers.state_gradients[name][sample, t, unit]) for name in "hc")
    o, c = moment.gate("o"), moment.state("c", t)
    through = dh * o * (1 - math.tanh(c) ** 2)
    factors = [
        Factor((Symbol("∂L/∂h", "t"),), dh),
        Factor((Symbol("o"),), o),
        Factor((Symbol("c", "t"),), c, "tanh′ of"),
    ]
    digits, carried = digits_for([through, dc]), dc - through
    lines = [
        *forward,
        RULE,
        *factor_line((Symbol("∂L/∂c", "t", "(h)"),), factors, through, "what comes through h", digits),
    ]
    if moment.is_cut or t == moment.length:
        lines.append(_nothing_back(moment))
    else:
        f, after = (
            float(numbers.gates["f"][sample, t, unit]),
            float(numbers.state_gradients["c"][sample, t + 1, unit]),
        )
        label: Equation = (Symbol("f", "t+1"), Symbol("∂L/∂c", "t+1"))
        hint = "what the next step's forget gate carries back along the conveyor"
        lines += product_lines([f], [after], [carried], digits, lambda _: (label, hint, None))
    shown = digits.shown(through) + digits.shown(carried) if math.isfinite(dc) else math.nan
    exact = digits.agree(shown, dc)
    label = (Symbol("∂L/∂c", "t"),)
    return [*lines, Line("gradient", label, dc, digits.text(dc), exact=exact, hint="∂L/∂c: both added up")]


def _nothing_back(moment: Moment) -> Line:
    words = "a window ends here" if moment.is_cut else "the sequence ends here"
    return Line("note", words=f"Nothing is carried back: {words}.", hint=f"Nothing is carried back: {words}.")


# The way back


def _carried_lines(moment: Moment, room: int) -> list[Line]:
    """Return ∂L/∂h_t: every product that the next step carries back, and the direct part."""
    numbers, (sample, t, unit) = moment.numbers, (moment.sample, moment.t, moment.unit)
    total, direct = float(numbers.state_gradients["h"][sample, t, unit]), float(numbers.direct[sample, t, unit])
    lines = []
    left, right, names = ([], [], []) if moment.is_cut or t == moment.length else _ways_back(moment)
    products = products_of(left, right)
    elsewhere = total - direct - sum(products)
    digits = digits_for([*products, total, direct])
    if products:
        lines = product_lines(left, right, products, digits, names.__getitem__, room)
    else:
        lines = [_nothing_back(moment)]
    if t == 0 and moment.starts_again and abs(elsewhere) > 1e-9 * abs(total):
        hint = "the initial state also starts the later windows"
        lines.append(Line("part", ("later", "windows"), elsewhere, digits.text(elsewhere), hint=hint))
    if t:
        hint = "the part that does not come through the next step: from the output, or the layer above"
        lines.append(Line("part", ("direct",), direct, digits.text(direct), hint=hint))
    exact = digits.agree(shown_sum([line for line in lines if line.kind != "note"], digits), total)
    label: Equation = (Symbol("∂L/∂h", str(t)),)
    result = Line("gradient", label, total, digits.text(total), exact=exact, hint="everything above, added up")
    lines = [*lines, RULE, result]
    if moment.layer.cell == "rnn" and t:
        lines += [gradient_line(moment)._replace(label=(Symbol("δ", str(t)), "="))]
    return lines


def _ways_back(moment: Moment) -> tuple[list[float], list[float], list[Name]]:
    """Return the factors of every product that comes back from the next step, and their names."""
    numbers, (sample, t, unit) = moment.numbers, (moment.sample, moment.t, moment.unit)
    left: list[float] = []
    right: list[float] = []
    names: list[Name] = []
    if moment.layer.cell == "gru":
        left.append(float(numbers.gates["z"][sample, t, unit]))
        right.append(float(numbers.state_gradients["h"][sample, t + 1, unit]))
        names.append(((Symbol("z"),), "what the next step keeps of the state: z × ∂L/∂h of t + 1", None))
    for block in CELLS[moment.layer.cell].blocks:
        deltas = numbers.pre_activation_gradients[block][sample, t]
        if block in CELLS[moment.layer.cell].recurrent_biases:
            deltas = deltas * numbers.gates["r"][sample, t]
        left += moment.layer.weights[f"W_h{block}"][:, unit].tolist()
        right += deltas.tolist()
        times = " r" if block in CELLS[moment.layer.cell].recurrent_biases else ""
        where = f"at t = {t + 1}"
        for j in range(len(deltas)):
            label = (Symbol("δ", f"{block}{j + 1}" if moment.layer.cell != "rnn" else str(j + 1)),)
            hint = f"W_h{block}[{j + 1}, {unit + 1}] × δ{times} of unit {j + 1} {where}"
            names.append((label, hint, Weight(Place(moment.number, f"W_h{block}"), j, unit)))
    return left, right, names
