"""What of a unit's calculation can be looked at on a page of its own, and the equation of each page."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.core.cells import CELLS
from rnnviz.document.document import Document, Layer
from rnnviz.views.formula import TRANSPOSE, Equation, Symbol
from rnnviz.views.plots._equations import BEFORE, FUNCTIONS, Stage

UNIT, STATE, CARRIED, READOUT, LOSS = "unit", "h", "back", "readout", "loss"
ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """What a page is about, which output, and how many products or outputs there is room for."""

    topic: str = UNIT
    output: int = 0
    products: int = ALL


@dataclass(frozen=True, slots=True)
class Topic:
    """A page of the calculation: its key, what its tab says, and its tooltip."""

    key: str
    label: str
    tip: str


_BACK = Topic(CARRIED, "∂L/∂h", "What comes back from the next step and from the loss, product by product")


def topics_of(document: Document, layer: int) -> tuple[Topic, ...]:
    """Return the pages that there are for a layer, the overview of its unit first."""
    cell = document.layers[layer].cell
    if cell == "rnn":
        pages = [Topic(UNIT, "h", "Every product, their sum and the activation; then δ")]
    else:
        pages = [Topic(UNIT, "all", "The gates, how they make the state, and its gradient")]
        pages += [Topic(block, block, f"Every product of block {block}, and its δ") for block in CELLS[cell].blocks]
        if cell == "lstm":
            pages.append(Topic("c", "c", "The cell state, and the gradient that it carries back"))
        pages.append(Topic(STATE, "h", "How the gates make the state"))
    pages.append(_BACK)
    if document.readout is not None:
        pages.append(Topic(READOUT, "readout", "An output: every product, their sum and the activation"))
    return (*pages, Topic(LOSS, "loss", "The loss of this step, and its gradient"))


def topic_equation(document: Document, number: int, topic: str, stage: Stage) -> Equation:
    """Return the equation of a page."""
    layer, above = document.layers[number], f"({number + 1})" if len(document.layers) > 1 else ""
    if topic == READOUT:
        return _readout_equation(document)
    if topic == LOSS:
        return _LOSSES[document.objective.loss]
    if topic == CARRIED:
        return _carried_equation(layer)
    if topic in ("c", STATE):
        return _state_equation(layer, topic, stage, above)
    before = Symbol("h", _before(stage), above)
    x = Symbol("x", "t") if number == 0 else Symbol("h", "t", f"({number})")
    of_state: Equation = (Symbol("W", f"h{topic}"), before)
    if topic in CELLS[layer.cell].recurrent_biases:
        of_state = (Symbol("r", "t"), "⊙", "(", *of_state, "+", Symbol("b", f"h{topic}"), ")")
    name = "tanh" if topic in "gn" else "σ"
    inside = (*of_state, "+", Symbol("W", f"x{topic}"), x, "+", Symbol("b", topic))
    return (Symbol(topic, "t"), "=", name, "(", *inside, ")")


def _before(stage: Stage) -> str:
    return "t−1" if stage == "initial" else BEFORE[stage]  # at t = 0 the equation is that of the steps to come


def _state_equation(layer: Layer, topic: str, stage: Stage, above: str) -> Equation:
    h, c, f, i, g, o, z, n = (Symbol(name, "t") for name in "hcfigozn")
    since = _before(stage)
    if topic == "c":
        return (c, "=", f, "⊙", Symbol("c", since), "+", i, "⊙", g)
    if layer.cell == "lstm":
        return (h, "=", o, "⊙", "tanh", c)
    return (h, "=", "(", "1", "−", z, ")", "⊙", n, "+", z, "⊙", Symbol("h", since, above))


def _readout_equation(document: Document) -> Equation:
    readout = document.readout
    inside: Equation = (Symbol("W", "hy"), Symbol("h", "t"), "+", Symbol("b", "y"))
    if readout is None or readout.activation == "linear":
        return (Symbol("y", "t"), "=", *inside)
    name = FUNCTIONS.get(readout.activation, readout.activation)
    return (Symbol("y", "t"), "=", name, "(", *inside, ")")


def _carried_equation(layer: Layer) -> Equation:
    left: Equation = (Symbol("∂L/∂h", "t"), "=", "direct", "+")
    if layer.cell == "rnn":
        return (*left, Symbol("W", "hh", TRANSPOSE), Symbol("δ", "t+1"))
    blocks: Equation = ()
    for block in CELLS[layer.cell].blocks:
        blocks += (*(("+",) if blocks else ()), Symbol("W", f"h{block}", TRANSPOSE), Symbol("δ", block))
    if layer.cell == "gru":
        blocks = (Symbol("z"), "⊙", Symbol("∂L/∂h", "t+1"), "+", *blocks)
    return (*left, *blocks)


_y, _target, _loss = Symbol("y", "k"), Symbol("ŷ", "k"), Symbol("ℓ", "t")
_sum = Symbol("Σ", "k")
_LOSSES: dict[str, Equation] = {
    "half_squared_error": (_loss, "=", "½", _sum, "(", _y, "−", _target, ")", Symbol("", "", "2")),
    "cross_entropy": (_loss, "=", "−", "ln", Symbol("y", "c")),
    "binary_cross_entropy": (
        *(_loss, "=", "−", _sum, "(", _target, "ln", _y, "+", "(", "1", "−", _target, ")"),
        *("ln", "(", "1", "−", _y, ")", ")"),
    ),
    "sum": (_loss, "=", _sum, _y),
}
