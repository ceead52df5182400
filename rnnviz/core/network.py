"""A stack of recurrent layers with a readout and an objective: forward, then backward."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.bptt import LayerGradients, backpropagate
from rnnviz.core.objectives import Loss, ReadoutActivation
from rnnviz.core.unroll import WHOLE, LayerWeights, Trace, Window, unroll


@dataclass(frozen=True, slots=True)
class ReadoutWeights:
    """y_t = activation(W h_t + b), with W (K, H) and b (K,)."""

    activation: ReadoutActivation
    W: Array
    b: Array


@dataclass(frozen=True, slots=True)
class Objective:
    """L = Σ_t step_weights_t · mean over the batch of ℓ_t.

    Attributes:
        loss: which ℓ.
        step_weights: (T,); 0 for steps that do not count, 1 for a sum, 1/count for a mean.
        targets: (T, K) or (T, K, B); class indices (T,) or (T, B); anything when the loss has none.
    """

    loss: Loss
    step_weights: Array
    targets: Array


@dataclass(frozen=True, slots=True)
class Forward:
    """What the network did: each layer's trace, the outputs (T, K), the losses per step (T,), the loss."""

    layers: tuple[Trace, ...]
    logits: Array
    y: Array
    loss_steps: Array
    loss: complex


@dataclass(frozen=True, slots=True)
class Backward:
    """The gradient of the loss: per layer, and of the readout's W (K, H) and b (K,)."""

    layers: tuple[LayerGradients, ...]
    readout_W: Array
    readout_b: Array


def run_forward(
    layers: tuple[LayerWeights, ...],
    readout: ReadoutWeights,
    objective: Objective,
    x: Array,
    window: Window = WHOLE,
) -> Forward:
    """Return what the network does with x, (T, N) for one sequence or (T, N, B) for several."""
    traces = []
    for layer in layers:
        traces.append(unroll(layer, x, window))
        x = traces[-1].states[0][1:]
    with np.errstate(all="ignore"):
        if x.shape[2:]:  # noqa: SIM108 - two products side by side
            logits = np.matmul(readout.W, x) + readout.b[:, None]
        else:
            logits = np.dot(x, readout.W.T) + readout.b
        y = readout.activation.apply(logits)
        loss_steps = objective.loss.values(logits, y, objective.targets)
        # A step that does not count must not make the sum nan by 0 * inf.
        counted = objective.step_weights != 0
        mean = loss_steps[counted].reshape(counted.sum(), -1).mean(axis=1)
        loss = np.dot(objective.step_weights[counted], mean)
    return Forward(tuple(traces), logits, y, loss_steps, loss)


def run_backward(
    layers: tuple[LayerWeights, ...], readout: ReadoutWeights, objective: Objective, forward: Forward
) -> Backward:
    """Return the gradient of the loss of a forward run with respect to everything."""
    h = forward.layers[-1].states[0][1:]
    batch = h.shape[2:]
    with np.errstate(all="ignore"):
        scale = (objective.step_weights / (batch[0] if batch else 1)).reshape(-1, 1, *(1 for _ in batch))
        dlogits = objective.loss.gradient(readout.activation, forward.y, objective.targets)
        dlogits = np.where(scale == 0, 0.0, dlogits * scale)
        into_h = np.matmul(readout.W.T, dlogits) if batch else np.dot(dlogits, readout.W)
        gradients: list[LayerGradients] = []
        for layer, trace in zip(reversed(layers), reversed(forward.layers), strict=True):
            direct = np.zeros_like(trace.states[0])
            direct[1:] = into_h
            gradients.append(backpropagate(layer, trace, direct))
            into_h = gradients[-1].x
        axes = [0, *range(2, h.ndim)]
        return Backward(
            layers=tuple(reversed(gradients)),
            readout_W=np.tensordot(dlogits, h, (axes, axes)),
            readout_b=dlogits.sum(tuple(axes)),
        )
