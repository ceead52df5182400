"""Edits of the network's build: its cells, layers, sizes, windows, precision and initial values."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from rnnviz.core.activations import ACTIVATIONS
from rnnviz.core.cells import CELLS
from rnnviz.document.changing import layer_drawn_anew, readout_drawn_anew
from rnnviz.document.document import Document, Layer, Window
from rnnviz.document.edits import Edit
from rnnviz.document.fitting import fresh_layer, fresh_readout, resized_layer, with_cell, with_layers
from rnnviz.document.initialisation import Initialisation
from rnnviz.document.values import DocumentError

MOST_UNITS = 512
MOST_LAYERS = 8


def set_cell(layer: int, cell: str) -> Edit:
    """Give a layer another cell of the same size; see `fitting.with_cell` for what is carried over."""

    def apply(document: Document) -> Document:
        if cell not in CELLS:
            raise DocumentError(f"cell: {cell!r} is not known; use one of {', '.join(CELLS)}")
        changed = with_cell(document.initialisation, layer, document.layers[layer], cell)
        return _with_layer(document, layer, changed)

    return Edit(f"Use {cell.upper()}", apply)


def set_activation(layer: int, activation: str) -> Edit:
    """Change a plain RNN layer's activation."""

    def apply(document: Document) -> Document:
        return _with_layer(document, layer, replace(document.layers[layer], activation=activation))

    name = activation if activation in ACTIVATIONS else repr(activation)
    return Edit(f"Use {name}", apply)


def set_units(layer: int, units: int) -> Edit:
    """Give a layer another number of hidden units; entries in common are kept."""

    def apply(document: Document) -> Document:
        if not 1 <= units <= MOST_UNITS:
            raise DocumentError(f"units: {units} is not between 1 and {MOST_UNITS}")
        old = document.layers[layer]
        changed = resized_layer(document.initialisation, layer, old, units, old.inputs)
        return _with_layer(document, layer, changed)

    return Edit(f"Use {units} unit{'s' if units != 1 else ''}", apply)


def add_layer(after: int) -> Edit:
    """Put a layer of the same cell and size behind a layer; it hands on what that one did."""

    def apply(document: Document) -> Document:
        if len(document.layers) >= MOST_LAYERS:
            raise DocumentError(f"layers: there are {MOST_LAYERS} already; remove one first")
        below = document.layers[after]
        added = fresh_layer(document.initialisation, after + 1, below, below.units)
        layers = list(document.layers)
        layers[after : after + 1] = [replace(below, return_sequences=True), added]
        return with_layers(document, tuple(layers))

    return Edit(f"Add a layer after layer {after + 1}", apply)


def remove_layer(layer: int) -> Edit:
    """Take a layer out; the next one reads what that one read."""

    def apply(document: Document) -> Document:
        if len(document.layers) == 1:
            raise DocumentError("layers: a network needs at least one recurrent layer; add another before removing it")
        return with_layers(document, (*document.layers[:layer], *document.layers[layer + 1 :]))

    return Edit(f"Remove layer {layer + 1}", apply)


def set_return_sequences(layer: int, returns: bool) -> Edit:
    """Let a layer hand on every step's state, or the last one only; refused below another recurrent layer."""

    def apply(document: Document) -> Document:
        return _with_layer(document, layer, replace(document.layers[layer], return_sequences=returns))

    return Edit("Return every state" if returns else "Return the last state only", apply)


def set_readout(activation: str | None) -> Edit:
    """Change the readout's activation, add a readout, or take it away (None): the loss then looks at h."""

    def apply(document: Document) -> Document:
        if activation is None:
            return replace(document, readout=None)
        if document.readout is not None:
            return replace(document, readout=replace(document.readout, activation=activation))
        units = document.layers[-1].units
        return replace(document, readout=fresh_readout(document.initialisation, activation, document.outputs, units))

    return Edit("Remove the readout" if activation is None else f"Use a {activation} readout", apply)


def set_window(window: Window | None) -> Edit:
    """Process the sequence in windows (truncated BPTT), or as a whole."""
    if window is None:
        return Edit("Use no windows", lambda document: replace(document, window=None))
    state = "stateful" if window.stateful else "stateless"
    label = f"Use {state} windows of {window.length} step{'s' if window.length > 1 else ''}"
    return Edit(label, lambda document: replace(document, window=window))


def set_precision(precision: Literal["float64", "float32"]) -> Edit:
    """Compute in double or in single precision."""
    return Edit(f"Compute in {precision}", lambda document: replace(document, precision=precision))


def initialise(initialisation: Initialisation) -> Edit:
    """Draw every weight anew and start from zero states, but for what is locked.

    The same initialisation gives the same values.
    """

    def apply(document: Document) -> Document:
        layers, width = [], document.input.values.shape[2]
        for number, layer in enumerate(document.layers):
            layers.append(layer_drawn_anew(layer, fresh_layer(initialisation, number, layer, width)))
            width = layer.units
        readout = document.readout
        if readout is not None:
            fresh = fresh_readout(initialisation, readout.activation, document.outputs, width)
            readout = readout_drawn_anew(readout, fresh)
        return replace(document, layers=tuple(layers), readout=readout, initialisation=initialisation)

    return Edit(f"Initialise weights, seed {initialisation.seed}", apply)


def _with_layer(document: Document, number: int, layer: Layer) -> Document:
    layers = (*document.layers[:number], layer, *document.layers[number + 1 :])
    return with_layers(document, layers)
