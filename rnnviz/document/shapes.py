"""The shape of the data on its way through the network."""

from __future__ import annotations

from rnnviz.document.document import Document

Shape = tuple[int, ...]


def input_shape(document: Document) -> Shape:
    """Return (batch, timesteps, features)."""
    return (document.batch, document.timesteps, document.input.values.shape[2])


def layer_shape(document: Document, number: int) -> Shape:
    """Return what a layer hands on: (batch, timesteps, units), or (batch, units) if only its last state."""
    layer = document.layers[number]
    return _handed_on(document, layer.units, returns_sequences=layer.return_sequences)


def output_shape(document: Document) -> Shape:
    """Return what the readout hands on: (batch, timesteps, outputs), or (batch, outputs)."""
    return _handed_on(document, document.outputs, returns_sequences=document.layers[-1].return_sequences)


def _handed_on(document: Document, width: int, *, returns_sequences: bool) -> Shape:
    return (document.batch, document.timesteps, width) if returns_sequences else (document.batch, width)
