"""How long the bars of a worked step are: on one scale for all t, so that steps can be compared."""

from __future__ import annotations

import math

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.cells import CELLS
from rnnviz.document.frame import Frame
from rnnviz.session.session import Selection
from rnnviz.views.plots._topics import CARRIED, LOSS, READOUT, STATE, UNIT, Page


def bar_limit(frame: Frame, selection: Selection, page: Page) -> float:
    """Return the value of the longest bar that a page has at any t, or 1 where there is none to speak of."""
    with np.errstate(all="ignore"):
        limit = _largest(frame, selection, page)
    return limit if math.isfinite(limit) and limit > 0 else 1.0


def _largest(frame: Frame, selection: Selection, page: Page) -> float:
    layer, numbers = frame.document.layers[selection.layer], frame.layers[selection.layer]
    sample, unit, topic = selection.sample, selection.unit, page.topic
    if topic == LOSS:
        return max(1.0, _top(frame.y[sample]))
    if topic == READOUT and frame.document.readout is not None:
        row = frame.document.readout.weights["W_hy"][min(page.output, frame.y.shape[2] - 1)]
        return max(1.0, _products(frame.layers[-1].states["h"][sample], row))
    if topic == CARRIED:
        deltas = numbers.pre_activation_gradients
        return max(_products(deltas[b][sample], layer.weights[f"W_h{b}"][:, unit]) for b in CELLS[layer.cell].blocks)
    if layer.cell != "rnn" and topic in (UNIT, STATE, "c"):
        return max(1.0, *(_top(state[sample, :, unit]) for state in numbers.states.values()))
    block = "h" if topic == UNIT else topic
    return _of_block(frame, selection, block)


def _of_block(frame: Frame, selection: Selection, block: str) -> float:
    """Return the largest product of a block, or the largest sum of those with the input."""
    number, sample, unit = selection.layer, selection.sample, selection.unit
    weights = frame.document.layers[number].weights
    x = frame.x[sample] if number == 0 else frame.layers[number - 1].states["h"][sample, 1:]
    of_input: Array = x * weights[f"W_x{block}"][unit]
    sums = of_input.sum(axis=1) + weights[f"b_{block}"][unit]
    of_state = _products(frame.layers[number].states["h"][sample], weights[f"W_h{block}"][unit])
    return max(of_state, _top(of_input), _top(sums))


def _products(values: Array, weights: Array) -> float:
    """Return the largest product of any row (T, n) with the weights (n,)."""
    return _top(np.fmax.reduce(np.abs(values), axis=0) * weights)


def _top(values: Array) -> float:
    """Return the largest |value|; nan is what nobody knows yet."""
    return float(np.fmax.reduce(np.abs(values), axis=None))
