"""Which time steps the gradient of one weight comes from."""

from __future__ import annotations

import numpy as np

from rnnviz.core.activations import Array
from rnnviz.core.bptt import LayerGradients
from rnnviz.core.cells._base import Cell, Rows
from rnnviz.core.measures.steps import Steps, recurrent_gradients, steps_of
from rnnviz.core.network import Forward, Objective, ReadoutWeights
from rnnviz.core.unroll import LayerWeights, Trace


def credit_over_time(
    weights: LayerWeights, trace: Trace, gradients: LayerGradients, name: str, entry: tuple[int, ...]
) -> Array:
    """Return what each step t = 1…T adds to ∂L/∂w of one weight, (T,); they add up to the gradient.

    Signed, in units of loss per unit of weight: ∂L/∂a_t x_t for an input weight, ∂L/∂u_t h_{t−1} for a recurrent
    one, ∂L/∂a_t for a bias, ∂L/∂u_t for a recurrent bias.
    The name is ``W_x<block>``, ``W_h<block>``, ``b_<block>``, or ``b_h<block>`` where the cell has one; the entry
    (unit, input) of a matrix, (unit,) of a bias.

    Raises:
        KeyError: the cell has no weight of that name.
        IndexError: the weight has no such entry.
    """
    kind, _ = _kinds(weights.cell)[name]
    unit, source, heard = entry[0], entry[1:], trace.before[0] if kind == "W_h" else trace.x
    steps, own = steps_of(trace), [unit]
    alone = Steps(
        steps.a[..., own],
        steps.u[..., own],
        steps.gates[..., own],
        tuple(state[:, own] for state in steps.before),
        tuple(state[:, own] for state in steps.after),
    )
    d_states = tuple(state[1:, own] for state in gradients.states)
    return unit_credit(
        weights.cell, alone, d_states, gradients.a[..., own], name, heard[:, source[0]] if source else None
    )


def unit_credit(cell: Cell, steps: Steps, d_states: Rows, da: Array, name: str, heard: Array | None) -> Array:
    """Return `credit_over_time` from the numbers of the weight's own unit alone, (n,).

    The steps, dL/dstate after each and dL/da have H = 1; ``heard`` (n,) is what the weight multiplies, None for
    a bias.
    """
    kind, block = _kinds(cell)[name]
    d_unit = (recurrent_gradients(cell, steps, d_states, da) if kind in ("W_h", "b_h") else da)[:, block, 0]
    with np.errstate(all="ignore"):
        return d_unit if heard is None else np.asarray(d_unit * heard)


def readout_credit(readout: ReadoutWeights, objective: Objective, forward: Forward, entry: tuple[int, ...]) -> Array:
    """Return what each step t = 1…T adds to ∂L/∂W_hy[output, unit], or to ∂L/∂b_y[output], (T,).

    Signed: the step's weight in the loss × ∂ℓ_t/∂(W_hy h_t + b_y)[output] × h_t[unit], exactly 0 where it does
    not count.

    Raises:
        IndexError: the readout has no such entry.
    """
    with np.errstate(all="ignore"):
        gradients = objective.loss.gradient(readout.activation, forward.y, objective.targets)[:, entry[0]]
        d_output = np.where(objective.step_weights == 0, 0.0, gradients * objective.step_weights)
        return d_output if len(entry) == 1 else np.asarray(d_output * forward.layers[-1].states[0][1:, entry[1]])


def _kinds(cell: Cell) -> dict[str, tuple[str, int]]:
    """Return what each weight of a cell multiplies, and the number of its block."""
    kinds = {}
    for number, block in enumerate(cell.blocks):
        kinds[f"W_x{block}"], kinds[f"W_h{block}"] = ("W_x", number), ("W_h", number)
        kinds[f"b_{block}"] = ("b_", number)
        if block in cell.recurrent_biases:
            kinds[f"b_h{block}"] = ("b_h", number)
    return kinds
