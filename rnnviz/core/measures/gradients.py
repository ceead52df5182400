"""Five different gradients per time step. A plot or a table says which of them it shows.

Every norm is Euclidean. Of several sequences each has its share of the batch mean, but for `last_loss_gradients`.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.bptt import LayerGradients
from rnnviz.core.cells._base import Rows
from rnnviz.core.measures.norms import norms
from rnnviz.core.measures.steps import recurrent_gradients, steps_of
from rnnviz.core.network import Forward, Objective, ReadoutWeights, run_backward
from rnnviz.core.unroll import LayerWeights, Trace


def total_norms(gradients: LayerGradients) -> Array:
    """Return ‖∂L/∂h_t‖ for t = 0…T, (T + 1,): all that the loss feels of h_t, on every way."""
    return norms(gradients.states[0])


def direct_norms(gradients: LayerGradients) -> Array:
    """Return ‖direct_t‖ for t = 0…T, (T + 1,): the part of ∂L/∂h_t that does not come through step t + 1."""
    return norms(gradients.direct)


def pre_activation_norms(gradients: LayerGradients) -> Array:
    """Return ‖δ_t‖ for t = 1…T, (T,): δ_t = ∂L/∂a_t over all blocks together."""
    return norms(gradients.a.reshape(len(gradients.a), -1))


def contribution_norms(weights: LayerWeights, trace: Trace, gradients: LayerGradients) -> Array:
    """Return ‖∂L/∂u_t h_{t−1}ᵀ‖_F for t = 1…T, (T,): what step t adds to ∂L/∂W_hh, all blocks together.

    The norm of an outer product is the product of the norms, so no (T, G*H, H) array is built. For a plain cell
    and an LSTM ∂L/∂u_t is δ_t.
    """
    du = d_recurrent(weights, trace, gradients)
    with np.errstate(all="ignore"):
        return norms(du.reshape(len(du), -1)) * norms(trace.before[0])


def d_recurrent(weights: LayerWeights, trace: Trace, gradients: LayerGradients) -> Array:
    """Return ∂L/∂u_t with respect to the recurrent parts u_t = U h_{t−1} + b_u, (T, G, H)."""
    d_states: Rows = tuple(state[1:] for state in gradients.states)
    return recurrent_gradients(weights.cell, steps_of(trace), d_states, gradients.a)


def last_loss_gradients(
    layers: tuple[LayerWeights, ...], readout: ReadoutWeights, objective: Objective, forward: Forward
) -> tuple[LayerGradients, ...]:
    """Return each layer's gradients of ℓ_t alone at the last step t that counts, with weight 1.

    Their `total_norms` are ‖∂ℓ_T/∂h_t‖, the textbook curve of vanishing: no later step adds anything of its own.
    """
    last = np.zeros_like(objective.step_weights)
    last[np.flatnonzero(objective.step_weights)[-1:]] = 1.0
    return run_backward(layers, readout, replace(objective, step_weights=last), forward).layers
