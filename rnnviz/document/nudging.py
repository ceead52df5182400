"""A nudge: one number of the input or of the state moved a little, and what becomes of the trajectory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from rnnviz.core.measures.norms import norms
from rnnviz.core.measures.perturbation import change_of_state, linear_response, nudged_state
from rnnviz.document.compute import compute
from rnnviz.document.document import Document
from rnnviz.document.frame import Frame
from rnnviz.document.runs import layer_run
from rnnviz.document.values import Array

What = Literal["x", "h", "c"]


@dataclass(frozen=True, slots=True)
class Nudge:
    """What is moved, and by how much.

    Attributes:
        what: a feature of the input, a unit of the hidden state, or of an LSTM's cell state.
        number: which feature or unit, from 0.
        k: when; x_k for k = 1…T, the state at k = 0…T.
        size: ε.
        layer, sample: whose states are compared; with ``what`` a state, the layer that is nudged.
    """

    what: What
    number: int
    k: int
    size: float
    layer: int = 0
    sample: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Parting:
    """How far two trajectories are apart, for t = 0…T of the sequence, without padding.

    Attributes:
        distances: ‖s′_t − s_t‖ over h and, for an LSTM, c; exactly 0 where the nudge cannot be felt.
        linear: the same to first order in ε, from the product of Jacobians; None where the nudge comes through
            layers below.
        before, after: h of every unit of the layer without the nudge and with it, (T + 1, units).
    """

    distances: Array
    linear: Array | None
    before: Array
    after: Array


def nudged_document(document: Document, nudge: Nudge) -> Document | None:
    """Return the document that starts with the nudge; None where no document does: a state on its way."""
    if nudge.what == "x":
        data, values = document.input, document.input.values.copy()
        values[nudge.sample, nudge.k - 1, nudge.number] += nudge.size
        return replace(document, input=replace(data, values=values, text=None, vocabulary=None, encoding=None))
    if nudge.k > 0:
        return None
    layer = document.layers[nudge.layer]
    start = layer.initial_state[nudge.what].copy()
    start[nudge.number] += nudge.size
    moved = replace(layer, initial_state={**layer.initial_state, nudge.what: start})
    return replace(document, layers=(*document.layers[: nudge.layer], moved, *document.layers[nudge.layer + 1 :]))


def part(document: Document, nudge: Nudge) -> Parting:
    """Return how far the nudge drives the states of a layer apart; overflow is left as inf and nan."""
    frame = compute(document)
    run = layer_run(frame, nudge.layer, nudge.sample)
    direction = np.zeros(sum(map(len, run.weights.initial)))
    if nudge.what != "x":
        direction[nudge.number + (len(direction) // 2 if nudge.what == "c" else 0)] = 1.0
        apart = nudged_state(run.weights, run.trace, nudge.k, direction, nudge.size)
        linear = linear_response(run.weights, run.trace, nudge.k, nudge.size * direction)
        return Parting(apart.distances, linear, run.trace.states[0], apart.moved[0])
    moved = nudged_document(document, nudge)
    assert moved is not None
    after = compute(moved)
    distances, trajectories = _distances(frame, after, nudge), (_hidden(frame, nudge), _hidden(after, nudge))
    if nudge.layer > 0:
        return Parting(distances, None, *trajectories)
    feature = np.zeros(run.trace.x.shape[1])
    feature[nudge.number] = 1.0
    change = change_of_state(run.weights, run.trace, nudge.k, feature, nudge.size)
    return Parting(distances, linear_response(run.weights, run.trace, nudge.k, change), *trajectories)


def _hidden(frame: Frame, nudge: Nudge) -> Array:
    """Return h of the layer, without padding."""
    h: Array = frame.layers[nudge.layer].states["h"][nudge.sample]
    return h[: frame.document.input.length(nudge.sample) + 1]


def _distances(before: Frame, after: Frame, nudge: Nudge) -> Array:
    real = slice(before.document.input.length(nudge.sample) + 1)
    states = zip(before.layers[nudge.layer].states.values(), after.layers[nudge.layer].states.values(), strict=True)
    with np.errstate(all="ignore"):
        apart = [new[nudge.sample, real] - old[nudge.sample, real] for old, new in states]
    return norms(np.concatenate(apart, axis=1))
