"""A stack of recurrent layers with a readout and an objective: forward, then backward."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.bptt import LayerGradients, backpropagate, sum_of_products, sum_over_steps
from rnnviz.core.objectives import Loss, ReadoutActivation
from rnnviz.core.unroll import WHOLE, LayerWeights, Lengths, Trace, Window, unroll


@dataclass(frozen=True, slots=True)
class ReadoutWeights:
    """y_t = activation(W h_t + b), with W (K, H) and b (K,)."""

    activation: ReadoutActivation
    W: Array
    b: Array


@dataclass(frozen=True, slots=True)
class Objective:
    """L = the mean over the batch of Σ_t step_weights_t ℓ_t; a padded step never counts.

    Attributes:
        loss: which ℓ.
        step_weights: (T,), or (T, B) to differ between sequences; 0 for steps that do not count, 1 for a sum,
            1/count for a mean.
        targets: (T, K) or (T, K, B); class indices (T,) or (T, B); anything when the loss has none.
    """

    loss: Loss
    step_weights: Array
    targets: Array


@dataclass(frozen=True, slots=True)
class Forward:
    """What the network did: each layer's trace, the outputs (T, K), the losses per step (T,), the loss.

    At padded steps the outputs are those of the state that is held, and the losses 0.
    """

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


@np.errstate(all="ignore")
def run_forward(
    layers: tuple[LayerWeights, ...],
    readout: ReadoutWeights,
    objective: Objective,
    x: Array,
    window: Window = WHOLE,
    lengths: Lengths | None = None,
) -> Forward:
    """Return what the network does with x, (T, N) for one sequence or (T, N, B) for several.

    Sequences of different length are padded at their end, and lengths (B,) say where: see `unroll`.
    """
    traces = []
    for layer in layers:
        traces.append(unroll(layer, x, window, lengths))
        x = traces[-1].states[0][1:]
    if x.shape[2:]:  # noqa: SIM108 - two products side by side
        logits = np.matmul(readout.W, x) + readout.b[:, None]
    else:
        logits = np.dot(x, readout.W.T) + readout.b
    y = readout.activation.apply(logits)
    loss_steps = objective.loss.values(logits, y, objective.targets)
    for sequence, length in traces[-1].padded(loss_steps):
        sequence[length:] = 0
    loss = _counted(_scale(objective, loss_steps), loss_steps).sum()
    return Forward(tuple(traces), logits, y, loss_steps, loss)


@np.errstate(all="ignore")
def run_backward(
    layers: tuple[LayerWeights, ...], readout: ReadoutWeights, objective: Objective, forward: Forward
) -> Backward:
    """Return the gradient of the loss of a forward run with respect to everything."""
    h = forward.layers[-1].states[0][1:]
    scale = _scale(objective, forward.loss_steps)[:, None]
    dlogits = objective.loss.gradient(readout.activation, forward.y, objective.targets)
    dlogits = _counted(scale, dlogits)
    for sequence, length in forward.layers[-1].padded(dlogits):
        sequence[length:] = 0
    into_h = np.matmul(readout.W.T, dlogits) if h.shape[2:] else np.dot(dlogits, readout.W)
    gradients: list[LayerGradients] = []
    factors: tuple[Array, Array] | None = (dlogits, readout.W)
    for layer, trace in zip(reversed(layers), reversed(forward.layers), strict=True):
        direct = np.empty_like(trace.states[0])
        direct[0], direct[1:] = 0, into_h
        gradients.append(backpropagate(layer, trace, direct, factors))
        into_h, factors = gradients[-1].x, None
    return Backward(
        layers=tuple(reversed(gradients)),
        readout_W=sum_of_products(dlogits, h),
        readout_b=sum_over_steps(dlogits),
    )


def _counted(scale: Array, values: Array) -> Array:
    """Return the product of both: a step that does not count must not make it nan by 0 * inf."""
    product = scale * values
    return product if np.count_nonzero(scale) == scale.size else np.where(scale == 0, 0, product)


def _scale(objective: Objective, loss_steps: Array) -> Array:
    """Return ∂L/∂ℓ, (T,) or (T, B) or (T, 1), to be multiplied with something like the losses per step."""
    if loss_steps.ndim == 1:
        return objective.step_weights
    scale: Array = objective.step_weights.reshape(len(loss_steps), -1) / loss_steps.shape[1]
    return scale
