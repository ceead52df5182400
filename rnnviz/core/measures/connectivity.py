"""Which input moves which output, through all layers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.measures.jacobians import each_input_jacobian, each_step_jacobian
from rnnviz.core.measures.norms import norms
from rnnviz.core.measures.steps import StepNumbers
from rnnviz.core.network import Forward, ReadoutWeights
from rnnviz.core.unroll import LayerWeights

_HELD = 2**21  # entries of the derivatives that are carried along at once: 16 MB


def connectivity(
    layers: tuple[LayerWeights, ...], readout: ReadoutWeights, forward: Forward, inputs: StepNumbers | None = None
) -> Array:
    """Return ‖∂y_t/∂x_k‖_F over outputs and features, for t = 1…T and these steps k in rising order, (T, n).

    For all k by default. y is taken after the readout's activation. Exactly 0 for k > t, and across the border of
    a window: there `backpropagate` is cut too. Derivatives are carried forward for some inputs at a time, so
    beside the map itself some 16 MB are held at once.
    """
    T, N = forward.layers[0].x.shape
    inputs = np.arange(1, T + 1) if inputs is None else inputs
    found = np.zeros((T, len(inputs)))
    rows = max(len(readout.b), sum(len(state) for layer in layers for state in layer.initial))
    count = max(_HELD // (rows * N), 1)
    for piece in forward.layers[0].window.pieces(T):
        inside = np.flatnonzero((inputs > piece.start) & (inputs <= piece.stop))
        for first in range(0, len(inside), count):
            columns = inside[first : first + count]
            steps = np.arange(inputs[columns[0]], piece.stop + 1)
            for t, alive, norms_at_t in _carried_on(layers, readout, forward, steps, inputs[columns]):
                found[t - 1, columns[:alive]] = norms_at_t
    return found


def _carried_on(
    layers: tuple[LayerWeights, ...], readout: ReadoutWeights, forward: Forward, steps: StepNumbers, inputs: StepNumbers
) -> Iterator[tuple[int, int, Array]]:
    """Yield t, the number of inputs up to t, and ‖∂y_t/∂x_k‖_F for those, going forward over the steps."""
    N = forward.layers[0].x.shape[1]
    moved = [np.zeros((sum(map(len, layer.initial)), len(inputs) * N)) for layer in layers]
    pairs = list(zip(layers, forward.layers, strict=True))
    through_state = zip(*(each_step_jacobian(layer, trace, steps) for layer, trace in pairs), strict=True)
    through_input = zip(*(each_input_jacobian(layer, trace, steps) for layer, trace in pairs), strict=True)
    for t, of_state, of_input in zip(steps.tolist(), through_state, through_input, strict=True):
        older, alive = (int(np.searchsorted(inputs, t, side)) for side in ("left", "right"))
        newest = slice(older * N, alive * N)
        below, felt = np.eye(N)[:, : newest.stop - newest.start], newest  # ∂x_t/∂x_t, the only input that x_t is
        with np.errstate(all="ignore"):
            for layer, state, J, B in zip(layers, moved, of_state, of_input, strict=True):
                state[:, : newest.start] = J @ state[:, : newest.start]
                state[:, felt] += B @ below
                below, felt = state[: len(layer.initial[0]), : newest.stop], slice(newest.stop)
            of_y = _readout_jacobian(readout, forward.y[t - 1]) @ below
        yield t, alive, norms(of_y.reshape(len(of_y), alive, N).transpose(1, 0, 2).reshape(alive, -1))


def _readout_jacobian(readout: ReadoutWeights, y: Array) -> Array:
    """Return ∂y/∂h for outputs y (K,), as (K, H)."""
    K = len(y)
    pulled = readout.activation.pullback(np.repeat(y[None, :, None], K, axis=2), np.eye(K)[None])
    return np.asarray(pulled[0].T @ readout.W)
