"""What a row of the comparison says of a state: its network, how well it does, how far its gradient reaches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.core.measures.norms import norms
from rnnviz.document.budget import parameters
from rnnviz.document.document import Document
from rnnviz.document.frame import Frame
from rnnviz.document.values import Array
from rnnviz.session.session import Selection
from rnnviz.views.fonts import scientific
from rnnviz.views.reach_words import reach_in_words

_DOT = "  ·  "


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """A state as the comparison shows it, all but the name.

    Attributes:
        title: of its scene.
        network: its cells and units, and its number of parameters.
        results: its loss, and the reach of its gradient.
        exponents: log10 ‖∂L/∂h_t‖ of the selected layer and sequence, (T + 1,), −inf for an exact zero; empty if
            there is no such layer or sequence.
        states: h of the same, (T + 1, units).
    """

    title: str
    network: str
    results: str
    exponents: Array
    states: Array


def facts_of(frame: Frame, selection: Selection) -> Facts:
    """Return the facts of a frame; the loss is that of all sequences, the rest of what is selected."""
    document, loss = frame.document, f"loss {scientific(frame.loss, 3)}"
    network = f"{network_in_words(document)}{_DOT}{parameters(document):,} parameters"
    if selection.layer >= len(frame.layers) or selection.sample >= document.batch:
        nothing: Array = np.zeros(0)
        return Facts(document.title, network, f"{loss}{_DOT}no such layer or sequence", nothing, nothing.reshape(0, 1))
    steps = document.input.length(selection.sample)
    layer, real = frame.layers[selection.layer], slice(steps + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        exponents = np.log10(norms(layer.state_gradients["h"][selection.sample, real]))
    reach = reach_in_words(frame.reach(selection.layer, selection.sample), steps)
    states = layer.states["h"][selection.sample, real]
    return Facts(document.title, network, f"{loss}{_DOT}{reach}", exponents, states)


def network_in_words(document: Document) -> str:
    """Return the layers from the input up, such as ``LSTM, 3 units`` or ``LSTM 4 → GRU 2``."""
    if len(document.layers) > 1:
        return " → ".join(f"{layer.cell.upper()} {layer.units}" for layer in document.layers)
    (layer,) = document.layers
    return f"{layer.cell.upper()}, {layer.units} unit{'s' if layer.units > 1 else ''}"
