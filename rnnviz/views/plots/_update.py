"""How one unit's state comes about at every step, as the bars of a waterfall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.document.frame import Frame
from rnnviz.document.runs import states_before
from rnnviz.session.session import Selection
from rnnviz.views.formula import Equation, Symbol
from rnnviz.views.plots._equations import FUNCTIONS

Kind = Literal["state", "scaled", "change"]


@dataclass(frozen=True, slots=True, eq=False)
class Bar:
    """One bar of the waterfall, at all steps.

    Attributes:
        label: what it is, in symbols.
        starts, ends: where it starts and ends, (T,); one of a change starts where the bar before it ended.
        kind: a state; a state after a gate has scaled it; or a change, which adds to what was there.
        factors: what it is made with, each (name, values (T,)).
    """

    label: Equation
    starts: Array
    ends: Array
    kind: Kind
    factors: tuple[tuple[str, Array], ...] = ()

    def value(self, row: int) -> float:
        """Return what is written at the bar: a change is its difference."""
        return float(self.ends[row] - self.starts[row]) if self.kind == "change" else float(self.ends[row])


class _Unit:
    """The numbers of the selected unit, each (T,)."""

    def __init__(self, frame: Frame, selection: Selection) -> None:
        self.layer = frame.document.layers[selection.layer]
        self.number, self.sample, self.unit = selection.layer, selection.sample, selection.unit
        self.frame, self.numbers = frame, frame.layers[selection.layer]

    def before(self, state: str) -> Array:
        return states_before(self.frame, self.number, self.sample, state)[:, self.unit]

    def after(self, state: str) -> Array:
        return self.numbers.states[state][self.sample, 1:, self.unit]

    def gate(self, block: str) -> Array:
        return self.numbers.gates[block][self.sample, :, self.unit]


def update_bars(frame: Frame, selection: Selection) -> tuple[Bar, ...]:
    """Return the bars that lead from the state before each step to the state after it."""
    unit = _Unit(frame, selection)
    with np.errstate(all="ignore"):
        return {"rnn": _rnn_bars, "lstm": _lstm_bars, "gru": _gru_bars}[unit.layer.cell](unit)


def _lstm_bars(unit: _Unit) -> tuple[Bar, ...]:
    before, c, h = unit.before("c"), unit.after("c"), unit.after("h")
    i, f, g, o = (unit.gate(block) for block in "ifgo")
    zero, kept = np.zeros_like(c), f * before
    return (
        Bar((Symbol("c", "t−1"),), zero, before, "state"),
        Bar((Symbol("f"), Symbol("c", "t−1")), zero, kept, "scaled", (("f", f),)),
        Bar(("+", Symbol("i"), Symbol("g")), kept, c, "change", (("i", i), ("g", g))),
        Bar((Symbol("c", "t"),), zero, c, "state"),
        Bar(("tanh", "(", Symbol("c", "t"), ")"), zero, np.tanh(c), "scaled"),
        Bar((Symbol("h", "t"),), zero, h, "state", (("o", o),)),
    )


def _gru_bars(unit: _Unit) -> tuple[Bar, ...]:
    before, h = unit.before("h"), unit.after("h")
    z, n = unit.gate("z"), unit.gate("n")
    zero, kept = np.zeros_like(h), z * before
    label: Equation = ("+", "(", "1", Symbol("−"), Symbol("z"), ")", Symbol("n"))
    return (
        Bar((Symbol("h", "t−1"),), zero, before, "state"),
        Bar((Symbol("z"), Symbol("h", "t−1")), zero, kept, "scaled", (("z", z),)),
        Bar(label, kept, h, "change", (("1 − z", 1.0 - z), ("n", n))),
        Bar((Symbol("h", "t"),), zero, h, "state"),
    )


def _rnn_bars(unit: _Unit) -> tuple[Bar, ...]:
    weights, below = unit.layer.weights, unit.number - 1
    x = unit.frame.x if unit.number == 0 else unit.frame.layers[below].states["h"][:, 1:]
    before = states_before(unit.frame, unit.number, unit.sample, "h")
    of_state, of_input = before @ weights["W_hh"][unit.unit], x[unit.sample] @ weights["W_xh"][unit.unit]
    a, h = unit.numbers.pre_activations["h"][unit.sample, :, unit.unit], unit.after("h")
    zero, together = np.zeros_like(a), of_state + of_input
    source = Symbol("x", "t") if unit.number == 0 else Symbol("h", "t", f"({unit.number})")
    name = FUNCTIONS[unit.layer.activation]
    return (
        Bar((Symbol("W", "hh"), Symbol("h", "t−1")), zero, of_state, "change"),
        Bar(("+", Symbol("W", "xh"), source), of_state, together, "change"),
        Bar(("+", Symbol("b", "h")), together, a, "change"),
        Bar((Symbol("a", "t"),), zero, a, "scaled"),
        Bar((Symbol("h", "t"), "=", name, "(", Symbol("a"), ")"), zero, h, "state"),
    )
