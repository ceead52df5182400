"""The frame: every number that a document computes to, and that anything on screen is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnnviz.core.measures.norms import norms
from rnnviz.core.measures.reach import GradientReach, gradient_reach
from rnnviz.document.document import Document
from rnnviz.document.values import Array


@dataclass(frozen=True, slots=True, eq=False)
class LayerFrame:
    """One layer's numbers, batch first; all arrays are read-only.

    Attributes:
        states: ``h`` and, for an LSTM, ``c``; (batch, T + 1, units), the initial state first.
        pre_activations: for each block, (batch, T, units).
        gates: for each block its activated value, (batch, T, units).
        state_gradients: total ∂L/∂state, (batch, T + 1, units). Each sequence's share of the batch mean.
        direct: the part of ∂L/∂h that does not come through the next step of this layer.
        pre_activation_gradients: for each block, (batch, T, units).
        weight_gradients: ∂L/∂weight for each weight of the layer, shaped as the weight.
    """

    states: Mapping[str, Array]
    pre_activations: Mapping[str, Array]
    gates: Mapping[str, Array]
    state_gradients: Mapping[str, Array]
    direct: Array
    pre_activation_gradients: Mapping[str, Array]
    weight_gradients: Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Problem:
    """A number that is not finite: where it appears first. ``t`` is a state index, 0 to T."""

    quantity: str
    t: int

    def __str__(self) -> str:
        return f"{self.quantity} overflows at t = {self.t}"


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What `compute` makes of a document.

    Attributes:
        document: the document these numbers belong to.
        x: (batch, T, features).
        layers: from the input up.
        y: (batch, T, outputs), after the readout's activation.
        loss: the number that all gradients are of.
        loss_steps: ℓ_t before any reduction, (batch, T).
        x_gradient: ∂L/∂x, (batch, T, features).
        readout_gradients: ∂L/∂W_hy and ∂L/∂b_y; empty without a readout.
        problems: what overflowed, in the order of computation.
    """

    document: Document
    x: Array
    layers: tuple[LayerFrame, ...]
    y: Array
    loss: float
    loss_steps: Array
    x_gradient: Array
    readout_gradients: Mapping[str, Array]
    problems: tuple[Problem, ...]

    @property
    def last_step(self) -> int:
        """The number of steps T, which is also the last state index."""
        return int(self.x.shape[1])

    def reach(self, layer: int, sample: int) -> GradientReach:
        """Return how much of the gradient at a sequence's last real step is left at the initial state.

        There is no telling when windows cut the gradient on its way.
        """
        if self.document.borders(sample):
            return GradientReach(float("nan"), "windows cut the gradient")
        real = slice(self.document.input.length(sample) + 1)
        return gradient_reach(norms(self.layers[layer].state_gradients["h"][sample, real]))

    def trace(self) -> dict[str, Array]:
        """Return every array under its name in exported files, batch first."""
        arrays: dict[str, Array] = {"x": self.x, "y": self.y, "loss": np.array(self.loss)}
        arrays["loss_steps"] = self.loss_steps
        for number, layer in enumerate(self.layers):
            for key, array in _layer_arrays(layer):
                arrays[f"l{number}.{key}"] = array
        arrays |= {f"readout.grad.{name}": array for name, array in self.readout_gradients.items()}
        arrays["grad.x"] = self.x_gradient
        return arrays


def _layer_arrays(layer: LayerFrame) -> list[tuple[str, Array]]:
    return [
        *layer.states.items(),
        *((f"a.{block}", array) for block, array in layer.pre_activations.items()),
        *((f"gate.{block}", array) for block, array in layer.gates.items()),
        *((f"grad.{state}", array) for state, array in layer.state_gradients.items()),
        ("direct.h", layer.direct),
        *((f"grad.a.{block}", array) for block, array in layer.pre_activation_gradients.items()),
        *((f"grad.{name}", array) for name, array in layer.weight_gradients.items()),
    ]
