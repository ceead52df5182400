"""The shape of the data on its way: what is said is what is computed."""

import pytest

from rnnviz.document.compute import compute
from rnnviz.document.network_edits import add_layer, set_readout, set_return_sequences, set_units
from rnnviz.document.presets import built_in
from rnnviz.document.shapes import input_shape, layer_shape, output_shape


@pytest.mark.parametrize("name", ["default", "stacked", "many-to-one"])
def test_shapes_are_those_of_the_computed_arrays(name):
    document = built_in(name)
    frame = compute(document)
    assert input_shape(document) == frame.x.shape
    for number, layer in enumerate(frame.layers):
        states = layer.states["h"][:, 1:]
        handed_on = states if document.layers[number].return_sequences else states[:, -1]
        assert layer_shape(document, number) == handed_on.shape
    outputs = frame.y if document.layers[-1].return_sequences else frame.y[:, -1]
    assert output_shape(document) == outputs.shape


def test_the_last_state_alone_has_no_time():
    document = set_return_sequences(0, returns=False).apply(built_in("vanishing"))
    assert layer_shape(document, 0) == (1, 2)
    assert output_shape(document) == (1, 1)


def test_every_layer_has_a_shape_of_its_own():
    document = set_units(1, 3).apply(add_layer(0).apply(built_in("default")))
    assert [layer_shape(document, number) for number in (0, 1)] == [(1, 40, 6), (1, 40, 3)]
    assert output_shape(document) == (1, 40, 1)


def test_without_a_readout_the_outputs_are_the_states():
    document = set_readout(None).apply(built_in("vanishing"))
    assert output_shape(document) == layer_shape(document, 0) == (1, 20, 2)


def test_the_batch_comes_first():
    document = built_in("many-to-one")
    assert input_shape(document) == (2, 24, 1)
    assert layer_shape(document, 0) == (2, 2)
