"""The equations of a cell, forward and back, as symbols."""

from __future__ import annotations

from rnnviz.document.document import Layer
from rnnviz.views.formula import TRANSPOSE, Equation, Symbol

FUNCTIONS = {"tanh": "tanh", "sigmoid": "σ", "relu": "relu", "linear": "linear"}
"""What an activation is called in an equation."""


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
    return (h, "=", FUNCTIONS[layer.activation], "(", *inside, ")")


def backward_equation(layer: Layer, t: int) -> Equation:
    """Return the equation of a unit's gradient."""
    if layer.cell != "rnn":
        return (Symbol("∂L/∂h", "t" if t else "0"), "=", "direct", "+", "carried")
    if t == 0:
        return (Symbol("∂L/∂h", "0"), "=", Symbol("W", "hh", TRANSPOSE), Symbol("δ", "1"))
    name = "φ′" if layer.activation == "linear" else f"{FUNCTIONS[layer.activation]}′"
    return (Symbol("δ", "t"), "=", name, "(", Symbol("a", "t"), ")", "(", "direct", "+", "carried", ")")
