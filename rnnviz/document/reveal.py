"""What may be seen while the audience is still to guess: a frame without what comes after the cursor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from rnnviz.document.document import Document
from rnnviz.document.frame import Frame, LayerFrame
from rnnviz.document.values import Array

Direction = Literal["forward", "backward"]


@dataclass(frozen=True, slots=True)
class Curtain:
    """What is hidden until the cursor gets there.

    Attributes:
        direction: ``forward``: every step after t, the target of step t, for often it is the
            next input, and all gradients, for they come from those steps. ``backward``:
            the gradients before t, to which nothing has flowed back yet.
        t: where the cursor is.
    """

    direction: Direction
    t: int

    def hides_anything(self, last_step: int) -> bool:
        """Return whether there is anything left to hide in a sequence of so many steps."""
        return self.t < last_step if self.direction == "forward" else self.t > 0


def revealed(frame: Frame, curtain: Curtain) -> Frame:
    """Return a frame that holds nothing of what the curtain hides: whatever is drawn from it cannot tell.

    Hidden states, gates and outputs are nan; hidden inputs, targets and gradients are 0. The loss, and the gradients
    of the weights, belong to the whole sequence: nan and 0.
    """
    if not curtain.hides_anything(frame.last_step):
        return frame
    if curtain.direction == "backward":
        return _without_gradients(frame, curtain.t)
    document = _without_future(frame.document, curtain.t)
    return replace(
        _without_gradients(frame, frame.last_step + 1),
        document=document,
        x=_hidden(frame.x, curtain.t, np.nan),
        layers=tuple(_layer_without_future(layer, curtain.t) for layer in frame.layers),
        y=_hidden(frame.y, curtain.t, np.nan),
        loss=float("nan"),
        loss_steps=_hidden(frame.loss_steps, max(curtain.t - 1, 0), np.nan),
    )


def _hidden(array: Array, after: int, filling: float) -> Array:
    """Return (batch, time, …) with a filling in the place of all but the first ``after`` times."""
    kept = np.full_like(array, filling)
    kept[:, :after] = array[:, :after]
    kept.flags.writeable = False
    return kept


def _before(array: Array, t: int) -> Array:
    """Return (batch, time, …) with 0 at the times before t, an index."""
    kept = np.zeros_like(array)
    kept[:, t:] = array[:, t:]
    kept.flags.writeable = False
    return kept


def _zeros(arrays: Mapping[str, Array]) -> dict[str, Array]:
    return {name: np.zeros_like(array) for name, array in arrays.items()}


def _without_future(document: Document, t: int) -> Document:
    """Return the document with the inputs after step t at 0, no text that spells them, and no target that may be one.

    The target of step t often is the next input: it is revealed with that.
    """
    data, targets = document.input, document.objective.targets
    if targets is not None:
        targets = _hidden(targets, max(t - 1, 0), 0.0)
    return replace(
        document,
        input=replace(data, values=_hidden(data.values, t, 0.0), text=None if data.text is None else ""),
        objective=replace(document.objective, targets=targets),
    )


def _layer_without_future(layer: LayerFrame, t: int) -> LayerFrame:
    hidden = _layer_without_gradients(layer, layer.direct.shape[1] + 1)
    return replace(
        hidden,
        states={name: _hidden(array, t + 1, np.nan) for name, array in layer.states.items()},
        pre_activations={name: _hidden(array, t, np.nan) for name, array in layer.pre_activations.items()},
        gates={name: _hidden(array, t, np.nan) for name, array in layer.gates.items()},
    )


def _without_gradients(frame: Frame, t: int) -> Frame:
    """Return the frame without the gradients before state t, and without those that all steps add up to."""
    return replace(
        frame,
        layers=tuple(_layer_without_gradients(layer, t) for layer in frame.layers),
        x_gradient=_before(frame.x_gradient, max(t - 1, 0)),
        readout_gradients=_zeros(frame.readout_gradients),
        problems=(),
    )


def _layer_without_gradients(layer: LayerFrame, t: int) -> LayerFrame:
    steps = max(t - 1, 0)  # step t, of which pre-activations are, has the index t − 1
    pre_activation_gradients = {name: _before(array, steps) for name, array in layer.pre_activation_gradients.items()}
    return replace(
        layer,
        state_gradients={name: _before(array, t) for name, array in layer.state_gradients.items()},
        direct=_before(layer.direct, t),
        pre_activation_gradients=pre_activation_gradients,
        weight_gradients=_zeros(layer.weight_gradients),
    )
