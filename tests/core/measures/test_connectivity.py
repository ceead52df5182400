"""The map of inputs to outputs is a derivative through the whole network."""

import numpy as np
import pytest
from textbook import EPSILON, LAYERS, make_network, textbook_outputs

from rnnviz.core.measures import connectivity as module
from rnnviz.core.measures.connectivity import connectivity
from rnnviz.core.unroll import WHOLE, Window

every_layer = pytest.mark.parametrize("layer", LAYERS, ids="-".join)
WINDOWS = {"whole": WHOLE, "stateful": Window(2, stateful=True), "stateless": Window(2, stateful=False)}
STACKS = [
    (("lstm", "tanh"), ("gru", "tanh")),
    (("gru", "tanh"), ("rnn", "sigmoid"), ("lstm", "tanh")),
    (("rnn", "tanh"), ("rnn", "relu")),
]


def found_in(network, inputs=None):
    return connectivity(network.layers, network.readout, network.forward(), inputs)


def textbook_map(network):
    """Return the map entry by entry; at the border of a window nothing is differentiated."""
    steps, features = network.x.shape
    squares = np.zeros((steps, steps))
    for k in range(steps):
        for feature in range(features):
            x = network.x.astype(complex)
            x[k, feature] += 1j * EPSILON
            squares[:, k] += np.square(textbook_outputs(network, x).imag / EPSILON).sum(axis=1)
    return np.sqrt(squares)


@every_layer
@pytest.mark.parametrize("readout", ["linear", "sigmoid", "softmax"])
@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
def test_every_entry_is_the_norm_of_a_derivative(layer, readout, window):
    network = make_network(layers=(layer,), T=5, H=3, N=2, K=3, readout=readout, window=window)
    np.testing.assert_allclose(found_in(network), textbook_map(network), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("stack", STACKS, ids=str)
@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
def test_it_looks_through_all_layers(stack, window):
    network = make_network(layers=stack, T=5, K=3, readout="softmax", window=window)
    np.testing.assert_allclose(found_in(network), textbook_map(network), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("size", [{"T": 1}, {"H": 1}, {"N": 1}, {"K": 1}, {"T": 1, "H": 1, "N": 1, "K": 1}], ids=str)
def test_every_size_has_its_map(size):
    network = make_network(layers=(("lstm", "tanh"),), **size)
    np.testing.assert_allclose(found_in(network), textbook_map(network), rtol=1e-12)


@every_layer
@pytest.mark.parametrize("scale", [1.0, 1e300])
def test_no_input_moves_an_output_before_it(layer, scale):
    network = make_network(layers=(layer, layer), T=6, H=3)
    network.layers[0].U[...] *= scale
    assert not np.triu(found_in(network), 1).any()


@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
@pytest.mark.parametrize("inputs", [[1], [6], [2, 3, 5], [1, 6]], ids=str)
def test_a_few_inputs_are_those_columns_of_the_map(window, inputs):
    network = make_network(layers=STACKS[0], T=6, window=window)
    inputs = np.array(inputs)
    np.testing.assert_allclose(found_in(network, inputs), found_in(network)[:, inputs - 1], rtol=1e-13)


def test_the_map_does_not_depend_on_how_many_inputs_are_carried_at_once(monkeypatch):
    network = make_network(layers=STACKS[1], T=7)
    at_once = found_in(network)
    monkeypatch.setattr(module, "_HELD", 1)
    np.testing.assert_allclose(found_in(network), at_once, rtol=1e-13)


def test_an_overflow_is_left_in_the_map():
    network = make_network(layers=(("rnn", "linear"),), T=5)
    network.layers[0].U[...] *= 1e200
    found = found_in(network)
    assert not np.isfinite(found).all()
    assert np.isfinite(np.diagonal(found)).all()
