"""The readout's activations and the losses: values per step, and gradients with respect to the logits."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.activations import Array, sigmoid
from rnnviz.core.workspace import ones


class ReadoutActivation(ABC):
    """How logits (T, K) or (T, K, B) become outputs y of the same shape."""

    name: ClassVar[str]
    latex: ClassVar[str]

    @abstractmethod
    def apply(self, logits: Array) -> Array:
        """Return the outputs."""

    @abstractmethod
    def pullback(self, y: Array, dy: Array) -> Array:
        """Return the gradient with respect to the logits, given the one with respect to y."""


class Linear(ReadoutActivation):
    """y = logits."""

    name, latex = "linear", ""

    def apply(self, logits: Array) -> Array:
        """Return the logits."""
        return logits

    def pullback(self, y: Array, dy: Array) -> Array:  # noqa: ARG002
        """Return dy."""
        return dy


class Sigmoid(ReadoutActivation):
    """y = σ(logits), each output on its own."""

    name, latex = "sigmoid", r"\sigma"

    def apply(self, logits: Array) -> Array:
        """Return σ(logits)."""
        return sigmoid(logits, np.empty_like(logits))

    def pullback(self, y: Array, dy: Array) -> Array:
        """Return dy ⊙ y ⊙ (1 − y)."""
        return dy * y * (1.0 - y)


class Softmax(ReadoutActivation):
    """y_k = exp(logit_k) / Σ_j exp(logit_j)."""

    name, latex = "softmax", r"\mathrm{softmax}"

    def apply(self, logits: Array) -> Array:
        """Return the probabilities; the largest logit is subtracted first, so nothing overflows."""
        y: Array = np.exp(logits - logits.real.max(axis=1, keepdims=True))
        y /= _sum_over_outputs(y)[:, None]
        return y

    def pullback(self, y: Array, dy: Array) -> Array:
        """Return y ⊙ (dy − Σ_k dy_k y_k)."""
        return y * (dy - _sum_over_outputs(dy * y)[:, None])


READOUTS = {readout.name: readout for readout in (Linear(), Softmax(), Sigmoid())}


def _sum_over_outputs(values: Array) -> Array:
    """Return Σ_k values, (T,) or (T, B), for (T, K) or (T, K, B)."""
    several = values.ndim == 3  # noqa: PLR2004 - (T, K, B)
    total: Array = np.add.reduce(values, 1) if several else values.dot(ones(values.shape[1], values.dtype))
    return total


class Loss(ABC):
    """A loss per step, ℓ_t, before any reduction.

    Attributes:
        name: the key in scene files.
        latex: its definition, for formulas on screen.
        readout: the readout activation that it needs, or None if any will do.
        integer_targets: targets are class indices (T,) rather than values (T, K).
        needs_targets: whether it compares with anything.
    """

    name: ClassVar[str]
    latex: ClassVar[str]
    readout: ClassVar[str | None] = None
    integer_targets: ClassVar[bool] = False
    needs_targets: ClassVar[bool] = True

    @abstractmethod
    def values(self, logits: Array, y: Array, targets: Array) -> Array:
        """Return ℓ_t, (T,) or (T, B)."""

    @abstractmethod
    def gradient(self, readout: ReadoutActivation, y: Array, targets: Array) -> Array:
        """Return ∂ℓ_t/∂logits_t, shaped as y."""


class HalfSquaredError(Loss):
    """ℓ_t = ½ Σ_k (y_k − ŷ_k)²."""

    name, latex = "half_squared_error", r"\tfrac12\sum_k (y_{t,k}-\hat y_{t,k})^2"

    def values(self, logits: Array, y: Array, targets: Array) -> Array:  # noqa: ARG002
        """Return half the squared distance to the target at every step."""
        return 0.5 * _sum_over_outputs((y - targets) ** 2)

    def gradient(self, readout: ReadoutActivation, y: Array, targets: Array) -> Array:
        """Return (y − ŷ), pulled back through the readout."""
        return readout.pullback(y, y - targets)


class CrossEntropy(Loss):
    """ℓ_t = −log y_c of the target class c, in nats, from the logits."""

    name, latex = "cross_entropy", r"-\log y_{t,c_t}"
    readout, integer_targets = "softmax", True

    def values(self, logits: Array, y: Array, targets: Array) -> Array:  # noqa: ARG002
        """Return log Σ_k exp(logit_k) − logit_c, with the largest logit subtracted first."""
        shifted = logits - logits.real.max(axis=1, keepdims=True)
        chosen = np.take_along_axis(shifted, _classes(targets), axis=1)[:, 0]
        losses: Array = np.log(_sum_over_outputs(np.exp(shifted))) - chosen
        return losses

    def gradient(self, readout: ReadoutActivation, y: Array, targets: Array) -> Array:  # noqa: ARG002
        """Return y − onehot(c)."""
        gradient, classes = y.copy(), _classes(targets)
        np.put_along_axis(gradient, classes, np.take_along_axis(y, classes, axis=1) - 1.0, axis=1)
        return gradient


def _classes(targets: Array) -> NDArray[np.intp]:
    """Return class indices (T,) or (T, B) as something to index the outputs with, (T, 1) or (T, 1, B)."""
    return targets[:, None].astype(np.intp)


class BinaryCrossEntropy(Loss):
    """ℓ_t = −Σ_k (ŷ_k log y_k + (1 − ŷ_k) log(1 − y_k)), in nats, from the logits."""

    name = "binary_cross_entropy"
    latex = r"-\sum_k \hat y_{t,k}\log y_{t,k}+(1-\hat y_{t,k})\log(1-y_{t,k})"
    readout = "sigmoid"

    def values(self, logits: Array, y: Array, targets: Array) -> Array:  # noqa: ARG002
        """Return Σ_k softplus(logit_k) − ŷ_k logit_k."""
        positive = logits.real > 0
        softplus = np.where(positive, logits, 0) + np.log1p(np.exp(np.where(positive, -logits, logits)))
        return _sum_over_outputs(softplus - targets * logits)

    def gradient(self, readout: ReadoutActivation, y: Array, targets: Array) -> Array:  # noqa: ARG002
        """Return y − ŷ."""
        return y - targets


class OutputSum(Loss):
    """ℓ_t = Σ_k y_k: what the outputs themselves listen to."""

    name, latex = "sum", r"\sum_k y_{t,k}"
    needs_targets = False

    def values(self, logits: Array, y: Array, targets: Array) -> Array:  # noqa: ARG002
        """Return the sum of the outputs at every step."""
        return _sum_over_outputs(y)

    def gradient(self, readout: ReadoutActivation, y: Array, targets: Array) -> Array:  # noqa: ARG002
        """Return ones, pulled back through the readout."""
        return readout.pullback(y, np.ones_like(y))


LOSSES = {loss.name: loss for loss in (HalfSquaredError(), CrossEntropy(), BinaryCrossEntropy(), OutputSum())}
