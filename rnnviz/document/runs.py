"""From a frame back to the core values that one of its sequences ran with, for measures of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnnviz.core.bptt import LayerGradients
from rnnviz.core.cells import make_cell
from rnnviz.core.cells._base import Cell
from rnnviz.core.measures.credit import readout_credit, unit_credit
from rnnviz.core.measures.steps import StepNumbers, Steps, recurrent_gradients, steps_of
from rnnviz.core.network import Forward, Objective, ReadoutWeights
from rnnviz.core.unroll import WHOLE, LayerWeights, Trace, Window
from rnnviz.document.compute import core_objective, readout_weights, stacked_weights
from rnnviz.document.document import READOUT, Document, Place
from rnnviz.document.frame import Frame, LayerFrame
from rnnviz.document.values import Array


@dataclass(frozen=True, slots=True, eq=False)
class LayerRun:
    """One sequence through one layer, as the core made it: time-major, without a batch.

    Attributes:
        weights: the layer's, its blocks stacked.
        trace: what it did.
        gradients: of this sequence alone, its share of the batch mean: over the batch they add up to the frame's.
    """

    weights: LayerWeights
    trace: Trace
    gradients: LayerGradients


@dataclass(frozen=True, slots=True, eq=False)
class NetworkRun:
    """One sequence through the whole network.

    Attributes:
        layers: from the input up.
        readout: the document's, or one that passes the last h on.
        objective: of this sequence alone.
        forward: what the network did; its loss is that of this sequence.
    """

    layers: tuple[LayerRun, ...]
    readout: ReadoutWeights
    objective: Objective
    forward: Forward


def network_run(frame: Frame, sample: int) -> NetworkRun:
    """Return what one sequence, counted from 0, ran with in every layer."""
    document, length = frame.document, frame.document.input.length(sample)
    layers = tuple(layer_run(frame, number, sample) for number in range(len(frame.layers)))
    readout, objective = readout_weights(document), core_objective(document)
    targets = objective.targets[..., sample] if document.batch > 1 else objective.targets
    step_weights = objective.step_weights if objective.step_weights.ndim == 1 else objective.step_weights[:, sample]
    objective = Objective(objective.loss, step_weights[:length], targets[:length])
    with np.errstate(all="ignore"):
        logits = layers[-1].trace.states[0][1:] @ readout.W.T + readout.b
        counted = objective.step_weights != 0
        loss_steps = frame.loss_steps[sample, :length]
        loss = float(objective.step_weights[counted] @ loss_steps[counted])
    forward = Forward(tuple(layer.trace for layer in layers), logits, frame.y[sample, :length], loss_steps, loss)
    return NetworkRun(layers, readout, objective, forward)


def layer_run(frame: Frame, layer: int, sample: int) -> LayerRun:
    """Return what one sequence ran with in one layer, both counted from 0; cut where the sequence ends.

    The frame keeps all of it but u = U h_{t−1} + b_u, which one product makes again.
    """
    weights = stacked_weights(frame.document.layers[layer])
    trace = _trace(frame, layer, sample, weights)
    return LayerRun(weights, trace, _gradients(frame.layers[layer], sample, weights, trace))


def weight_credit(frame: Frame, sample: int, place: Place, row: int, column: int) -> Array:
    """Return what each real step t = 1…T of one sequence adds to ∂L/∂w of one weight, (T,).

    Over all sequences of the batch they add up to the frame's gradient. The column of a vector is 0.

    Raises:
        KeyError: there is no weight of that name; an initial state is none.
        IndexError: the weight has no such entry.
    """
    entry = (row, column) if frame.document.weight(place).ndim > 1 else (row,)
    if place.layer == READOUT:
        run = network_run(frame, sample)
        return readout_credit(run.readout, run.objective, run.forward, entry) / frame.document.batch
    cell = make_cell(frame.document.layers[place.layer].cell, frame.document.layers[place.layer].activation)
    shown, length = frame.layers[place.layer], frame.document.input.length(sample)
    d_states = tuple(shown.state_gradients[name][sample, 1 : length + 1, row, None] for name in cell.states)
    da = np.stack([shown.pre_activation_gradients[block][sample, :length, row, None] for block in cell.blocks], axis=1)
    heard = None
    if len(entry) > 1:
        is_recurrent = place.name.startswith("W_h")
        x = frame.x if place.layer == 0 else frame.layers[place.layer - 1].states["h"][:, 1:]
        heard = (states_before(frame, place.layer, sample, "h") if is_recurrent else x[sample])[:length, column]
    return unit_credit(cell, _unit_steps(frame, place.layer, sample, row), d_states, da, place.name, heard)


def _unit_steps(frame: Frame, layer: int, sample: int, unit: int) -> Steps:
    """Return what the real steps of a sequence did to one unit: `Steps` with H = 1, for the price of one unit."""
    weights, shown = stacked_weights(frame.document.layers[layer]), frame.layers[layer]
    cell, length = weights.cell, frame.document.input.length(sample)
    rows = np.arange(len(cell.blocks)) * frame.document.layers[layer].units + unit
    before = tuple(states_before(frame, layer, sample, name)[:length] for name in cell.states)
    with np.errstate(all="ignore"):
        u = before[0] @ weights.U[rows].T
        if weights.recurrent_b is not None:
            u += weights.recurrent_b[rows]
    return Steps(
        np.stack([shown.pre_activations[block][sample, :length, unit, None] for block in cell.blocks], axis=1),
        u[..., None],
        np.stack([shown.gates[block][sample, :length, unit, None] for block in cell.blocks], axis=1),
        tuple(state[:, unit, None] for state in before),
        tuple(shown.states[name][sample, 1 : length + 1, unit, None] for name in cell.states),
    )


def layer_steps(frame: Frame, layer: int, sample: int, weights: LayerWeights, steps: StepNumbers) -> Steps:
    """Return a few steps of a layer, each 1…T, without making anything for the others: cheap enough for a cursor.

    ``weights`` are the layer's own, stacked once by the caller.
    """
    shown, window = frame.layers[layer], _window(frame.document)
    cell, rows = weights.cell, steps - 1
    starts = rows if window.stateful else np.where(rows % min(window.length, len(frame.x[sample])) == 0, 0, rows)
    before = tuple(shown.states[name][sample, starts] for name in cell.states)
    after = tuple(shown.states[name][sample, steps] for name in cell.states)
    a = _stacked(shown.pre_activations, cell, sample, rows)
    return Steps(a, _recurrent_part(weights, before[0]), _stacked(shown.gates, cell, sample, rows), before, after)


def states_before(frame: Frame, layer: int, sample: int, state: str) -> Array:
    """Return the state that each step of a sequence started from, (T, units), padding included."""
    return _window(frame.document).states_before(frame.layers[layer].states[state][sample])


def _trace(frame: Frame, layer: int, sample: int, weights: LayerWeights) -> Trace:
    shown, length = frame.layers[layer], frame.document.input.length(sample)
    x = frame.x if layer == 0 else frame.layers[layer - 1].states["h"][:, 1:]
    states = tuple(shown.states[name][sample, : length + 1] for name in weights.cell.states)
    window, steps = _window(frame.document), slice(length)
    return Trace(
        x=x[sample, :length],
        a=_stacked(shown.pre_activations, weights.cell, sample, steps),
        u=_recurrent_part(weights, window.states_before(states[0])),
        gates=_stacked(shown.gates, weights.cell, sample, steps),
        states=states,
        window=window,
        lengths=None,
    )


def _gradients(shown: LayerFrame, sample: int, weights: LayerWeights, trace: Trace) -> LayerGradients:
    cell, length = weights.cell, len(trace.a)
    states = tuple(shown.state_gradients[name][sample, : length + 1] for name in cell.states)
    da = _stacked(shown.pre_activation_gradients, cell, sample, slice(length))
    du = recurrent_gradients(cell, steps_of(trace), tuple(state[1:] for state in states), da)
    da_flat, du_flat = da.reshape(length, -1), du.reshape(length, -1)
    with np.errstate(all="ignore"):
        return LayerGradients(
            states=states,
            direct=shown.direct[sample, : length + 1],
            a=da,
            W=da_flat.T @ trace.x,
            U=du_flat.T @ trace.before[0],
            b=da_flat.sum(axis=0),
            recurrent_b=du_flat.sum(axis=0),
            x=da_flat @ weights.W,
        )


def _window(document: Document) -> Window:
    return WHOLE if document.window is None else Window(document.window.length, document.window.stateful)


def _stacked(blocks: Mapping[str, Array], cell: Cell, sample: int, rows: slice | StepNumbers) -> Array:
    return np.stack([blocks[block][sample, rows] for block in cell.blocks], axis=1)


def _recurrent_part(weights: LayerWeights, before: Array) -> Array:
    """Return U h + b_u for each of n states h (n, H), as (n, apart, H): of the blocks that the cell keeps apart."""
    units = before.shape[1]
    rows = slice((len(weights.cell.blocks) - weights.cell.apart) * units, None)
    with np.errstate(all="ignore"):
        u = before @ weights.U[rows].T
        if weights.recurrent_b is not None:
            u += weights.recurrent_b[rows]
    return u.reshape(len(before), weights.cell.apart, units)
