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


# Of every float type, for a Python number costs NumPy more than all the rest of a small product.
_HALF = {kind: np.array(0.5, kind) for kind in "fdgFDG"}
_ZERO = {kind: np.array(0.0, kind) for kind in "fdgFDG"}


def sigmoid(a: Array, out: Array) -> Array:
    """Write σ(a) into ``out``: as ½ + ½ tanh(a/2), which cannot overflow."""
    half = _HALF[a.dtype.char]
    np.multiply(a, half, out)
    np.tanh(out, out)
    np.multiply(out, half, out)
    np.add(out, half, out)
    return out


def _relu(a: Array, out: Array) -> Array:
    # For complex numbers NumPy's maximum compares the real parts first: just what the complex step needs.
    np.maximum(a, _ZERO[a.dtype.char], out=out)
    return out


TANH = Activation("tanh", r"\tanh", np.tanh, lambda h: 1.0 - h * h, 1.0)
SIGMOID = Activation("sigmoid", r"\sigma", sigmoid, lambda h: h * (1.0 - h), 0.25)
RELU = Activation("relu", r"\mathrm{relu}", _relu, lambda h: (h.real > 0).astype(h.dtype), 1.0)
LINEAR = Activation("linear", r"\mathrm{id}", np.positive, np.ones_like, 1.0)

ACTIVATIONS = {activation.name: activation for activation in (TANH, RELU, SIGMOID, LINEAR)}
