"""The equations of a cell, forward and back, as symbols."""

from __future__ import annotations

from typing import Literal

from rnnviz.document.document import Document, Layer
from rnnviz.views.formula import TRANSPOSE, Equation, Symbol

FUNCTIONS = {"tanh": "tanh", "sigmoid": "σ", "relu": "relu", "linear": "linear"}
"""What an activation is called in an equation."""


Stage = Literal["initial", "restart", "step", "padding"]
"""What a time is: t = 0, a step that starts a window from the initial state, any other step, or padding."""

BEFORE: dict[Stage, str] = {"initial": "0", "restart": "0", "step": "t−1", "padding": "t−1"}
"""What is written below the state that a step starts from."""


def stage_at(document: Document, sample: int, t: int) -> Stage:
    """Return what a time is in a sequence."""
    if t == 0:
        return "initial"
    if t > document.input.length(sample):
        return "padding"
    restarts = document.window is not None and not document.window.stateful
    return "restart" if restarts and t - 1 in document.borders(sample) else "step"


def forward_equation(layer: Layer, number: int, stage: Stage, *, stacked: bool) -> Equation:
    """Return the equation of a layer's cell; in a stack, layers are told apart by superscripts."""
    above = f"({number + 1})" if stacked else ""
    since = "t−1" if stage == "initial" else BEFORE[stage]  # at t = 0 the equation is that of the steps to come
    (h, before), (c, c_before) = ((Symbol(s, "t", above), Symbol(s, since, above)) for s in "hc")
    if stage == "padding":
        return (h, "=", before) if layer.cell != "lstm" else (c, "=", c_before, ",", h, "=", before)
    if layer.cell == "lstm":
        cell = (c, "=", Symbol("f", "t"), "⊙", c_before, "+", Symbol("i", "t"), "⊙", Symbol("g", "t"))
        return (*cell, ",", h, "=", Symbol("o", "t"), "⊙", "tanh", c)
    if layer.cell == "gru":
        z = Symbol("z", "t")
        return (h, "=", "(", "1", "−", z, ")", "⊙", Symbol("n", "t"), "+", z, "⊙", before)
    x = Symbol("x", "t") if number == 0 else Symbol("h", "t", f"({number})")
    inside = (Symbol("W", "hh"), before, "+", Symbol("W", "xh"), x, "+", Symbol("b", "h"))
    if layer.activation == "linear":
        return (h, "=", *inside)
    return (h, "=", FUNCTIONS[layer.activation], "(", *inside, ")")


def order_blind_equation(layer: Layer) -> Equation:
    """Return the equation of a cell's one step from its initial state on the sum of all inputs."""
    tokens: list[Symbol | str] = []
    for token in forward_equation(layer, 0, "restart", stacked=False):
        if token == Symbol("x", "t"):
            tokens += [Symbol("Σ", "t"), token]
        elif isinstance(token, Symbol) and token.subscript == "t":
            tokens.append(Symbol(token.base, "Σ"))
        else:
            tokens.append(token)
    if layer.cell != "rnn":  # where x goes in: a and u are what the gates are made of
        a, u = Symbol("a", "Σ"), Symbol("u", "Σ")
        tokens += [",", a, "=", Symbol("W", "x"), Symbol("Σ", "t"), Symbol("x", "t"), "+", Symbol("b")]
        tokens += [",", u, "=", Symbol("W", "h"), Symbol("h", "0")]
    return tuple(tokens)


def backward_equation(layer: Layer, t: int) -> Equation:
    """Return the equation of a unit's gradient."""
    if layer.cell != "rnn":
        return (Symbol("∂L/∂h", "t"), "=", "direct", "+", "carried") if t else (Symbol("∂L/∂h", "0"), "=", "carried")
    if t == 0:
        return (Symbol("∂L/∂h", "0"), "=", Symbol("W", "hh", TRANSPOSE), Symbol("δ", "1"))
    name = "φ′" if layer.activation == "linear" else f"{FUNCTIONS[layer.activation]}′"
    return (Symbol("δ", "t"), "=", name, "(", Symbol("a", "t"), ")", "(", "direct", "+", "carried", ")")
