"""Networks with other cells and as many parameters."""

import numpy as np
import pytest
from hypothesis import given
from strategies import documents, moderate

from rnnviz.core.cells import CELLS
from rnnviz.document.budget import parameters, parameters_of, same_budget, with_budget
from rnnviz.document.network_edits import add_layer, set_units
from rnnviz.document.presets import built_in


@pytest.mark.parametrize(("cell", "expected"), [("rnn", 6 * 6 + 6 * 2 + 6), ("lstm", 4 * 54), ("gru", 3 * 54 + 6)])
def test_a_layer_has_its_blocks_times_the_weights_of_one(cell, expected):
    assert parameters_of(cell, 6, 2) == expected


@given(documents(elements=moderate, large=False))
def test_the_parameters_are_those_of_the_layers_and_the_readout(document):
    layers = sum(parameters_of(layer.cell, layer.units, layer.inputs) for layer in document.layers)
    readout = 0 if document.readout is None else document.outputs * (document.layers[-1].units + 1)
    assert parameters(document) == layers + readout


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_no_other_size_comes_nearer_to_the_budget(cell, layers):
    document = set_units(0, 20).apply(built_in("default"))
    if layers == 2:
        document = add_layer(0).apply(document)
    budget, made = parameters(document), with_budget(document, cell)
    units = made.layers[0].units
    assert {(layer.cell, layer.units) for layer in made.layers} == {(cell, units)}
    distance = abs(parameters(made) - budget)
    for other in (units - 1, units + 1):
        resized = made
        for number in range(layers):
            resized = set_units(number, other).apply(resized)
        assert abs(parameters(resized) - budget) >= distance


@given(documents(elements=moderate, large=False))
def test_nothing_but_the_cell_and_its_weights_differs(document):
    for made, cell in zip(same_budget(document), CELLS, strict=True):
        assert {layer.cell for layer in made.layers} == {cell}
        assert (made.input, made.objective, made.window) == (document.input, document.objective, document.window)
        assert made.outputs == document.outputs
        assert made.initialisation == document.initialisation
        assert all(np.isfinite(made.weight(place)).all() for place in made.places())
