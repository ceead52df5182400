"""Giving a network another size, cell or input: what fits is kept, the rest is drawn as the document says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rnnviz.core.cells import CELLS
from rnnviz.core.objectives import LOSSES
from rnnviz.document.document import Document, Input, Layer, Objective, Readout, weight_shapes
from rnnviz.document.initialisation import READOUT_STREAM, Initialisation, initial_weights
from rnnviz.document.values import Array


def keeping(old: Array, fresh: Array) -> Array:
    """Return ``fresh`` with the entries that both have taken from ``old``; ``old`` itself if it fits."""
    if old.shape == fresh.shape:
        return old
    kept = fresh.copy()
    common = tuple(slice(min(sizes)) for sizes in zip(old.shape, fresh.shape, strict=True))
    kept[common] = old[common]
    return kept


def fresh_layer(initialisation: Initialisation, number: int, like: Layer, inputs: int) -> Layer:
    """Return a layer of the same cell and size as another, drawn anew, reading so many inputs, starting from 0."""
    weights = initial_weights(initialisation, number, like.cell, weight_shapes(like.cell, like.units, inputs))
    return Layer(like.cell, weights, {}, like.activation, like.return_sequences)


def resized_layer(initialisation: Initialisation, number: int, layer: Layer, units: int, inputs: int) -> Layer:
    """Return a layer with other sizes: entries in common are kept."""
    if (units, inputs) == (layer.units, layer.inputs):
        return layer
    fresh = initial_weights(initialisation, number, layer.cell, weight_shapes(layer.cell, units, inputs))
    weights = {name: keeping(layer.weights[name], array) for name, array in fresh.items()}
    initial_state = {name: keeping(state, np.zeros(units)) for name, state in layer.initial_state.items()}
    return replace(layer, weights=weights, initial_state=initial_state)


def with_cell(initialisation: Initialisation, number: int, layer: Layer, cell: str) -> Layer:
    """Return a layer of the same size with another cell.

    A block goes on as the block with the same role in the other cell: the candidate (an RNN's h, an LSTM's g,
    a GRU's n) and the gate that keeps (an LSTM's f, a GRU's z). So does the initial h. The rest is drawn.
    What goes on stays locked.
    """
    if cell == layer.cell:
        return layer
    weights = initial_weights(initialisation, number, cell, weight_shapes(cell, layer.units, layer.inputs))
    old_kind, new_kind = CELLS[layer.cell], CELLS[cell]
    same_purpose = (
        (old_kind.candidate_block, new_kind.candidate_block),
        (old_kind.keep_block, new_kind.keep_block),
    )
    went_on = {"h_0": "h_0"}
    for old, block in same_purpose:
        if old and block:
            went_on |= {f"{kind}{block}": f"{kind}{old}" for kind in ("W_x", "W_h", "b_")}
    weights |= {new: layer.weights[old] for new, old in went_on.items() if old in layer.weights}
    locks = {new: layer.locks[old] for new, old in went_on.items() if old in layer.locks}
    initial_state = {"h": layer.initial_state["h"]}
    return Layer(cell, weights, initial_state, return_sequences=layer.return_sequences, locks=locks)


def resized_readout(initialisation: Initialisation, readout: Readout, outputs: int, units: int) -> Readout:
    """Return a readout with other sizes: entries in common are kept."""
    shapes: dict[str, tuple[int, ...]] = {"W_hy": (outputs, units), "b_y": (outputs,)}
    if readout.weights["W_hy"].shape == shapes["W_hy"]:
        return readout
    fresh = initial_weights(initialisation, READOUT_STREAM, "", shapes)
    return replace(readout, weights={name: keeping(readout.weights[name], array) for name, array in fresh.items()})


def fresh_readout(initialisation: Initialisation, activation: str, outputs: int, units: int) -> Readout:
    """Return a readout drawn anew."""
    shapes: dict[str, tuple[int, ...]] = {"W_hy": (outputs, units), "b_y": (outputs,)}
    return Readout(activation, initial_weights(initialisation, READOUT_STREAM, "", shapes))


def with_layers(document: Document, layers: tuple[Layer, ...]) -> Document:
    """Return the document with another stack, each layer and the readout fitted to what now feeds it.

    Without a readout the targets are those of the last layer's units: where their number changes the document
    gets a readout with the old number of outputs, so that they stay.
    """
    fitted_layers, width = [], document.input.values.shape[2]
    for number, layer in enumerate(layers):
        fitted_layers.append(resized_layer(document.initialisation, number, layer, layer.units, width))
        width = layer.units
    readout = document.readout
    if readout is not None:
        readout = resized_readout(document.initialisation, readout, document.outputs, width)
    elif width != document.outputs and document.objective.targets is not None:
        activation = LOSSES[document.objective.loss].readout or "linear"
        readout = fresh_readout(document.initialisation, activation, document.outputs, width)
    return replace(document, layers=tuple(fitted_layers), readout=readout)


def fitted(document: Document, data: Input, objective: Objective) -> Document:
    """Return the document reading ``data`` with another objective.

    The first layer's input weights and the readout are resized where the number of features or outputs
    differs, and the readout gets the activation that the loss needs.
    """
    initialisation, first = document.initialisation, document.layers[0]
    layers = (
        resized_layer(initialisation, 0, first, first.units, data.values.shape[2]),
        *document.layers[1:],
    )
    readout, outputs = document.readout, _outputs_needed(objective)
    if readout is not None and outputs is not None:
        readout = resized_readout(initialisation, readout, outputs, readout.weights["W_hy"].shape[1])
        readout = replace(readout, activation=LOSSES[objective.loss].readout or "linear")
    return replace(document, layers=layers, readout=readout, input=data, objective=objective, window=None)


def _outputs_needed(objective: Objective) -> int | None:
    """Return how many outputs the targets ask for, or None if any number will do."""
    if objective.targets is None:
        return None
    if LOSSES[objective.loss].integer_targets:
        return int(objective.targets.max()) + 1
    return int(objective.targets.shape[2])
