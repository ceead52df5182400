"""Elementwise activation functions, each beside its derivative."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Activation:
    """An activation h = φ(a) that works in place, and its slope φ′ written in terms of h.

    Attributes:
        name: the key in scene files.
        latex: how a formula names it.
        apply: ``apply(a, out)`` writes φ(a) into ``out``, which may be ``a``.
        slope: ``slope(h)`` returns φ′(a) for h = φ(a), as a new array of the same shape.
        steepest: the supremum of φ′, the γ of the vanishing-gradient condition.
    """

    name: str
    latex: str
    apply: Callable[[Array, Array], object]
    slope: Callable[[Array], Array]
    steepest: float


def sigmoid(a: Array, out: Array) -> Array:
    """Write σ(a) into ``out``: as ½ + ½ tanh(a/2), which cannot overflow."""
    np.multiply(a, 0.5, out=out)
    np.tanh(out, out=out)
    out *= 0.5
    out += 0.5
    return out


def _relu(a: Array, out: Array) -> Array:
    # For complex numbers NumPy's maximum compares the real parts first: just what the complex step needs.
    return np.maximum(a, 0.0, out=out)


TANH = Activation("tanh", r"\tanh", lambda a, out: np.tanh(a, out=out), lambda h: 1.0 - h * h, 1.0)
SIGMOID = Activation("sigmoid", r"\sigma", sigmoid, lambda h: h * (1.0 - h), 0.25)
RELU = Activation("relu", r"\mathrm{relu}", _relu, lambda h: (h.real > 0).astype(h.dtype), 1.0)
LINEAR = Activation("linear", r"\mathrm{id}", lambda a, out: np.copyto(out, a), np.ones_like, 1.0)

ACTIVATIONS = {activation.name: activation for activation in (TANH, RELU, SIGMOID, LINEAR)}
