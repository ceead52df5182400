"""Networks of other cells with as many parameters: what makes a comparison of cells fair."""

from __future__ import annotations

from dataclasses import replace

from rnnviz.core.cells import CELLS
from rnnviz.document.document import Document, weight_shapes
from rnnviz.document.fitting import with_layers
from rnnviz.document.initialisation import initial_weights
from rnnviz.document.network_edits import MOST_UNITS, initialise


def parameters_of(cell: str, units: int, inputs: int) -> int:
    """Return how many numbers a layer learns: all its weights and biases, not its initial state."""
    return sum(_product(shape) for shape in weight_shapes(cell, units, inputs).values())


def parameters(document: Document) -> int:
    """Return how many numbers the network learns: every weight and bias of the layers and the readout."""
    return sum(document.weight(place).size for place in document.places())


def with_budget(document: Document, cell: str) -> Document:
    """Return the network with another cell in every layer and about as many parameters, drawn anew.

    All layers have the same number of units H, the one whose total is nearest to the document's own. Input,
    objective and the ways to initialise stay, so that nothing but the cell differs.
    """
    budget, features = parameters(document), document.input.values.shape[2]
    outputs = document.outputs

    def total(units: int) -> int:
        recurrent = parameters_of(cell, units, features)
        recurrent += (len(document.layers) - 1) * parameters_of(cell, units, units)
        return recurrent + (0 if document.readout is None else outputs * (units + 1))

    if document.readout is None:
        units = document.layers[-1].units  # the loss looks at h: its size is the task's
    else:
        units = min(range(1, MOST_UNITS + 1), key=lambda units: abs(total(units) - budget))
    layers, width = [], features
    for number, layer in enumerate(document.layers):
        weights = initial_weights(document.initialisation, number, cell, weight_shapes(cell, units, width))
        layers.append(replace(layer, cell=cell, weights=weights, initial_state={}, activation="tanh"))
        width = units
    made = initialise(document.initialisation).apply(with_layers(document, tuple(layers)))
    return replace(made, title=f"{cell.upper()}, {units} unit{'s' if units != 1 else ''}")


def same_budget(document: Document) -> tuple[Document, ...]:
    """Return the network once with every kind of cell, each with about as many parameters."""
    return tuple(with_budget(document, cell) for cell in CELLS)


def _product(shape: tuple[int, ...]) -> int:
    product = 1
    for size in shape:
        product *= size
    return product
