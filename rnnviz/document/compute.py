"""compute(document) → Frame: one pure function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from rnnviz.core import network
from rnnviz.core.activations import Array
from rnnviz.core.bptt import LayerGradients
from rnnviz.core.cells import CELLS, make_cell
from rnnviz.core.network import Backward, Forward, ReadoutWeights, run_backward, run_forward
from rnnviz.core.objectives import LOSSES, READOUTS
from rnnviz.core.unroll import WHOLE, LayerWeights, Trace, Window
from rnnviz.document.document import Document, Layer
from rnnviz.document.frame import Frame, LayerFrame, Problem


@dataclass(frozen=True, slots=True)
class Solution:
    """The arrays of a frame as the core made them, time-major: what travels between processes."""

    forward: Forward
    backward: Backward
    problems: tuple[Problem, ...]


def compute(document: Document) -> Frame:
    """Return every state, gate, output, loss and gradient of the document, at every time."""
    return frame_of(document, solve(document))


def solve(document: Document) -> Solution:
    """Run the network forward and backward: all of the work of `compute`."""
    forward = solve_forward(document)
    layers, readout, objective, _ = core_parts(document)
    backward = run_backward(layers, readout, objective, forward)
    return Solution(forward, backward, problems_of(document, forward, backward))


def solve_forward(document: Document) -> Forward:
    """Run the network forward only."""
    window = WHOLE if document.window is None else Window(document.window.length, document.window.stateful)
    lengths = None if document.input.lengths is None else np.array(document.input.lengths)
    return run_forward(*core_parts(document), window, lengths)


CoreParts = tuple[tuple[LayerWeights, ...], ReadoutWeights, network.Objective, Array]


def core_parts(document: Document) -> CoreParts:
    """Return what the core's functions take, in the document's precision: layers, readout, objective, x time-major."""
    layers = tuple(stacked_weights(layer) for layer in document.layers)
    parts = layers, readout_weights(document), core_objective(document), time_major(document.input.values)
    return parts if document.precision == "float64" else _in_float32(*parts)


def stacked_weights(layer: Layer) -> LayerWeights:
    """Return a layer's weights with the blocks of its cell stacked into one matrix each."""
    cell = make_cell(layer.cell, layer.activation)

    def stack(prefix: str) -> Array:
        parts = [layer.weights[f"{prefix}{block}"] for block in cell.blocks]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    recurrent_b = None
    if cell.recurrent_biases:
        zeros = np.zeros(layer.units)
        recurrent_b = np.concatenate([layer.weights.get(f"b_h{block}", zeros) for block in cell.blocks])
    initial = tuple(layer.initial_state[state] for state in cell.states)
    return LayerWeights(cell, stack("W_x"), stack("W_h"), stack("b_"), recurrent_b, initial)


def readout_weights(document: Document) -> ReadoutWeights:
    """Return the readout, or one that passes the last layer's h on as it is."""
    if document.readout is None:
        units = document.layers[-1].units
        return ReadoutWeights(READOUTS["linear"], np.eye(units), np.zeros(units))
    weights = document.readout.weights
    return ReadoutWeights(READOUTS[document.readout.activation], weights["W_hy"], weights["b_y"])


def core_objective(document: Document) -> network.Objective:
    """Return the objective with its steps and reduction turned into one weight per step."""
    step_weights = np.zeros((document.timesteps, document.batch))
    for sample in range(document.batch):
        counted = np.array(document.counted_steps(sample)) - 1
        step_weights[counted, sample] = 1.0 if document.objective.reduction == "sum" else 1.0 / len(counted)
    if document.batch == 1 or document.input.lengths is None:
        step_weights = step_weights[:, 0]
    targets = document.objective.targets
    if targets is None:
        targets = np.zeros((document.batch, document.timesteps))
    return network.Objective(LOSSES[document.objective.loss], step_weights, time_major(targets))


def _in_float32(
    layers: tuple[LayerWeights, ...], readout: ReadoutWeights, objective: network.Objective, x: Array
) -> CoreParts:
    """Return what a run needs with every array in single precision; one beyond its range becomes inf."""

    def single(array: Array) -> Array:
        with np.errstate(over="ignore", under="ignore"):
            return array.astype(np.float32)

    return (
        tuple(
            replace(
                layer,
                W=single(layer.W),
                U=single(layer.U),
                b=single(layer.b),
                recurrent_b=None if layer.recurrent_b is None else single(layer.recurrent_b),
                initial=tuple(map(single, layer.initial)),
            )
            for layer in layers
        ),
        replace(readout, W=single(readout.W), b=single(readout.b)),
        replace(objective, step_weights=single(objective.step_weights), targets=single(objective.targets)),
        single(x),
    )


def time_major(values: Array) -> Array:
    """Turn (B, T, …) into (T, …, B), and (1, T, …) into (T, …)."""
    if len(values) == 1:
        one: Array = values[0]
        return one
    return np.ascontiguousarray(np.moveaxis(values, 0, -1))


def _batch_first(values: Array, sequences: int) -> Array:
    """Turn (T, …, B) or (T, …) back into a read-only view (B, T, …)."""
    view = values[None] if sequences == 1 else np.moveaxis(values, -1, 0)
    view.flags.writeable = False
    return view


def _locked(array: Array) -> Array:
    array.flags.writeable = False
    return array


def frame_of(document: Document, solution: Solution) -> Frame:
    """Return the solution's arrays under their names, batch first: views, nothing is copied."""
    forward, backward, batch = solution.forward, solution.backward, document.batch
    readout_gradients: dict[str, Array] = {}
    if document.readout is not None:
        readout_gradients = {"W_hy": _locked(backward.readout_W), "b_y": _locked(backward.readout_b)}
    return Frame(
        document=document,
        x=document.input.values,
        layers=tuple(
            _layer_frame(layer, trace, gradients, batch)
            for layer, trace, gradients in zip(document.layers, forward.layers, backward.layers, strict=True)
        ),
        y=_batch_first(forward.y, batch),
        loss=float(forward.loss.real),
        loss_steps=_batch_first(forward.loss_steps, batch),
        x_gradient=_batch_first(backward.layers[0].x, batch),
        readout_gradients=MappingProxyType(readout_gradients),
        problems=solution.problems,
    )


def _layer_frame(layer: Layer, trace: Trace, gradients: LayerGradients, batch: int) -> LayerFrame:
    cell = CELLS[layer.cell]

    def by_block(blocks: Array) -> Mapping[str, Array]:
        return MappingProxyType(
            {block: _batch_first(blocks[:, number], batch) for number, block in enumerate(cell.blocks)}
        )

    def by_state(states: tuple[Array, ...]) -> Mapping[str, Array]:
        pairs = zip(cell.states, states, strict=True)
        return MappingProxyType({name: _batch_first(state, batch) for name, state in pairs})

    return LayerFrame(
        states=by_state(trace.states),
        pre_activations=by_block(trace.a),
        gates=by_block(trace.gates),
        state_gradients=by_state(gradients.states),
        direct=_batch_first(gradients.direct, batch),
        pre_activation_gradients=by_block(gradients.a),
        weight_gradients=MappingProxyType(_weight_gradients(layer, gradients)),
    )


def _weight_gradients(layer: Layer, gradients: LayerGradients) -> dict[str, Array]:
    """Return the gradients under the names of the weights, in their order."""
    units, named = layer.units, {}
    for number, block in enumerate(CELLS[layer.cell].blocks):
        rows = slice(number * units, (number + 1) * units)
        named[f"W_x{block}"] = gradients.W[rows]
        named[f"W_h{block}"] = gradients.U[rows]
        named[f"b_{block}"] = gradients.b[rows]
        named[f"b_h{block}"] = gradients.recurrent_b[rows]
    return {name: _locked(named[name]) for name in layer.weights}


def problems_of(document: Document, forward: Forward, backward: Backward | None) -> tuple[Problem, ...]:
    """Return what is not finite: going forward its first t, for gradients, if any, the largest t (met first)."""
    problems: list[Problem] = []
    names = [f" of layer {number + 1}" for number in range(len(document.layers))]
    if len(names) == 1:
        names = [""]
    for layer, trace, name in zip(document.layers, forward.layers, names, strict=True):
        for state, values in zip(CELLS[layer.cell].states, trace.states, strict=True):
            problems += _first(f"{state}{name}", values, offset=0, backward=False)
    problems += _first("y", forward.y, offset=1, backward=False)
    problems += _first("the loss", forward.loss_steps, offset=1, backward=False)
    if backward is None:
        return tuple(problems)
    for layer, gradients, name in zip(document.layers, backward.layers, names, strict=True):
        for state, values in zip(CELLS[layer.cell].states, gradients.states, strict=True):
            problems += _first(f"∂L/∂{state}{name}", values, offset=0, backward=True)
    return tuple(problems)


def _first(quantity: str, values: Array, *, offset: int, backward: bool) -> list[Problem]:
    """Return the step at which time-major values stop being finite, if they do."""
    # One sum is a quarter of the cost of isfinite and finds every nan and inf; it may overflow by itself.
    with np.errstate(all="ignore"):
        if np.isfinite(values.sum()):
            return []
    steps = np.flatnonzero(~np.isfinite(values).all(axis=tuple(range(1, values.ndim))))
    return [Problem(quantity, int(steps[-1 if backward else 0]) + offset)] if len(steps) else []
